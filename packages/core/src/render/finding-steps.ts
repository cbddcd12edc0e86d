/** Which of a path's steps a finding is about. */
import type { ExplainedPath, Explanation, Finding } from "../trace/explanation.ts";
import { lastStepOf } from "./ends.ts";
import type { Step } from "./steps.ts";

/** The index of the step at which the cause of the finding shows; null: on this path it shows nowhere. `path` counts from 0. */
export function stepOfFinding({ steps = [] }: Finding, path: number, ofPath: readonly Step[]): number | null {
	const shown = steps.find((each) => each.path === path);
	if (shown === undefined) return null;
	const begin = ofPath.findIndex(({ direction }) => direction === shown.direction);
	const index = begin + shown.hop;
	return begin < 0 || ofPath[index]?.direction !== shown.direction ? null : index;
}

/**
 * Where it is decided that the packet, or its answer, gets lost, if that is another step than the one with which it ends: of the
 * first finding that is an error.
 */
export function causeStepOf(
	{ findings, paths }: Explanation,
	path: ExplainedPath,
	ofPath: readonly Step[],
): number | null {
	const last = lastStepOf(path, ofPath);
	if (last === null) return null;
	const number = paths.indexOf(path);
	const shown = findings
		.filter(({ severity }) => severity === "error")
		.map((finding) => stepOfFinding(finding, number, ofPath))
		.find((step) => step !== null);
	return shown === undefined || shown === last ? null : shown;
}
