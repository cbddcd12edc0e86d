/** Many probes of one question: which of the predicted ways were seen, and how often. */
import type { PredictedWay } from "@podpath/core";
import type { Comparison, Disagreement } from "./comparison.ts";

export interface Tally {
	/** One entry for each predicted way, in their order. */
	readonly ways: readonly { readonly weight: number; readonly seen: number }[];
	/** Ways that no probe took although the network may choose them: too few probes, or a wrong prediction. */
	readonly neverSeen: readonly number[];
	readonly disagreements: readonly Disagreement[];
	readonly notCompared: number;
}

export function tally(ways: readonly PredictedWay[], comparisons: readonly Comparison[]): Tally {
	const seen = ways.map(() => 0);
	const disagreements: Disagreement[] = [];
	let notCompared = 0;
	for (const each of comparisons) {
		switch (each.kind) {
			case "agrees":
				seen[each.way] = (seen[each.way] ?? 0) + 1;
				break;
			case "differs":
				disagreements.push(each);
				break;
			case "not-compared":
				notCompared++;
				break;
		}
	}
	return {
		ways: ways.map(({ weight }, number) => ({ weight, seen: seen[number] ?? 0 })),
		neverSeen: seen.flatMap((count, number) => (count === 0 ? [number] : [])),
		disagreements,
		notCompared,
	};
}
