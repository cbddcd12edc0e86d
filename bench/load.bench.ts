/** From a large cluster's files to its indexes. */
import { loadCluster } from "../packages/core/src/cluster/load.ts";
import { type Benchmark, milliseconds } from "./benchmark.ts";
import { generateCluster, THOUSAND_NODES } from "./generate-cluster.ts";

export const benchmarks: readonly Benchmark[] = [
	{
		name: "load/1000-nodes",
		async run() {
			const files = generateCluster(THOUSAND_NODES);
			globalThis.gc?.();
			const { result, elapsed } = await milliseconds(() => loadCluster(files));
			return {
				value: elapsed / 1000,
				unit: "s",
				detail: { ...THOUSAND_NODES, bytes: sizeOf(files), warnings: result.warnings.length },
			};
		},
	},
	{
		name: "load/1000-nodes-memory",
		run() {
			const files = generateCluster(THOUSAND_NODES);
			globalThis.gc?.();
			const before = process.memoryUsage().rss;
			const cluster = loadCluster(files);
			// The peak of the whole process, with the text and all that JSON.parse made of it.
			const peak = process.resourceUsage().maxRSS / 1024;
			globalThis.gc?.();
			const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
			const detail = {
				pods: cluster.pods.length,
				bytes: sizeOf(files),
				beforeMB: Math.round(before / 2 ** 20),
				heapAfterMB: heap,
			};
			return { value: peak, unit: "MB", detail };
		},
	},
];

function sizeOf(files: readonly { readonly text: string }[]): number {
	return files.reduce((sum, { text }) => sum + text.length, 0);
}
