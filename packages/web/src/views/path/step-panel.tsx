/** Everything about one step: the packet before and after, what decided it, and how to see it. */
import { type Citation, captureNear, type ExplainedRule, type Step } from "@podpath/core";
import { Fragment, type JSX } from "preact";
import { CopyButton } from "../../parts/copy-button.tsx";
import { OriginLine } from "../../parts/origin-line.tsx";
import { formatRoute } from "../../route.ts";
import { useTexts } from "../../texts/language.ts";
import { entryParam } from "../state/cited.ts";
import { type HeaderRow, headerRows } from "./header-rows.ts";

interface Props {
	/** Of the path that the step is of. */
	readonly steps: readonly Step[];
	readonly step: Step;
	/** What is asked about, for links to its state; null where the State view has another one. */
	readonly about: Readonly<Record<string, string>> | null;
	readonly number: number;
}

export function StepPanel({ steps, step, about, number }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const { hop, before, direction } = step;
	const of = steps.length;
	const side = direction === "forward" ? "forward" : "reply";
	return (
		<aside class={`step-panel ${side}`} aria-label={texts.step(number, of)}>
			<p class="step-number">
				<span class={side}>{texts[direction]}</span> <span class="quiet">{texts.step(number, of)}</span>
			</p>
			<h2>
				{hop.stage} {hop.device !== null && <code>{hop.device}</code>}
			</h2>
			<p class="where">
				{about !== null && isStack(hop.at) ? <a href={stateLink(about, hop.at)}>{hop.at}</a> : hop.at}
			</p>
			<div aria-live="polite">
				<p class="decision">{hop.decision}</p>
				<OriginLine origin={hop.origin} />
			</div>
			{hop.rules !== undefined && (
				<Rules rules={hop.rules} linkTo={(cited) => (about === null ? undefined : stateLink(about, hop.at, cited))} />
			)}
			{about !== null && isStack(hop.at) && hop.cites !== undefined && (
				<p class="cites">
					<span class="quiet">{texts.cites}</span>{" "}
					{hop.cites.map((cited) => (
						<a key={cited.group} href={stateLink(about, hop.at, cited)}>
							{cited.group}
						</a>
					))}
				</p>
			)}
			<Headers rows={headerRows(before, hop.packet, hop.expectedSource)} first={before === null} />
			<Capture steps={steps} step={step} />
		</aside>
	);
}

/** Pods and machines have a state to look at; the fabric has none. */
function isStack(place: string): boolean {
	return /^(pod|node|host)\//.test(place);
}

function stateLink(about: Readonly<Record<string, string>>, place: string, cited?: Citation): string {
	const entry = cited === undefined ? {} : { group: cited.group, entry: entryParam(cited) };
	return formatRoute({ view: "state", params: { ...about, place, ...entry } });
}

interface RulesProps {
	/** In the order in which they were met: the last one decided. */
	readonly rules: readonly ExplainedRule[];
	/** Undefined: there is nothing to lead to. */
	readonly linkTo: (cited: Citation) => string | undefined;
}

function Rules({ rules, linkTo }: RulesProps): JSX.Element {
	const { path: texts } = useTexts();
	const before = rules.slice(0, -1);
	return (
		<section class="rules">
			<h3>{texts.decidingRule}</h3>
			<ol class="deciding">
				{rules.slice(-1).map((rule) => (
					<Rule key={0} rule={rule} linkTo={linkTo} />
				))}
			</ol>
			{before.length > 0 && (
				<details>
					<summary>{texts.rulesBefore(before.length)}</summary>
					<ol>
						{before.map((rule, index) => (
							<Rule key={index} rule={rule} linkTo={linkTo} />
						))}
					</ol>
				</details>
			)}
		</section>
	);
}

interface RuleProps extends Pick<RulesProps, "linkTo"> {
	readonly rule: ExplainedRule;
}

function Rule({ rule: { table, chain, position, text, origin }, linkTo }: RuleProps): JSX.Element {
	const { path: texts } = useTexts();
	return (
		<li>
			<p class="quiet">
				<MaybeLink to={linkTo({ group: `${table} ${chain}`, begins: text, holds: "" })} text={`${table} ${chain}`} />{" "}
				{position === 0 ? texts.policy : `#${position}`}
			</p>
			<code>{text}</code>
			<OriginLine origin={origin} />
		</li>
	);
}

function MaybeLink({ to, text }: { readonly to: string | undefined; readonly text: string }): JSX.Element {
	return to === undefined ? <span>{text}</span> : <a href={to}>{text}</a>;
}

function Headers({ rows, first }: { readonly rows: readonly HeaderRow[]; readonly first: boolean }): JSX.Element {
	const { path: texts } = useTexts();
	return (
		<section class="headers">
			<h3>{texts.header}</h3>
			<table>
				<thead>
					<tr>
						<th scope="col">{texts.field}</th>
						{!first && <th scope="col">{texts.before}</th>}
						<th scope="col">{first ? texts.header : texts.after}</th>
					</tr>
				</thead>
				<tbody>
					{rows.map(({ layer, field, before, after, changed, expected }) => (
						<tr key={`${layer} ${field}`} class={expected !== undefined ? "wrong" : changed ? "changed" : ""}>
							<th scope="row">
								{layer === "outer" ? `${texts.outer} ${field}` : field}
								{changed && <span class="sr-only"> ({texts.changes})</span>}
							</th>
							{!first && <td>{before === "" ? "–" : <Value field={field} text={before} />}</td>}
							<td>
								{after === "" ? "–" : <Value field={field} text={after} />}
								{expected !== undefined && <p>{texts.expectedInstead(expected)}</p>}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

/** An address and its port may part behind a colon, so that no number is broken in two. */
function Value({ field, text }: { readonly field: string; readonly text: string }): JSX.Element {
	if (field !== "src" && field !== "dst") return <>{text}</>;
	return (
		<>
			{text.split(/(?<=:)/).map((part, index) => (
				<Fragment key={index}>
					{index > 0 && <wbr />}
					{part}
				</Fragment>
			))}
		</>
	);
}

/** The command for the device of this step; it shows the packets of the other direction as well where their addresses are the same. */
function Capture({ steps, step }: { readonly steps: readonly Step[]; readonly step: Step }): JSX.Element | null {
	const { path: texts } = useTexts();
	const capture = captureNear(steps, step);
	if (capture === null) return null;
	const { command, at, device, isHere } = capture;
	return (
		<section class="capture">
			<h3>
				{texts.capture} <CopyButton text={() => command} />
			</h3>
			<p class="quiet">{(isHere ? texts.captureAt : texts.captureNear)(`${at} ${device}`)}</p>
			<pre tabIndex={0}>{command}</pre>
		</section>
	);
}
