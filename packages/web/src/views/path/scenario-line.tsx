/** Which scenario a view shows that asks no question of it. What the server was started with stands in the menu. */
import type { JSX } from "preact";
import type { Input } from "../../backend/backend.ts";
import type { Asked } from "../../engine/calls.ts";
import { useLanguage, useTexts } from "../../texts/language.ts";
import { titleIn } from "../../texts/title.ts";
import { useScenario } from "./use-scenario.ts";

export function ScenarioLine({ scenario }: { readonly scenario: Asked | undefined }): JSX.Element | null {
	const { question } = useTexts();
	const language = useLanguage();
	if (scenario === undefined) return null;
	return (
		<p class="scenario-line">
			<span class="quiet">{question.scenario}</span> <code>{scenario.name}</code> <b>{titleIn(scenario, language)}</b>
		</p>
	);
}

/** For views that need nothing else of it. */
export function ScenarioLineOf({ input }: { readonly input: Input }): JSX.Element | null {
	const { scenario } = useScenario(input);
	return <ScenarioLine scenario={scenario} />;
}
