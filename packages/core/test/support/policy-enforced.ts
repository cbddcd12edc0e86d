/** The matrices of policy-matrix.ts, asked of `explain`'s verdict on a cluster whose network mode enforces policies. */
import type { Family } from "../../src/address/address.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { verdictOf } from "../../src/trace/explain.ts";
import type { Verdict } from "../../src/trace/explanation.ts";
import type { Question } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";
import {
	type Matrix,
	type MatrixProbe,
	type MatrixStep,
	matrixCluster,
	pairsOf,
	type Surroundings,
} from "./policy-matrix.ts";

/** The namespaces' pods are together on a node each, so that pairs of one node and of two are asked. */
export function nodesOf(mode: string, more = ""): Surroundings {
	const nodes = ["x", "y", "z"].map((name, index) => node(name, index + 1));
	return {
		nodeOf: (namespace) => namespace,
		manifests: [cluster(mode), mode.startsWith("terway") ? VPC : SEGMENT, ...nodes, more].join("\n---\n"),
	};
}

function cluster(mode: string): string {
	return `apiVersion: podpath.dev/v1alpha1
kind: Cluster
metadata: { name: policies }
spec: { mode: ${mode}, podCIDRs: [10.64.0.0/16, "fd00:64::/64"], serviceCIDRs: [10.96.0.0/12, "fd00:96::/112"] }`;
}

const SEGMENT = `apiVersion: podpath.dev/v1alpha1
kind: Segment
metadata: { name: lan }
spec: { cidrs: [192.168.0.0/24, "fd00:168::/64"], gateways: [192.168.0.254, "fd00:168::fe"] }`;

/** Terway's pods have addresses of vSwitches, and in its VPC mode route entries. */
const VPC = `apiVersion: podpath.dev/v1alpha1
kind: VPC
metadata: { name: vpc }
spec:
  cidrs: [192.168.0.0/16, 10.64.0.0/16, "fd00::/16"]
  vSwitches:
    - { id: nodes, cidr: 192.168.0.0/24 }
    - { id: pods, cidr: 10.64.0.0/16 }
    - { id: nodes-v6, cidr: "fd00:168::/64" }
    - { id: pods-v6, cidr: "fd00:64::/64" }`;

function node(name: string, number: number): string {
	return `apiVersion: v1
kind: Node
metadata: { name: ${name} }
spec: { podCIDRs: [10.64.${number}.0/24, "fd00:64::${number}:0/112"] }
status:
  addresses: [{ type: InternalIP, address: 192.168.0.${number} }, { type: InternalIP, address: "fd00:168::${number}" }]`;
}

/** What is expected of every pair of different pods, and the verdict. */
export function enforcedMatrices(step: MatrixStep, family: Family, surroundings: Surroundings): readonly Matrix[] {
	const cluster = matrixCluster(step, family, surroundings);
	const subject: Subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return step.probes.map((probe) => {
		const pairs = pairsOf(cluster, probe);
		const line = (index: number, verdict: Verdict | "mixed"): string => {
			const { from, to } = pairs[index] as (typeof pairs)[number];
			return `${from.namespace}/${from.name} -> ${to.namespace}/${to.name}: ${verdict}`;
		};
		return {
			expected: pairs.map(({ reaches }, index) => line(index, reaches ? "delivered" : "dropped")),
			found: pairs.map((pair, index) => line(index, verdictOf(subject, questionOf(pair, probe, family)))),
		};
	});
}

function questionOf(
	{ from, to }: ReturnType<typeof pairsOf>[number],
	{ protocol, port }: MatrixProbe,
	family: Family,
): Question {
	const address = to.podIPs.find((each) => each.family === family)?.text ?? "";
	return {
		from: `pod/${from.namespace}/${from.name}`,
		to: family === 4 ? `${address}:${port}` : `[${address}]:${port}`,
		protocol,
	};
}
