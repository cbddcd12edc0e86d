/** One finding: what it is, the evidence, whose it is, what puts it right, and what shows it. */
import { atlasNameOf, type DiagnosisFinding, formatQuestion, type Question } from "@podpath/core";
import type { ComponentChildren, JSX } from "preact";
import type { Input } from "../../backend/backend.ts";
import { CommandText, FixText } from "../../parts/fix-text.tsx";
import { Sourced, SourceOf } from "../../parts/source-link.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { DIAGNOSE } from "../../texts/diagnose.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { MEANINGS } from "../../texts/meanings.ts";
import { routeOf } from "../path/asked.ts";
import { AT_CAUSE } from "../path/use-looked-at.ts";
import { entryParam } from "../state/cited.ts";
import { ruleOf, stateWords } from "./state-words.ts";

interface Props {
	readonly finding: DiagnosisFinding;
	/** Of the whole diagnosis. */
	readonly question: Question | null;
	readonly input: Input;
	readonly fault: string | null;
}

export function FindingCard({ finding, question, input, fault }: Props): JSX.Element {
	const { severities } = useTexts();
	const texts = useTextsOf(DIAGNOSE);
	const { code, severity, message, at, owner, object, expected, actual, fix, fixKind, confirm, proof } = finding;
	const asked = finding.question ?? question;
	const about = input.kind === "scenario" ? input.name : null;
	return (
		<li class={`finding ${severity}`}>
			<p class="message">
				<span class="severity">{severities[severity]}</span> <Sourced text={message} />
			</p>
			<dl>
				<Row name={texts.expected} of={expected}>
					{/* What is missing here can be seen where nothing is broken. */}
					{({ text }) =>
						fault !== null && <StateLink about={atlasNameOf(fault).mode} at={at} text={text} label={texts.inHealthy} />
					}
				</Row>
				<Row name={texts.actual} of={actual}>
					{({ text }) => <StateLink about={about} at={at} text={text} label={texts.inState} />}
				</Row>
				<Line name={texts.owner}>
					{owner !== undefined && (object === undefined ? owner : texts.ownerFor(owner, object))}
				</Line>
				<Line name={texts.fix}>{fix !== undefined && <FixText text={fix} kind={fixKind} />}</Line>
				<Line name={texts.confirm}>{confirm !== undefined && <CommandText text={confirm} />}</Line>
				<Line name={texts.proof}>{proof}</Line>
				<Line name={texts.asked}>{question === null && asked !== null && formatQuestion(asked)}</Line>
			</dl>
			<p class="leads">
				{asked !== null && <a href={formatRoute(atCause(routeOf(input, asked)))}>{texts.seePath}</a>}
				{finding.questions !== undefined && <span class="quiet">{texts.questions(finding.questions)}</span>}
			</p>
			<Meaning code={code} />
		</li>
	);
}

/** The path is looked at for what goes wrong on it. */
function atCause(path: Route): Route {
	return { ...path, params: { ...path.params, step: AT_CAUSE } };
}

interface RowProps {
	readonly name: string;
	readonly of: DiagnosisFinding["expected"];
	readonly children: (evidence: NonNullable<DiagnosisFinding["expected"]>) => ComponentChildren;
}

function Row({ name, of, children }: RowProps): JSX.Element | null {
	if (of === undefined) return null;
	const { text, source } = of;
	return (
		<div>
			<dt>{name}</dt>
			<dd>
				<code class="entry">{text}</code>
				{source !== undefined && <SourceOf file={source.file} line={source.line} />}
				{children(of)}
			</dd>
		</div>
	);
}

function Line({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element | null {
	if (children === undefined || children === false) return null;
	return (
		<div>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</div>
	);
}

interface StateLinkProps {
	/** An input of the atlas; null: the server's. */
	readonly about: string | null;
	readonly at: string | undefined;
	readonly text: string;
	readonly label: string;
}

/** Pods and machines have a state to look at; the fabric has none. */
function StateLink({ about, at, text, label }: StateLinkProps): JSX.Element | null {
	if (at === undefined || !/^(pod|node|host)\//.test(at)) return null;
	const rule = ruleOf(text);
	const entry = rule === null ? { search: stateWords(text) } : { group: rule.group, entry: entryParam(rule) };
	const params = { ...(about === null ? {} : { in: about }), place: at, ...entry };
	return <a href={formatRoute({ view: "state", params })}>{label}</a>;
}

/** What docs/findings.md says of the code, without its title: the finding itself has said that. */
function Meaning({ code }: { readonly code: string }): JSX.Element {
	const texts = useTextsOf(DIAGNOSE);
	const { ofDiagnosis, ofExplanation } = useTextsOf(MEANINGS);
	const [known, other] = [ofDiagnosis[code], ofExplanation[code]];
	if (known === undefined && other === undefined) return <code class="code">{code}</code>;
	return (
		<details class="meaning">
			<summary>
				<code class="code">{code}</code> <span class="quiet">{texts.meaning}</span>
			</summary>
			{other !== undefined && <p>{other}</p>}
			{known !== undefined && (
				<>
					<p>{known.effect}</p>
					<p class="quiet">{texts.usually(known.owner)}</p>
				</>
			)}
		</details>
	);
}
