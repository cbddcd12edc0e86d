/** The path with a fault in the network, beside that of the healthy one. */
import { atlasNameOf, groupPaths, type PathGroup, type Question, type Step, stepsOf } from "@podpath/core";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { go } from "../../navigation.ts";
import { Problem } from "../../parts/problem.tsx";
import type { Route } from "../../route.ts";
import { DIAGNOSE } from "../../texts/diagnose.ts";
import { useLanguage, useTexts, useTextsOf } from "../../texts/language.ts";
import { Beside } from "../compare/beside.tsx";
import { Parted } from "../compare/parted.tsx";
import { partingOf } from "../compare/parting.ts";
import { position } from "../path/asked.ts";
import { Picture } from "../path/picture.tsx";
import { useStepKeys } from "../path/step-keys.ts";
import { type Answered, useExplanation } from "../path/use-explanation.ts";
import { Verdicts } from "../path/verdicts.tsx";

interface Props {
	readonly fault: string;
	readonly question: Question;
	readonly route: Route;
}

export function BesideHealthy({ fault, question, route }: Props): JSX.Element {
	const texts = useTextsOf(DIAGNOSE);
	const broken = useSide(fault, question);
	const healthy = useSide(atlasNameOf(fault).mode, question);
	const parting = useMemo(() => partingOf(broken.steps, healthy.steps), [broken.steps, healthy.steps]);
	const count = Math.max(broken.steps.length, healthy.steps.length);
	const current = position(route.params.step ?? String(parting?.step ?? 0), count - 1);
	const goTo = (index: number): void => {
		const kept = Math.max(0, Math.min(index, count - 1));
		go({ ...route, params: { ...route.params, step: String(kept) } }, true);
	};
	useStepKeys(goTo, current, count);
	return (
		<section class="beside-healthy compare-view">
			<h2>{texts.besideTitle}</h2>
			<div class="halves">
				<Half side={broken} name={texts.broken} current={current} onStep={goTo} />
				<Half side={healthy} name={texts.healthy} current={current} onStep={goTo} />
			</div>
			{parting !== undefined && (
				<>
					<Parted parting={parting} />
					<Beside
						names={[texts.broken, texts.healthy]}
						left={broken.steps}
						right={healthy.steps}
						parting={parting}
						current={current}
						onStep={goTo}
					/>
				</>
			)}
		</section>
	);
}

interface Side {
	readonly answered: Answered;
	readonly groups: readonly PathGroup[];
	/** The way that differs most from delivery comes first. */
	readonly way: number;
	readonly steps: readonly Step[];
}

const NO_GROUPS: readonly PathGroup[] = [];

function useSide(name: string, question: Question): Side {
	const answered = useExplanation({ kind: "scenario", name }, question, useLanguage());
	const { explanation } = answered;
	const groups = useMemo(() => (explanation === null ? NO_GROUPS : groupPaths(explanation.paths)), [explanation]);
	const lost = groups.findIndex(({ first }) => first.verdict !== "delivered");
	const way = Math.max(0, lost);
	const path = groups[way]?.first;
	const steps = useMemo(() => (path === undefined ? [] : stepsOf(path)), [path]);
	return { answered, groups, way, steps };
}

interface HalfProps {
	readonly side: Side;
	readonly name: string;
	readonly current: number;
	readonly onStep: (index: number) => void;
}

function Half({ side, name, current, onStep }: HalfProps): JSX.Element {
	const { loading } = useTexts();
	const { answered, groups, way, steps } = side;
	const { explanation, problem, retry, asking } = answered;
	const step = steps[Math.min(current, steps.length - 1)];
	return (
		<section class="half" aria-label={name}>
			<h3>{name}</h3>
			{explanation === null && asking && <p class="quiet">{loading}</p>}
			{problem !== null && <Problem problem={problem} retry={retry} />}
			{explanation !== null && (
				<Verdicts explanation={explanation} groups={groups.slice(way, way + 1)} way={0} onWay={() => {}} />
			)}
			{step !== undefined && (
				<div class="stage">
					<Picture groups={groups} way={way} step={step} steps={steps} onStep={onStep} side={name} />
				</div>
			)}
		</section>
	);
}
