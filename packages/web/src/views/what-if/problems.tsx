/** What is wrong or strange in the manifests, each with the way to its line. */
import type { ToldDiagnostic } from "@podpath/core";
import { formatPosition } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { WHAT_IF } from "../../texts/what-if.ts";

interface Props {
	readonly diagnostics: readonly ToldDiagnostic[];
	readonly onGoTo: (where: NonNullable<ToldDiagnostic["where"]>) => void;
}

const MOST_SHOWN = 20;

export function Problems({ diagnostics, onGoTo }: Props): JSX.Element {
	const texts = useTexts();
	const whatIf = useTextsOf(WHAT_IF);
	return (
		<div class="problems" role="status">
			{diagnostics.length === 0 ? (
				<p class="tone-good">✓ {whatIf.readable}</p>
			) : (
				<ul>
					{diagnostics.slice(0, MOST_SHOWN).map(({ severity, message, hint, where }, index) => (
						<li key={index} class={severity}>
							<b class={severity === "error" ? "tone-bad" : "tone-unsure"}>{texts.severities[severity]}</b>{" "}
							{where !== undefined && (
								<button type="button" class="small" onClick={() => onGoTo(where)}>
									{formatPosition(where)}
								</button>
							)}{" "}
							{message}
							{hint !== undefined && <span class="quiet">{texts.bracketed(hint)}</span>}
						</li>
					))}
				</ul>
			)}
			{diagnostics.length > MOST_SHOWN && <p class="quiet">{whatIf.more(diagnostics.length - MOST_SHOWN)}</p>}
		</div>
	);
}
