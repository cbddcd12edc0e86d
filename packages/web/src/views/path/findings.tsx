/** What an operator should know, with what to do. */
import type { Finding } from "@podpath/core";
import type { JSX } from "preact";
import { FixText } from "../../parts/fix-text.tsx";
import { Sourced } from "../../parts/source-link.tsx";
import { labelled, useTexts } from "../../texts/language.ts";

interface Props {
	readonly findings: readonly Finding[];
	/** The index of the step at which the cause shows; null: no step of this path shows it. */
	readonly stepOf: (finding: Finding) => number | null;
	readonly onStep: (index: number) => void;
}

export function Findings({ findings, stepOf, onStep }: Props): JSX.Element | null {
	const texts = useTexts();
	if (findings.length === 0) return null;
	return (
		<section class="findings">
			<h2>{texts.path.findings}</h2>
			<ul>
				{findings.map((finding, index) => (
					<li key={index} class={finding.severity}>
						<FindingText finding={finding} step={stepOf(finding)} onStep={onStep} />
					</li>
				))}
			</ul>
		</section>
	);
}

/** The most serious one, which stands by the verdict. */
export function LeadingFinding({ finding, stepOf, onStep, keyed, side }: LeadingProps): JSX.Element {
	const { path: texts } = useTexts();
	return (
		<section class={`findings leading ${finding.severity}`} aria-label={labelled(texts.findings, side)}>
			<FindingText finding={finding} step={stepOf(finding)} onStep={onStep} keyed={keyed} />
		</section>
	);
}

interface LeadingProps extends Omit<Props, "findings"> {
	readonly finding: Finding;
	/** The step to which a key leads. */
	readonly keyed: number | null;
	/** Whose finding it is, where there are several in a view. */
	readonly side?: string;
}

interface TextProps extends Pick<LeadingProps, "finding" | "onStep"> {
	readonly step: number | null;
	readonly keyed?: number | null;
}

function FindingText({ finding, step, onStep, keyed = null }: TextProps): JSX.Element {
	const texts = useTexts();
	const { code, severity, message, fix, fixKind, object } = finding;
	return (
		<>
			<p>
				<span class="severity">{texts.severities[severity]}</span> <Sourced text={message} />
			</p>
			{fix !== undefined && (
				<p class="fix">
					<b>{texts.path.fix}</b>
					{texts.colon}
					<FixText text={fix} kind={fixKind} />
				</p>
			)}
			<p class="quiet">
				{step !== null && (
					<button
						type="button"
						class="small"
						aria-keyshortcuts={step === keyed ? "C" : undefined}
						onClick={() => onStep(step)}
					>
						{texts.path.seeStep(step + 1)} {step === keyed && <kbd>C</kbd>}
					</button>
				)}
				<code>{code}</code>
				{object !== undefined && <code>{object}</code>}
			</p>
		</>
	);
}
