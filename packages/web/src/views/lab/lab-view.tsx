/** The Lab view: the question of the page, asked of a real kernel. */
import type { LabOffer, Question, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { labOffer } from "../../backend/lab.ts";
import { go } from "../../navigation.ts";
import { NoInput } from "../../parts/no-input.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Problem } from "../../parts/problem.tsx";
import type { Route } from "../../route.ts";
import { LAB } from "../../texts/lab.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { inputOf, questionIn, routeOf } from "../path/asked.ts";
import { QuestionForm } from "../path/question-form.tsx";
import { useScenario } from "../path/use-scenario.ts";
import type { ViewProps } from "../view.ts";
import { Report } from "./report.tsx";
import { Stages } from "./stages.tsx";
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

interface OfferedProps {
	readonly served: ServedInput;
	readonly children: JSX.Element;
}

/** Only where there is a kernel to ask; else it says why there is none. */
function Offered({ served, children }: OfferedProps): JSX.Element {
	const texts = useTextsOf(LAB);
	const [offer, setOffer] = useState<LabOffer | null>(null);
	const [problem, setProblem] = useState<ReturnType<typeof problemIn> | null>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		if (served.server !== true) return;
		setProblem(null);
		labOffer().then(setOffer, (error: unknown) => setProblem(problemIn(error)));
	}, [served, attempt]);
	if (served.server !== true) {
		return (
			<Notice tone="unsure">
				<b>{texts.needsServer}</b> {texts.needsServerHow}
			</Notice>
		);
	}
	if (problem !== null) return <Problem problem={problem} retry={() => setAttempt(attempt + 1)} />;
	if (offer === null) return <p class="quiet">{texts.probing}</p>;
	return offer.available ? children : <Unavailable offer={offer} />;
}

function Unavailable({ offer }: { readonly offer: LabOffer }): JSX.Element {
	const texts = useTextsOf(LAB);
	return (
		<Notice tone="unsure">
			<p>{texts.unavailable}</p>
			<ul>
				{offer.tried.map(({ kind, why }) => (
					<li key={kind}>
						<b>{kind}</b>: {why}
					</li>
				))}
			</ul>
		</Notice>
	);
}

function Asking({ input, route }: { readonly input: Input; readonly route: Route }): JSX.Element {
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

function Run({ input, question }: { readonly input: Input; readonly question: Question | null }): JSX.Element {
	const { question: words } = useTexts();
	const texts = useTextsOf(LAB);
	const { state, start, stop } = useLab(input, question);
	useEffect(() => {
		if (takeWishForLab(question)) start();
	}, []);
	if (question === null) return <p class="quiet">{words.missing}</p>;
	return (
		<>
			<p class="running">
				{state.kind === "running" ? (
					<button type="button" onClick={stop}>
						{texts.stop}
					</button>
				) : (
					<button type="button" class="primary" onClick={start}>
						{state.kind === "idle" ? texts.run : texts.again}
					</button>
				)}
				<span role="status">{state.kind === "stopped" && texts.stopped}</span>
			</p>
			{state.kind === "running" && <Stages stage={state.stage} text={state.text} />}
			{state.kind === "failed" && <Problem problem={state.problem} retry={start} />}
			{state.kind === "done" && <Report report={state.report} />}
		</>
	);
}
