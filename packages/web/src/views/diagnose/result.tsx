/** What was found: the outcome in a line, then each finding in the order of the command line. */
import type { Diagnosis } from "@podpath/core";
import type { JSX } from "preact";
import type { Input } from "../../backend/backend.ts";
import { VerdictBadge } from "../../parts/verdict.tsx";
import { DIAGNOSE } from "../../texts/diagnose.ts";
import { useTextsOf } from "../../texts/language.ts";
import { FindingCard } from "./finding-card.tsx";

interface Props {
	readonly diagnosis: Diagnosis;
	readonly input: Input;
	/** The name of the fault that is looked at. */
	readonly fault: string | null;
	readonly running: boolean;
	/** Everything was asked: what is not found is not there. */
	readonly complete: boolean;
}

export function Result({ diagnosis, input, fault, running, complete }: Props): JSX.Element {
	const texts = useTextsOf(DIAGNOSE);
	const { question, findings } = diagnosis;
	const serious = findings.filter(({ severity }) => severity !== "info");
	const minor = findings.filter(({ severity }) => severity === "info");
	const card = (finding: (typeof findings)[number], index: number): JSX.Element => (
		<FindingCard key={index} {...{ finding, question, input, fault }} />
	);
	return (
		<section class="diagnosis" aria-busy={running}>
			<Head diagnosis={diagnosis} serious={serious.length} complete={complete} />
			{serious.length > 0 && <ol class="found">{serious.map(card)}</ol>}
			{minor.length > 0 && (
				<details class="minor" open={serious.length === 0}>
					<summary>{texts.minor(minor.length)}</summary>
					<ol class="found">{minor.map(card)}</ol>
				</details>
			)}
		</section>
	);
}

interface HeadProps {
	readonly diagnosis: Diagnosis;
	readonly serious: number;
	readonly complete: boolean;
}

function Head({ diagnosis, serious, complete }: HeadProps): JSX.Element {
	const texts = useTextsOf(DIAGNOSE);
	const { verdict, expected, asked } = diagnosis;
	return (
		<p class="outcome-line" role="status">
			{verdict !== null && (
				<span>
					{texts.isNow} <VerdictBadge verdict={verdict} />
				</span>
			)}
			{expected !== null && expected !== verdict && (
				<span>
					{texts.should} <VerdictBadge verdict={expected} />
				</span>
			)}
			{serious > 0 && <b>{texts.found(serious)}</b>}
			{serious === 0 && complete && (verdict === null || verdict === "delivered") && <b>{texts.clean}</b>}
			{asked !== undefined && <span class="quiet">{texts.surveyed(asked.questions, asked.places)}</span>}
		</p>
	);
}
