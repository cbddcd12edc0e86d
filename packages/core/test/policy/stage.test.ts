/** Policies resolved to addresses for a pod's device say the same as the evaluator says of pods. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster } from "../../src/cluster/cluster.ts";
import type { Pod } from "../../src/cluster/objects.ts";
import { sideVerdict } from "../../src/kernel/policy-stage.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { compilePolicies } from "../../src/policy/compile.ts";
import type { PolicyFlow } from "../../src/policy/flow.ts";
import { PolicyStages } from "../../src/policy/stage.ts";
import { policyVerdict } from "../../src/policy/verdict.ts";
import { allFlows, anyPods, anyPolicy, policyCluster } from "../support/any-policies.ts";
import { clusterOfYaml, podYaml } from "../support/manifests.ts";
import { netpol } from "../support/policy-matrix.ts";
import { FELIX } from "../support/policy-network.ts";

function packetOf({ from, to, protocol, port }: PolicyFlow): Packet {
	return {
		family: from.address.family,
		src: from.address,
		dst: to.address,
		protocol,
		sport: 40000,
		dport: port,
		ttl: 64,
		length: 60,
		dontFragment: true,
	};
}

test("a stage agrees with the evaluator on every connection of its pod", () => {
	fc.assert(
		fc.property(anyPods, fc.array(anyPolicy, { maxLength: 4 }), (pods, all) => {
			const cluster = policyCluster(pods, all);
			const policies = compilePolicies(cluster, FELIX);
			const stages = new PolicyStages(cluster, FELIX);
			for (const flow of allFlows(cluster)) {
				const packet = packetOf(flow);
				if (packet.src.text === packet.dst.text) continue;
				for (const direction of ["ingress", "egress"] as const) {
					const end = direction === "ingress" ? flow.to : flow.from;
					if (end.kind !== "pod") continue;
					const side = stages.of(end.pod, "cali1")?.[direction] ?? null;
					const found = side === null ? "allowed" : sideVerdict(side, packet, direction).kind;
					expect(found).toBe(policyVerdict(policies, flow, direction).kind);
				}
			}
		}),
		{ numRuns: 60 },
	);
});

describe("a stage", () => {
	const pod = podYaml("web", "10.244.0.2");

	test("is not there for a pod that no policy selects", () => {
		const cluster = clusterOfYaml(pod, netpol("other", "p", "{ podSelector: {} }"));
		expect(new PolicyStages(cluster, FELIX).of(onlyPod(cluster), "cali1")).toBeUndefined();
	});

	test("knows who enforces, for whom, by which policies and rules", () => {
		const cluster = clusterOfYaml(
			pod,
			netpol("default", "p", "{ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }"),
		);
		expect(new PolicyStages(cluster, FELIX).of(onlyPod(cluster), "cali1")).toMatchObject({
			device: "cali1",
			pod: "pod/default/web",
			hook: "filter",
			origin: { component: "calico-felix" },
			egress: null,
			ingress: {
				kind: "rules",
				isolatedBy: ["networkpolicy/default/p"],
				rules: [
					{
						rule: "networkpolicy/default/p ingress[0]",
						peers: null,
						ports: [{ protocol: "tcp", from: 80, to: 80, at: null }],
						source: { file: "cluster.yaml", line: expect.any(Number) },
					},
				],
			},
		});
	});

	test("is unknown where another API has a say", () => {
		const foreign = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: c }";
		const cluster = clusterOfYaml(pod, foreign);
		expect(new PolicyStages(cluster, FELIX).of(onlyPod(cluster), "cali1")?.ingress).toMatchObject({
			kind: "unknown",
			what: expect.stringContaining('CiliumNetworkPolicy "c"'),
		});
	});
});

function onlyPod({ pods }: Cluster): Pod {
	const [pod] = pods;
	if (pod === undefined) throw new RangeError("no pod");
	return pod;
}
