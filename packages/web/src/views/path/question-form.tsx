/** What is asked, to be changed. */
import { QUESTION_PROTOCOLS, type Question, VIAS } from "@podpath/core";
import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import type { Input } from "../../backend/backend.ts";
import { backendFor } from "../../backend/backends.ts";
import { inputKey } from "../../backend/input-key.ts";
import type { Asked } from "../../engine/calls.ts";
import { Choice } from "../../parts/choice.tsx";
import { Combobox } from "../../parts/combobox.tsx";
import { labelled, useLanguage, useTexts } from "../../texts/language.ts";
import { noteIn, titleIn } from "../../texts/title.ts";
import { isSameQuestion } from "./asked.ts";

interface Props {
	readonly input: Input;
	/** Those of the URL; half a question is kept there too, so that nothing typed is lost. */
	readonly words: Readonly<Record<string, string>>;
	readonly question: Question | null;
	readonly scenario: Asked | undefined;
	/** An empty question asks the scenario's own. */
	readonly onAsk: (question: Partial<Question>) => void;
	/** Whose question it is, where there are several in a view. */
	readonly side?: string;
}

const MOST_PROPOSALS = 40;

type Words = { readonly [Part in keyof Question]?: string };

export function QuestionForm({ input, words, question, scenario, onAsk, side }: Props): JSX.Element {
	const { question: texts } = useTexts();
	const propose = useCallback(
		(typed: string) => backendFor(input).places(input, typed, MOST_PROPOSALS),
		[inputKey(input)],
	);
	const { from = question?.from ?? "", to = question?.to ?? "" } = words;
	const change = (changed: Words): void => onAsk(withWords({ ...question, from, to }, changed));
	const isService = to.startsWith("service/");
	return (
		<form class="question" aria-label={labelled(texts.label, side)} onSubmit={(event) => event.preventDefault()}>
			{scenario !== undefined && (
				<ScenarioLine scenario={scenario} changed={isChanged(words, question, scenario)} onReset={() => onAsk({})} />
			)}
			<Combobox
				label={texts.from}
				value={from}
				placeholder={texts.placeholderFrom}
				propose={propose}
				onChoose={(chosen) => change({ from: chosen })}
				search
			/>
			<button
				type="button"
				class="round swap"
				aria-label={texts.swap}
				title={texts.swap}
				onClick={() => change({ from: withoutPort(to), to: from })}
			>
				⇄
			</button>
			<Combobox
				label={texts.to}
				value={to}
				placeholder={texts.placeholderTo}
				propose={propose}
				onChoose={(chosen) => change({ to: chosen })}
			/>
			<Choice
				label={texts.protocol}
				value={question?.protocol ?? "tcp"}
				options={QUESTION_PROTOCOLS.map((each) => [each, each])}
				onChoose={(protocol) => change({ protocol })}
			/>
			{isService && (
				<Choice
					label={texts.via}
					value={question?.via ?? ""}
					options={[["", texts.viaAny], ...VIAS.map((each) => [each, each] as const)]}
					onChoose={(via) => change({ via })}
				/>
			)}
			{question?.via === "node-port" && (
				<Combobox
					label={texts.node}
					value={question.node ?? ""}
					placeholder=""
					propose={async (typed) => nodesIn(await propose(`node/${typed}`))}
					onChoose={(node) => change({ node: node.replace(/^node\//, "") })}
				/>
			)}
			<More question={question} onChange={change} />
		</form>
	);
}

function nodesIn<T extends { readonly kind: string }>(places: readonly T[]): readonly T[] {
	return places.filter(({ kind }) => kind === "node");
}

/** A port belongs to a target; where a packet comes from has none. */
function withoutPort(name: string): string {
	return name.replace(/^((pod|node|host)\/.*):[^:/]*$/, "$1");
}

function withWords(question: Partial<Question>, words: Words): Partial<Question> {
	const { sourcePort, ...rest } = words;
	const merged = { ...question, ...rest } as Partial<Question>;
	// How a Service is addressed says nothing of other targets.
	const fitting = merged.to?.startsWith("service/") === true ? merged : { ...merged, via: undefined, node: undefined };
	const port = sourcePort === undefined ? question.sourcePort : Number(sourcePort) || undefined;
	const given = Object.entries({ ...fitting, sourcePort: port });
	return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== ""));
}

/** Links name the whole question, also where it is the scenario's own. */
function isChanged(words: Props["words"], question: Question | null, scenario: Asked): boolean {
	if (words.from === undefined && words.to === undefined) return false;
	return question === null || !isSameQuestion(question, scenario.question);
}

interface ScenarioLineProps {
	readonly scenario: Asked;
	readonly changed: boolean;
	readonly onReset: () => void;
}

function ScenarioLine({ scenario, changed, onReset }: ScenarioLineProps): JSX.Element {
	const { question: texts } = useTexts();
	const language = useLanguage();
	const note = noteIn(scenario, language);
	return (
		<p class="scenario-line">
			<span class="quiet">{texts.scenario}</span> <code>{scenario.name}</code> <b>{titleIn(scenario, language)}</b>
			{note !== undefined && <span class="note quiet">{note}</span>}
			{changed && (
				<>
					{" "}
					<span class="quiet">{texts.changed}</span>{" "}
					<button type="button" class="small" onClick={onReset}>
						{texts.reset}
					</button>
				</>
			)}
		</p>
	);
}

interface MoreProps {
	readonly question: Question | null;
	readonly onChange: (words: Words) => void;
}

function More({ question, onChange }: MoreProps): JSX.Element {
	const { question: texts } = useTexts();
	return (
		<details class="more" open={question?.at !== undefined || question?.sourcePort !== undefined}>
			<summary>{texts.more}</summary>
			<label class="field">
				<span>{texts.at}</span>
				<input
					type="text"
					value={question?.at ?? ""}
					placeholder={texts.placeholderAt}
					onChange={({ currentTarget }) => onChange({ at: currentTarget.value.trim() })}
				/>
			</label>
			<label class="field">
				<span>{texts.sourcePort}</span>
				<input
					type="number"
					min="1"
					max="65535"
					value={question?.sourcePort ?? ""}
					placeholder="40000"
					onChange={({ currentTarget }) => onChange({ sourcePort: currentTarget.value })}
				/>
			</label>
		</details>
	);
}
