/** Reading what a node prints. */
import { parseXtablesSave } from "../packages/core/src/netfilter/xtables/save.ts";
import { type Benchmark, milliseconds } from "./benchmark.ts";
import { generateIptablesSave } from "./generate-iptables.ts";

const RULES = 20_000;

export const benchmarks: readonly Benchmark[] = [
	{
		name: "parse/iptables-20000",
		async run() {
			const text = generateIptablesSave(RULES);
			const { result, elapsed } = await milliseconds(() =>
				parseXtablesSave(text, { family: 4, file: "iptables-save.txt" }),
			);
			const chains = result.tables.flatMap((table) => [...table.chains.values()]);
			const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0);
			return { value: elapsed, unit: "ms", detail: { rules, unread: result.unread.length, bytes: text.length } };
		},
	},
];
