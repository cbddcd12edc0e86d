/** What is new in an answer, beside the answer before a change of the cluster. */
import {
	changedSteps,
	type ExplainedPath,
	type Explanation,
	groupPaths,
	type Step,
	spotKey,
	stepsOf,
	topologyOf,
} from "@podpath/core";

export interface Changes {
	/** The steps of the unchanged cluster that are most like these. */
	readonly before: readonly Step[];
	/** Of the steps now. */
	readonly steps: ReadonlySet<number>;
	/** Keys of places in the picture. */
	readonly spots: ReadonlySet<string>;
	/** Keys of arrows in the picture. */
	readonly arrows: ReadonlySet<string>;
}

/** Null where the unchanged cluster has no way to compare with. */
export function changesOf(before: Explanation, path: ExplainedPath): Changes | null {
	const steps = stepsOf(path);
	const ways = groupPaths(before.paths).map(({ first }) => {
		const old = stepsOf(first);
		return { path: first, steps: old, changed: changedSteps(old, steps) };
	});
	const [closest] = ways.toSorted((a, b) => a.changed.size - b.changed.size);
	if (closest === undefined) return null;
	const known = new Set(topologyOf([closest.path]).arrows.map(arrowKey));
	const now = topologyOf([path]).arrows.map(arrowKey);
	return {
		before: closest.steps,
		steps: closest.changed,
		spots: changedSpots(closest.path, path, steps, closest.changed),
		arrows: new Set(now.filter((key) => !known.has(key))),
	};
}

export function arrowKey(arrow: {
	readonly from: string;
	readonly to: string;
	readonly direction: "forward" | "reply";
}): string {
	return `${arrow.direction} ${arrow.from} ${arrow.to}`;
}

function changedSpots(
	before: ExplainedPath,
	after: ExplainedPath,
	steps: readonly Step[],
	changed: ReadonlySet<number>,
): ReadonlySet<string> {
	const known = new Set(spotsOf(before));
	const atSteps = steps.flatMap(({ position }, index) =>
		changed.has(index) && position.kind === "at" ? [position.spot] : [],
	);
	return new Set([...spotsOf(after).filter((spot) => !known.has(spot)), ...atSteps]);
}

function spotsOf({ forward, reply }: ExplainedPath): readonly string[] {
	return [...forward.links, ...(reply?.links ?? [])].map(spotKey);
}
