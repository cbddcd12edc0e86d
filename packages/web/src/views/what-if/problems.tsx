/** What is wrong or strange in the manifests, each with the way to its line. */
import type { ToldDiagnostic } from "@podpath/core";
import { formatPosition } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../../texts/language.ts";

interface Props {
	readonly diagnostics: readonly ToldDiagnostic[];
	readonly onGoTo: (where: NonNullable<ToldDiagnostic["where"]>) => void;
}

const MOST_SHOWN = 20;

export function Problems({ diagnostics, onGoTo }: Props): JSX.Element {
	const texts = useTexts();
	return (
		<div class="problems" role="status">
			{diagnostics.length === 0 ? (
				<p class="tone-good">✓ {texts.whatIf.readable}</p>
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
			{diagnostics.length > MOST_SHOWN && <p class="quiet">{texts.whatIf.more(diagnostics.length - MOST_SHOWN)}</p>}
		</div>
	);
}
