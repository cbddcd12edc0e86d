/** Where the picture of a path has its start and its end: an end that is a loss is where the packet, or its answer, was last. */
import type { ExplainedPath } from "../trace/explanation.ts";
import { type Step, stepsOf } from "./steps.ts";
import { type Tone, toneOf } from "./tone.ts";
import { keyOf, shownLinks } from "./topology.ts";

/** By the keys of spots. How it ends is worth more, where that is at the very beginning. */
export function endsOf(path: ExplainedPath): ReadonlyMap<string, "start" | Tone> {
	const links = shownLinks(path.forward);
	const [start, arrived] = [links[0], links.at(-1)];
	const ends = new Map<string, "start" | Tone>();
	if (start !== undefined) ends.set(keyOf(start), "start");
	const steps = stepsOf(path);
	const last = steps[lastStepOf(path, steps) ?? -1];
	const end = last === undefined ? arrived && keyOf(arrived) : spotOf(last);
	if (end !== undefined) ends.set(end, toneOf(path.verdict));
	return ends;
}

/** The index of the step with which the packet, or its answer, ends on its way; null: the answer reaches the client. */
export function lastStepOf({ verdict, reply }: ExplainedPath, steps: readonly Step[]): number | null {
	if (verdict === "delivered") return null;
	const lost = reply === null ? "forward" : "reply";
	const index = steps.findLastIndex(({ direction }) => direction === lost);
	return index < 0 ? null : index;
}

/** The device that had the packet last. */
function spotOf({ position }: Step): string {
	return position.kind === "at" ? position.spot : position.from;
}
