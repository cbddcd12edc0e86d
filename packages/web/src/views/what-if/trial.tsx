/** A cluster, what somebody changed in it, and the path before and after. */
import type { AtlasIndex, Explanation, ManifestFile, Question, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { GivenInput, Input } from "../../backend/backend.ts";
import { go } from "../../navigation.ts";
import { Problem } from "../../parts/problem.tsx";
import { VerdictBadge } from "../../parts/verdict.tsx";
import type { Route } from "../../route.ts";
import { useLanguage, useTexts, useTextsOf } from "../../texts/language.ts";
import { WHAT_IF } from "../../texts/what-if.ts";
import { Answer } from "../path/answer.tsx";
import { position, questionIn, routeOf } from "../path/asked.ts";
import { QuestionForm } from "../path/question-form.tsx";
import { scenarioOf } from "../path/scenario.ts";
import { useExplanation } from "../path/use-explanation.ts";
import { Editing, type LinePointedAt } from "./editing.tsx";
import { OnKernel } from "./on-kernel.tsx";
import { useDraft } from "./use-draft.ts";
import { useValidation } from "./use-validation.ts";

interface Props {
	readonly input: GivenInput;
	readonly served: ServedInput;
	readonly route: Route;
	readonly atlas: AtlasIndex;
	/** What is typed is kept under it. */
	readonly name: string;
}

export function Trial({ input, served, route, atlas, name }: Props): JSX.Element {
	const texts = useTextsOf(WHAT_IF);
	const { question: words } = useTexts();
	const draft = useDraft(input, name, route.params.change);
	const validation = useValidation(draft.files);
	const scenario = scenarioOf(input, atlas);
	const question = questionIn(route, scenario);
	const readable = useManifestInput(validation.readable);
	// What is typed at the moment may be readable or not; the path is of the last of it that was.
	const changed = draft.changed.size > 0 && draft.isChange(validation.readable ?? []) ? readable : null;
	if (draft.files === null || draft.base === null) {
		return draft.problem === null ? <p /> : <Problem problem={draft.problem} retry={draft.retry} />;
	}
	return (
		<div class="trial">
			<Editing draft={draft} files={draft.base} validation={validation} at={linePointedAt(route)} />
			<section class="outcome" aria-label={texts.outcome}>
				<QuestionForm
					input={readable ?? input}
					words={route.params}
					question={question}
					scenario={scenario}
					onAsk={(asked) => {
						const { params } = routeOf(input, asked);
						go({ view: "what-if", params: { ...params, change: route.params.change ?? "" } });
					}}
				/>
				{validation.isUnreadable && <p class="notice tone-unsure">{texts.unreadable}</p>}
				{question === null ? (
					<p class="quiet">{words.missing}</p>
				) : (
					<>
						<OnKernel input={input} served={served} question={question} edited={draft.edited} />
						<Outcome route={route} question={question} before={input} after={changed} />
					</>
				)}
			</section>
		</div>
	);
}

/** A link from somewhere else in the page. */
function linePointedAt({ params: { file, line } }: Route): LinePointedAt | null {
	return file === undefined || line === undefined ? null : { file, line: position(line, Number.MAX_SAFE_INTEGER) };
}

/** One object for the same files, which are large to be compared. */
function useManifestInput(files: readonly ManifestFile[] | null): Input | null {
	const last = useRef<{ readonly files: typeof files; readonly input: Input | null }>({ files: null, input: null });
	if (last.current.files !== files) {
		last.current = { files, input: files === null ? null : { kind: "manifests", files } };
	}
	return last.current.input;
}

interface OutcomeProps {
	readonly route: Route;
	readonly question: Question;
	readonly before: Input;
	/** Null: nothing is changed. */
	readonly after: Input | null;
}

function Outcome({ route, question, before, after }: OutcomeProps): JSX.Element {
	const { loading } = useTexts();
	const language = useLanguage();
	const old = useExplanation(before, question, language);
	const now = useExplanation(after, question, language);
	const shown = after === null ? old : now;
	// While a change is being asked about the last answer stays.
	const last = useRef<Explanation | null>(null);
	useEffect(() => {
		if (shown.explanation !== null) last.current = shown.explanation;
	}, [shown.explanation]);
	const explanation = shown.explanation ?? (shown.problem === null ? last.current : null);
	return (
		<>
			{after !== null && old.explanation !== null && now.explanation !== null && (
				<Verdict before={old.explanation} after={now.explanation} />
			)}
			{shown.problem !== null && <Problem problem={shown.problem} retry={shown.retry} />}
			{explanation === null && shown.problem === null && <p class="quiet">{loading}</p>}
			{explanation !== null && (
				<Answer
					explanation={explanation}
					before={after === null ? null : old.explanation}
					route={route}
					stale={shown.asking}
					editable
				/>
			)}
		</>
	);
}

function Verdict({ before, after }: { readonly before: Explanation; readonly after: Explanation }): JSX.Element {
	const texts = useTextsOf(WHAT_IF);
	return (
		<p class="turn-out" role="status">
			{texts.before} <VerdictBadge verdict={before.verdict} /> → {texts.after} <VerdictBadge verdict={after.verdict} />
		</p>
	);
}
