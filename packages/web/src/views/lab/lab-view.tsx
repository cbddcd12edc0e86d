/** The Lab view: the question of the page, asked of a real kernel. */
import type { Question } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { GivenInput } from "../../backend/backend.ts";
import { go } from "../../navigation.ts";
import { NoInput } from "../../parts/no-input.tsx";
import { Problem } from "../../parts/problem.tsx";
import type { Route } from "../../route.ts";
import { LAB } from "../../texts/lab.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { inputOf, questionIn, routeOf } from "../path/asked.ts";
import { QuestionForm } from "../path/question-form.tsx";
import { useScenario } from "../path/use-scenario.ts";
import type { ViewProps } from "../view.ts";
import { Offered } from "./offered.tsx";
import { Running } from "./running.tsx";
import { useLab } from "./use-lab.ts";
import { takeWishForLab } from "./wish.ts";

export function LabView({ route, served }: ViewProps): JSX.Element {
	const texts = useTextsOf(LAB);
	const input = inputOf(route, served);
	return (
		<div class="lab-view">
			<h1>{texts.title}</h1>
			<p class="intro">{texts.intro}</p>
			<Offered served={served}>
				{input === null ? <NoInput view="lab" /> : <Asking input={input} route={route} />}
			</Offered>
		</div>
	);
}

function Asking({ input, route }: { readonly input: GivenInput; readonly route: Route }): JSX.Element {
	const { loading } = useTexts();
	const { scenario, ready, problem, retry } = useScenario(input);
	if (!ready) return <p class="quiet">{loading}</p>;
	const question = questionIn(route, scenario);
	return (
		<>
			<QuestionForm
				input={input}
				words={route.params}
				question={question}
				scenario={scenario}
				onAsk={(asked) => go({ ...routeOf(input, asked), view: "lab" })}
			/>
			{problem !== null && <Problem problem={problem} retry={retry} />}
			<Run input={input} question={question} />
		</>
	);
}

interface RunProps {
	readonly input: GivenInput;
	readonly question: Question | null;
}

function Run({ input, question }: RunProps): JSX.Element {
	const { question: words } = useTexts();
	const run = useLab(input, question);
	useEffect(() => {
		if (takeWishForLab(question)) run.start();
	}, []);
	return question === null ? <p class="quiet">{words.missing}</p> : <Running run={run} />;
}
