/** A verdict as a word with its sign; the sign and not only the colour tells good from bad from unknown. */
import { toneOf, type Verdict } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../texts/language.ts";

const SIGNS = { good: "✓", bad: "✕", unsure: "?" } as const;

export function VerdictBadge({ verdict }: { readonly verdict: Verdict | "mixed" }): JSX.Element {
	const texts = useTexts();
	const tone = toneOf(verdict);
	return (
		<span class={`badge tone-${tone}`} title={texts.verdictHints[verdict]}>
			<span aria-hidden="true">{SIGNS[tone]}</span> {texts.verdicts[verdict]}
		</span>
	);
}
