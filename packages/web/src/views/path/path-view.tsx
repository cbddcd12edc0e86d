/** The Path view: a question, and its answer to be stepped through. */
import type { JSX } from "preact";
import { go } from "../../navigation.ts";
import { NoInput } from "../../parts/no-input.tsx";
import { Problem } from "../../parts/problem.tsx";
import { ProofLine } from "../../parts/proof-badge.tsx";
import { useLanguage, useTexts } from "../../texts/language.ts";
import type { ViewProps } from "../view.ts";
import { Answer } from "./answer.tsx";
import { inputOf, isEditable, questionIn, routeOf } from "./asked.ts";
import { Onward } from "./onward.tsx";
import { QuestionForm } from "./question-form.tsx";
import { useExplanation } from "./use-explanation.ts";
import { useScenario } from "./use-scenario.ts";

export function PathView({ route, served }: ViewProps): JSX.Element {
	const texts = useTexts();
	const input = inputOf(route, served);
	const { scenario, ready, ...unread } = useScenario(input);
	const question = questionIn(route, scenario);
	const answered = useExplanation(input, question, useLanguage());
	const { explanation, problem, asking, retry } = answered;
	if (input === null) {
		return <NoInput view="path" />;
	}
	return (
		<div class="path-view">
			<h1 class="sr-only">{texts.views.path}</h1>
			{/* A field that is filled in later than somebody types in it would lose what was typed. */}
			{ready && (
				<QuestionForm
					input={input}
					words={route.params}
					question={question}
					scenario={scenario}
					onAsk={(asked) => go(routeOf(input, asked))}
				/>
			)}
			{scenario?.proof !== undefined && <ProofLine proof={scenario.proof} />}
			{problem === null && unread.problem !== null && <Problem problem={unread.problem} retry={unread.retry} />}
			{problem !== null && <Problem problem={problem} retry={retry} />}
			{question === null && input.kind === "served" && <p class="quiet">{texts.question.missing}</p>}
			{explanation === null && question !== null && problem === null && asking && <p class="quiet">{texts.loading}</p>}
			{explanation !== null && question !== null && <Onward input={input} question={question} />}
			{explanation !== null && (
				<Answer explanation={explanation} route={route} stale={asking} editable={isEditable(input, served)} />
			)}
		</div>
	);
}
