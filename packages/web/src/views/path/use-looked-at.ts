/** What of an explanation is looked at: one of its ways, and a step of that. */
import {
	causeStepOf,
	type ExplainedPath,
	type Explanation,
	type Finding,
	groupPaths,
	lastStepOf,
	type PathGroup,
	type Step,
	stepOfFinding,
	stepsOf,
} from "@podpath/core";
import { useMemo } from "preact/hooks";
import type { Route } from "../../route.ts";
import { position } from "./asked.ts";

export interface LookedAt {
	readonly groups: readonly PathGroup[];
	readonly way: number;
	readonly path: ExplainedPath | undefined;
	readonly steps: readonly Step[];
	readonly current: number;
	readonly step: Step | undefined;
	/** The step with which the packet, or its answer, ends on its way; null: the answer reaches the client. */
	readonly last: number | null;
	/** The step at which the cause of that shows; null: none, or the same. */
	readonly cause: number | null;
	/** The step that a finding is about; null: none of this way. */
	readonly stepOf: (finding: Finding) => number | null;
	/** The finding that stands by the verdict. */
	readonly leading: Finding | undefined;
}

/** The step of an address that leads to wherever the cause of a loss shows. */
export const AT_CAUSE = "cause";

export function useLookedAt(explanation: Explanation, { params }: Route): LookedAt {
	const groups = useMemo(() => groupPaths(explanation.paths), [explanation]);
	const way = position(params.way, groups.length - 1);
	const path = groups[way]?.first;
	const steps = useMemo<readonly Step[]>(() => (path === undefined ? [] : stepsOf(path)), [path]);
	const last = path === undefined ? null : lastStepOf(path, steps);
	const cause = path === undefined ? null : causeStepOf(explanation, path, steps);
	const current = params.step === AT_CAUSE ? (cause ?? last ?? 0) : position(params.step, steps.length - 1);
	const number = path === undefined ? -1 : explanation.paths.indexOf(path);
	const stepOf = (finding: Finding): number | null => stepOfFinding(finding, number, steps);
	return {
		groups,
		way,
		path,
		steps,
		current,
		step: steps[current],
		last,
		cause,
		stepOf,
		leading: leadingOf(explanation.findings, stepOf),
	};
}

/** The most serious one: of those that this way shows, else of all. What only is worth knowing does not lead. */
export function leadingOf(findings: readonly Finding[], stepOf: LookedAt["stepOf"]): Finding | undefined {
	const serious = findings.filter(({ severity }) => severity !== "info");
	const [first] = serious;
	return serious.find((each) => each.severity === first?.severity && stepOf(each) !== null) ?? first;
}
