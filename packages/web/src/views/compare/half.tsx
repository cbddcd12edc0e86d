/** One side of a comparison: what is asked, what is answered, and its picture. */
import { type AtlasIndex, type Explanation, type Finding, type ServedInput, stepOfFinding } from "@podpath/core";
import type { JSX } from "preact";
import { Problem } from "../../parts/problem.tsx";
import { useTexts } from "../../texts/language.ts";
import { ScenarioPicker } from "../atlas/scenario-picker.tsx";
import { inputOf, questionIn, routeOf } from "../path/asked.ts";
import { LeadingFinding } from "../path/findings.tsx";
import { Picture } from "../path/picture.tsx";
import { QuestionForm } from "../path/question-form.tsx";
import { scenarioOf } from "../path/scenario.ts";
import { leadingOf } from "../path/use-looked-at.ts";
import { Verdicts } from "../path/verdicts.tsx";
import type { SideState } from "./compare-view.tsx";

interface Props {
	readonly side: SideState;
	readonly name: string;
	readonly atlas: AtlasIndex;
	readonly served: ServedInput;
	readonly current: number;
	readonly onStep: (index: number) => void;
}

export function Half({ side, name, atlas, served, current, onStep }: Props): JSX.Element {
	const { compare: texts, loading } = useTexts();
	const { route, answered, groups, way, steps, change } = side;
	const { explanation, problem, retry } = answered;
	const input = inputOf(route, served);
	const scenario = scenarioOf(input, atlas);
	const step = steps[Math.min(current, steps.length - 1)];
	return (
		<section class="half" aria-label={name}>
			<ScenarioPicker
				label={`${name}: ${texts.about}`}
				atlas={atlas}
				served={served}
				value={route.params.in ?? ""}
				onChoose={(chosen) => change({ view: "path", params: chosen === "" ? {} : { in: chosen } })}
			/>
			{input !== null && (
				<QuestionForm
					input={input}
					words={route.params}
					question={questionIn(route, scenario)}
					scenario={scenario}
					side={name}
					onAsk={(question) => change(routeOf(input, question))}
				/>
			)}
			{explanation === null && answered.asking && input !== null && <p class="quiet">{loading}</p>}
			{problem !== null && <Problem problem={problem} retry={retry} />}
			{explanation !== null && (
				<Verdicts
					explanation={explanation}
					groups={groups}
					way={way}
					onWay={(index) => change({ ...route, params: { ...route.params, way: String(index) } }, true)}
				>
					<Leading side={side} name={name} explanation={explanation} onStep={onStep} />
				</Verdicts>
			)}
			{step !== undefined && (
				<div class="stage">
					<Picture groups={groups} way={way} step={step} steps={steps} onStep={onStep} side={name} />
				</div>
			)}
		</section>
	);
}

interface LeadingProps extends Pick<Props, "side" | "name" | "onStep"> {
	readonly explanation: Explanation;
}

function Leading({ side, name, explanation, onStep }: LeadingProps): JSX.Element | null {
	const { groups, way, steps } = side;
	const path = groups[way]?.first;
	const number = path === undefined ? -1 : explanation.paths.indexOf(path);
	const stepOf = (finding: Finding): number | null => stepOfFinding(finding, number, steps);
	const leading = leadingOf(explanation.findings, stepOf);
	if (leading === undefined) return null;
	return <LeadingFinding finding={leading} stepOf={stepOf} onStep={onStep} keyed={null} side={name} />;
}
