/** From a mode to the atlas' scenarios of it, each of which leads to its path. */
import type { JSX } from "preact";
import { formatRoute } from "../../route.ts";
import { useTextsOf } from "../../texts/language.ts";
import { MODES } from "../../texts/modes.ts";

interface Props {
	readonly mode: string;
	/** Null: not known yet. */
	readonly scenarios: number | null;
}

export function ScenariosLink({ mode, scenarios }: Props): JSX.Element {
	const texts = useTextsOf(MODES);
	const text = scenarios === null ? texts.scenarios : texts.scenariosOf(scenarios);
	if (scenarios === 0) return <span class="quiet">{text}</span>;
	return (
		<a href={formatRoute({ view: "atlas", params: { mode } })} aria-label={`${mode}: ${text}`}>
			{text}
		</a>
	);
}
