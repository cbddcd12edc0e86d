/** The Diagnose view: why a packet does not arrive, for one question or for the whole cluster. */
import type { Question } from "@podpath/core";
import { atlasNameOf } from "@podpath/core";
import type { JSX } from "preact";
import type { Input } from "../../backend/backend.ts";
import type { Asked } from "../../engine/calls.ts";
import { go } from "../../navigation.ts";
import { Problem } from "../../parts/problem.tsx";
import { Manifests } from "../../parts/source-link.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { DIAGNOSE } from "../../texts/diagnose.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { inputOf, isEditable, questionIn, routeOf } from "../path/asked.ts";
import { QuestionForm } from "../path/question-form.tsx";
import { ScenarioLine } from "../path/scenario-line.tsx";
import { useScenario } from "../path/use-scenario.ts";
import type { ViewProps } from "../view.ts";
import { BesideHealthy } from "./beside-healthy.tsx";
import { Examples } from "./examples.tsx";
import { Result } from "./result.tsx";
import { Running } from "./running.tsx";
import { useDiagnosis } from "./use-diagnosis.ts";

export function DiagnoseView({ route, served }: ViewProps): JSX.Element {
	const texts = useTextsOf(DIAGNOSE);
	const input = inputOf(route, served);
	return (
		<div class="diagnose-view">
			<h1>{texts.title}</h1>
			<p class="intro">{texts.intro}</p>
			{input !== null && <Scope route={route} />}
			{input === null || route.params.examples !== undefined ? (
				<Examples route={route} />
			) : (
				<Manifests.Provider value={isEditable(input, served) ? route : null}>
					<Diagnosed key={input.kind === "scenario" ? input.name : ""} input={input} route={route} />
				</Manifests.Provider>
			)}
		</div>
	);
}

function Diagnosed({ input, route }: { readonly input: Input; readonly route: Route }): JSX.Element {
	const { loading, question: words } = useTexts();
	const { scenario, ready, ...unread } = useScenario(input);
	const all = route.params.all !== undefined;
	const question = questionIn(route, scenario);
	const diagnosing = useDiagnosis(input, all ? null : (question ?? undefined));
	const { diagnosis, problem, running, stopped } = diagnosing;
	const fault = input.kind === "scenario" && atlasNameOf(input.name).kind === "fault" ? input.name : null;
	if (!ready) return <p class="quiet">{loading}</p>;
	return (
		<>
			{all ? <ScenarioLine scenario={scenario} /> : <Asking {...{ input, route, question, scenario }} />}
			{unread.problem !== null && <Problem problem={unread.problem} retry={unread.retry} />}
			{problem !== null && <Problem problem={problem} retry={diagnosing.again} />}
			{!all && question === null && <p class="quiet">{words.missing}</p>}
			<Running diagnosing={diagnosing} />
			{diagnosis !== null && (
				<Result
					diagnosis={diagnosis}
					input={input}
					fault={fault}
					running={running}
					complete={!running && !stopped && problem === null}
				/>
			)}
			{fault !== null && !all && question !== null && <BesideHealthy fault={fault} question={question} route={route} />}
		</>
	);
}

/** What one asks comes along, so that every one of them leads back to it. */
function Scope({ route }: { readonly route: Route }): JSX.Element {
	const texts = useTextsOf(DIAGNOSE);
	const { all, examples, search: _, ...asked } = route.params;
	const about: Route["params"] = asked.in === undefined ? {} : { in: asked.in };
	const tab = (params: Route["params"], current: boolean, text: string): JSX.Element => (
		<a href={formatRoute({ view: "diagnose", params })} aria-current={current ? "true" : undefined}>
			{text}
		</a>
	);
	return (
		<nav class="scope" aria-label={texts.scope}>
			{tab(asked, all === undefined && examples === undefined, texts.one)}
			{tab({ ...about, all: "1" }, all !== undefined && examples === undefined, texts.all)}
			{tab({ ...asked, examples: "1" }, examples !== undefined, texts.examples)}
		</nav>
	);
}

interface AskingProps {
	readonly input: Input;
	readonly route: Route;
	readonly question: Question | null;
	readonly scenario: Asked | undefined;
}

function Asking({ input, route, question, scenario }: AskingProps): JSX.Element {
	return (
		<QuestionForm
			input={input}
			words={route.params}
			question={question}
			scenario={scenario}
			onAsk={(asked) => go({ ...routeOf(input, asked), view: "diagnose" })}
		/>
	);
}
