/** Which modes fit: questions, and the modes that fit the answers best first, with what speaks for and against each. */
import { type Choice, choose, NEED_QUESTIONS, type Need, needsFrom, needText } from "@podpath/core";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { go } from "../../navigation.ts";
import { Problem } from "../../parts/problem.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { useLanguage, useTexts, useTextsOf } from "../../texts/language.ts";
import { MODES } from "../../texts/modes.ts";
import { Ranked } from "./ranked.tsx";
import { type Modes, useModes } from "./use-modes.ts";

const ANSWERS = ["yes", "no", ""] as const;
/** So many of the best are worth a comparison. */
const COMPARED = 4;

export function Chooser({ route }: { readonly route: Route }): JSX.Element {
	const texts = useTextsOf(MODES);
	const { loading } = useTexts();
	const modes = useModes();
	const { profiles, problem, retry } = modes;
	const choices = useMemo(() => {
		const answers = Object.fromEntries(NEED_QUESTIONS.map((need) => [need, answerIn(route, need)]));
		return profiles === null ? null : choose(profiles, needsFrom(answers));
	}, [route, profiles]);
	if (problem !== null) return <Problem problem={problem} retry={retry} />;
	return (
		<>
			<p class="intro">{texts.chooserIntro}</p>
			<div class="chooser">
				{choices === null ? <p class="quiet">{loading}</p> : <Outcome choices={choices} answered={isAnswered(route)} />}
				<Questions route={route} />
				{choices !== null && <Ranking choices={choices} modes={modes} />}
			</div>
		</>
	);
}

interface OutcomeProps {
	readonly choices: readonly Choice[];
	/** Before anything is said no mode is the best. */
	readonly answered: boolean;
}

/** In short; on a narrow screen it stays in sight while one answers. */
function Outcome({ choices, answered }: OutcomeProps): JSX.Element {
	const texts = useTextsOf(MODES);
	const best = choices.filter(({ fits }) => fits).map(({ mode }) => mode);
	const compared = best.slice(0, COMPARED);
	const compare = formatRoute({ view: "atlas", params: { show: "compare", modes: compared.join(",") } });
	return (
		<p class="outcome">
			<span role="status">
				{texts.fitting(best.length, choices.length)} {answered && best[0] !== undefined && texts.best(best[0])}
			</span>{" "}
			{answered && compared.length > 1 && <a href={compare}>{texts.compareBest(compared.length)}</a>}
		</p>
	);
}

function isAnswered(route: Route): boolean {
	return NEED_QUESTIONS.some((need) => answerIn(route, need) !== undefined);
}

function Questions({ route }: { readonly route: Route }): JSX.Element {
	const texts = useTextsOf(MODES);
	const answered = isAnswered(route);
	return (
		<form class="questions" onSubmit={(event) => event.preventDefault()}>
			{NEED_QUESTIONS.map((need) => (
				<Question key={need} need={need} route={route} />
			))}
			<button
				type="button"
				disabled={!answered}
				onClick={() => go({ view: route.view, params: { show: route.params.show ?? "" } })}
			>
				{texts.forget}
			</button>
		</form>
	);
}

function Question({ need, route }: { readonly need: Need; readonly route: Route }): JSX.Element {
	const texts = useTextsOf(MODES);
	const language = useLanguage();
	const given = answerIn(route, need);
	const chosen = given === undefined ? "" : given ? "yes" : "no";
	return (
		<fieldset>
			<legend>{needText(need, language)}</legend>
			{ANSWERS.map((answer) => (
				<label key={answer} class="check">
					<input
						type="radio"
						name={need}
						value={answer}
						checked={answer === chosen}
						onChange={() => go({ ...route, params: { ...route.params, [need]: answer } }, true)}
					/>{" "}
					{texts.answers[answer === "" ? "any" : answer]}
				</label>
			))}
		</fieldset>
	);
}

function answerIn({ params }: Route, need: Need): boolean | undefined {
	const answer = params[need];
	return answer === "yes" || answer === "no" ? answer === "yes" : undefined;
}

interface RankingProps {
	readonly choices: readonly Choice[];
	readonly modes: Modes;
}

function Ranking({ choices, modes }: RankingProps): JSX.Element {
	const texts = useTextsOf(MODES);
	const fitting = choices.filter(({ fits }) => fits);
	return (
		<section class="ranking" aria-label={texts.ranking}>
			<List choices={fitting} modes={modes} />
			{fitting.length < choices.length && (
				<>
					<h2>{texts.excluded}</h2>
					<List choices={choices.filter(({ fits }) => !fits)} modes={modes} />
				</>
			)}
		</section>
	);
}

function List({ choices, modes }: RankingProps): JSX.Element {
	return (
		<ol>
			{choices.map((choice) => (
				<Ranked key={choice.mode} choice={choice} scenarios={modes.scenariosOf(choice.mode)} />
			))}
		</ol>
	);
}
