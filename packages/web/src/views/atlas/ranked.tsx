/** A mode that was judged, with the reasons. */
import { type Choice, type Reason, reasonText } from "@podpath/core";
import type { JSX } from "preact";
import { useLanguage, useTextsOf } from "../../texts/language.ts";
import { MODES } from "../../texts/modes.ts";
import { ScenariosLink } from "./scenarios-link.tsx";

interface Props {
	readonly choice: Choice;
	readonly scenarios: number | null;
}

export function Ranked({ choice, scenarios }: Props): JSX.Element {
	const texts = useTextsOf(MODES);
	const { mode, fits, for: pros, against } = choice;
	return (
		<li class={fits ? "ranked" : "ranked excluded"}>
			<p class="ranked-head">
				<b>{mode}</b>
				{!fits && <span class="badge tone-bad">{texts.unfit}</span>}
				<ScenariosLink mode={mode} scenarios={scenarios} />
			</p>
			{pros.length + against.length === 0 && <p class="quiet">{texts.noReason}</p>}
			<ul>
				{pros.map((reason) => (
					<ReasonLine key={reason.code} reason={reason} sign="+" />
				))}
				{against.map((reason) => (
					<ReasonLine key={reason.code} reason={reason} sign="−" />
				))}
			</ul>
		</li>
	);
}

function ReasonLine({ reason, sign }: { readonly reason: Reason; readonly sign: "+" | "−" }): JSX.Element {
	const texts = useTextsOf(MODES);
	const language = useLanguage();
	const speaksFor = sign === "+";
	return (
		<li class={speaksFor ? "pro" : "con"}>
			<span class={`sign tone-${speaksFor ? "good" : "bad"}`} role="img" aria-label={speaksFor ? texts.pro : texts.con}>
				{sign}
			</span>{" "}
			{reasonText(reason, language)}
		</li>
	);
}
