/** The Compare view: two answers beside each other, and the first step at which they part. */
import type { AtlasIndex, PathGroup, ServedInput, Step } from "@podpath/core";
import { groupPaths, stepsOf } from "@podpath/core";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useAtlasIndex } from "../../backend/atlas-index.ts";
import { go } from "../../navigation.ts";
import type { Route } from "../../route.ts";
import { useLanguage, useTexts } from "../../texts/language.ts";
import { inputOf, position, questionIn } from "../path/asked.ts";
import { scenarioOf } from "../path/scenario.ts";
import { useStepKeys } from "../path/step-keys.ts";
import { type Answered, useExplanation } from "../path/use-explanation.ts";
import type { ViewProps } from "../view.ts";
import { Beside } from "./beside.tsx";
import { Half } from "./half.tsx";
import { Parted } from "./parted.tsx";
import { partingOf } from "./parting.ts";
import { EXAMPLES, type Side, sideOf, withSide } from "./sides.ts";

export function CompareView({ route, served }: ViewProps): JSX.Element {
	const { compare: texts, loading } = useTexts();
	const atlas = useAtlasIndex(true);
	const left = useSide(route, "", served, atlas);
	const right = useSide(route, "2", served, atlas);
	const parting = useMemo(() => partingOf(left.steps, right.steps), [left.steps, right.steps]);
	const count = Math.max(left.steps.length, right.steps.length);
	const current = position(route.params.step ?? String(parting?.step ?? 0), count - 1);
	const goTo = (index: number): void => {
		const kept = Math.max(0, Math.min(index, count - 1));
		go({ ...route, params: { ...route.params, step: String(kept) } }, true);
	};
	useStepKeys(goTo, current, count);
	if (atlas === null) return <p class="quiet">{loading}</p>;
	return (
		<div class="compare-view">
			<h1 class="sr-only">{texts.title}</h1>
			<Examples />
			<div class="halves">
				<Half side={left} name={texts.left} atlas={atlas} served={served} current={current} onStep={goTo} />
				<Half side={right} name={texts.right} atlas={atlas} served={served} current={current} onStep={goTo} />
			</div>
			{parting !== undefined && (
				<>
					<Parted parting={parting} />
					<Beside left={left.steps} right={right.steps} parting={parting} current={current} onStep={goTo} />
				</>
			)}
		</div>
	);
}

export interface SideState {
	readonly route: Route;
	readonly answered: Answered;
	readonly groups: readonly PathGroup[];
	readonly way: number;
	readonly steps: readonly Step[];
	readonly change: (replaced: Route, replace?: boolean) => void;
}

const NO_GROUPS: readonly PathGroup[] = [];

function useSide(route: Route, side: Side, served: ServedInput, atlas: AtlasIndex | null): SideState {
	const own = sideOf(route, side);
	const input = inputOf(own, served);
	const question = atlas === null ? null : questionIn(own, scenarioOf(input, atlas));
	const answered = useExplanation(input, question, useLanguage());
	const { explanation } = answered;
	const groups = useMemo(() => (explanation === null ? NO_GROUPS : groupPaths(explanation.paths)), [explanation]);
	const way = position(own.params.way, groups.length - 1);
	const path = groups[way]?.first;
	const steps = useMemo(() => (path === undefined ? [] : stepsOf(path)), [path]);
	const change = (replaced: Route, replace = false): void => go(withSide(route, side, replaced), replace);
	return { route: own, answered, groups, way, steps, change };
}

function Examples(): JSX.Element {
	const { compare: texts } = useTexts();
	return (
		<p class="examples">
			<span class="quiet">{texts.examples}</span>
			{EXAMPLES.map(({ name, left, right }) => (
				<button
					key={name}
					type="button"
					class="small"
					onClick={() => go({ view: "compare", params: { in: left, in2: right } })}
				>
					{texts.example[name]}
				</button>
			))}
		</p>
	);
}
