/** Where two answers part. */
import { firstDifference, firstOtherDecision, type Step } from "@podpath/core";

export interface Parting {
	readonly step: number;
	/** `decision`: both go the same way, and something else decides it there. */
	readonly by: "course" | "decision";
}

/** Null: they do not; undefined: there are not two answers. */
export function partingOf(left: readonly Step[], right: readonly Step[]): Parting | null | undefined {
	if (left.length === 0 || right.length === 0) return undefined;
	const step = firstDifference(left, right);
	if (step !== null) return { step, by: "course" };
	const decided = firstOtherDecision(left, right);
	return decided === null ? null : { step: decided, by: "decision" };
}
