/** The worlds of policy-flows.ts as small clusters, whose connections `explain` decides. */
import { parseAddress } from "../../src/address/address.ts";
import { prefixOf } from "../../src/address/prefix.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { verdictOf } from "../../src/trace/explain.ts";
import type { Verdict } from "../../src/trace/explanation.ts";
import type { QuestionProtocol } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { type World, worldFiles } from "./policy-flows.ts";

/** Pods of one block of this length are on one node. */
const NODE_BLOCK = 29;
/** Within one, pods know each other by their own addresses: Terway masquerades what leaves it. */
const POD_BLOCK = 19;

/**
 * A cluster in a VPC: its router leads to the nodes' pod CIDRs, and ends that are no pods are hosts of it, so that every end
 * reaches every other by the address that policies know it by.
 */
export function worldSubject({ pods, ...world }: World, others: readonly string[]): Subject {
	const blocks = [...new Set(pods.map(({ ip }) => blockOf(ip, NODE_BLOCK)))];
	const podCIDRs = [...new Set(pods.map(({ ip }) => blockOf(ip, POD_BLOCK)))];
	const onNodes = pods.map((pod) => ({ ...pod, node: `n${blocks.indexOf(blockOf(pod.ip, NODE_BLOCK))}` }));
	const hosts = [...new Set(others)];
	const networks = [...new Set(hosts.map((ip) => `${ip.split(".").slice(0, 2).join(".")}.0.0/16`))];
	const objects = [
		own("Cluster", "policies", { mode: "terway-vpc", podCIDRs, serviceCIDRs: ["10.96.0.0/16"] }),
		own("VPC", "vpc", {
			cidrs: [NODES, ...networks],
			vSwitches: [NODES, ...networks].map((cidr, index) => ({ id: `vsw-${index}`, cidr })),
		}),
		...blocks.map(node),
		...hosts.map((address, index) => own("Host", `h${index}`, { addresses: [address] })),
	];
	const cluster = loadCluster([
		{ name: "around.json", text: JSON.stringify(objects) },
		...worldFiles({ ...world, pods: onNodes }),
	]);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

function blockOf(ip: string, length: number): string {
	const address = parseAddress(ip);
	if (address === undefined) throw new RangeError(`"${ip}" is no address`);
	return prefixOf(address, length).text;
}

const NODES = "100.64.0.0/24";

function own(kind: string, name: string, spec: object): object {
	return { apiVersion: "podpath.dev/v1alpha1", kind, metadata: { name }, spec };
}

function node(podCIDR: string, index: number): object {
	return {
		apiVersion: "v1",
		kind: "Node",
		metadata: { name: `n${index}` },
		spec: { podCIDR, podCIDRs: [podCIDR] },
		status: { addresses: [{ type: "InternalIP", address: `100.64.0.${index + 1}` }] },
	};
}

/** `NAMESPACE/NAME` of a pod or an address to the same, `PROTOCOL PORT`. */
export function worldVerdict(
	{ cluster, ...subject }: Subject,
	from: string,
	to: string,
	what: string,
): Verdict | "mixed" {
	const [protocol = "tcp", port = "0"] = what.split(" ");
	const host = cluster.hosts.find(({ addresses }) => addresses.some(({ text }) => text === from));
	const start = host === undefined ? `pod/${from}` : `host/${host.name}`;
	const address = cluster.pod(to)?.podIPs[0]?.text ?? to;
	const question = { from: start, to: `${address}:${port}`, protocol: protocol as QuestionProtocol };
	return verdictOf({ cluster, ...subject }, question);
}
