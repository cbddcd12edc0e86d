/** One side of a comparison: what is asked, what is answered, and its picture. */
import type { AtlasIndex, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { Choice } from "../../parts/choice.tsx";
import { Problem } from "../../parts/problem.tsx";
import { useLanguage, useTexts } from "../../texts/language.ts";
import { scenarioChoices } from "../../texts/title.ts";
import { inputOf, questionIn, routeOf } from "../path/asked.ts";
import { Picture } from "../path/picture.tsx";
import { QuestionForm } from "../path/question-form.tsx";
import { scenarioOf } from "../path/scenario.ts";
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
	const language = useLanguage();
	const { route, answered, groups, way, steps, change } = side;
	const { explanation, problem, retry } = answered;
	const input = inputOf(route, served);
	const scenario = scenarioOf(input, atlas);
	const step = steps[Math.min(current, steps.length - 1)];
	return (
		<section class="half" aria-label={name}>
			<Choice
				label={`${name}: ${texts.about}`}
				value={route.params.in ?? ""}
				options={[["", served.kind === "atlas" ? texts.choose : served.name], ...scenarioChoices(atlas, language)]}
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
				/>
			)}
			{step !== undefined && (
				<div class="stage">
					<Picture groups={groups} way={way} step={step} steps={steps} onStep={onStep} side={name} />
				</div>
			)}
		</section>
	);
}
