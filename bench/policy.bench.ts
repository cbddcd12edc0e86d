/** NetworkPolicies of a large cluster: made ready, then asked about one connection after the other. */
import { loadCluster } from "../packages/core/src/cluster/load.ts";
import type { Pod } from "../packages/core/src/cluster/objects.ts";
import { type CompiledPolicies, compilePolicies } from "../packages/core/src/policy/compile.ts";
import type { PolicyFlow } from "../packages/core/src/policy/flow.ts";
import { connectionVerdict } from "../packages/core/src/policy/verdict.ts";
import { type Benchmark, milliseconds, rate } from "./benchmark.ts";
import { generateCluster } from "./generate-cluster.ts";
import { generatePolicies } from "./generate-policies.ts";

const SIZE = { nodes: 400, pods: 10_000, services: 500 };
const POLICIES = 1_000;
const FLOWS = 100_000;
/** Of generate-cluster.ts: pods that many apart are of one namespace. */
const NAMESPACES = 50;

function cluster(): ReturnType<typeof loadCluster> {
	return loadCluster([...generateCluster(SIZE), generatePolicies(POLICIES, SIZE.services)]);
}

/** Connections between pods, every second one within a namespace, always the same. */
function flowsOf(pods: readonly Pod[]): readonly PolicyFlow[] {
	const end = (index: number): PolicyFlow["from"] => {
		const pod = pods[index % pods.length];
		const [address] = pod?.podIPs ?? [];
		if (pod === undefined || address === undefined) throw new RangeError("a pod without an address");
		return { kind: "pod", pod, address };
	};
	return Array.from({ length: FLOWS }, (_, index) => ({
		from: end(Math.floor(index / 2) * 7919),
		to: end(Math.floor(index / 2) * 7919 + (index % 2 === 0 ? (index + 1) * NAMESPACES : index)),
		protocol: "tcp",
		port: index % 3 === 0 ? 443 : 8080,
	}));
}

function count(policies: CompiledPolicies, flows: readonly PolicyFlow[]): Readonly<Record<string, number>> {
	const counts = { allowed: 0, denied: 0, unknown: 0 };
	for (const flow of flows) counts[connectionVerdict(policies, flow).kind] += 1;
	return counts;
}

export const benchmarks: readonly Benchmark[] = [
	{
		name: "policy/compile",
		async run() {
			const loaded = cluster();
			const { elapsed } = await milliseconds(() => {
				const policies = compilePolicies(loaded);
				// What is otherwise found out when a pod is first asked about.
				for (const pod of loaded.pods) {
					policies.isolation(pod, "ingress");
					policies.isolation(pod, "egress");
				}
			});
			return { value: elapsed, unit: "ms", detail: { pods: SIZE.pods, policies: POLICIES } };
		},
	},
	{
		name: "policy/first-verdicts",
		async run() {
			const loaded = cluster();
			const flows = flowsOf(loaded.pods);
			const policies = compilePolicies(loaded);
			const { result, elapsed } = await milliseconds(() => count(policies, flows));
			return { value: elapsed, unit: "ms", detail: { ...result, microsecondsEach: (elapsed * 1000) / FLOWS } };
		},
	},
	{
		name: "policy/verdict",
		run() {
			const loaded = cluster();
			const flows = flowsOf(loaded.pods);
			const policies = compilePolicies(loaded);
			let next = 0;
			const measured = rate(() => {
				connectionVerdict(policies, flows[next++ % FLOWS] as PolicyFlow);
			});
			const microseconds = 1_000_000 / measured.value;
			return { ...measured, detail: { ...measured.detail, microseconds, pods: SIZE.pods, policies: POLICIES } };
		},
	},
];
