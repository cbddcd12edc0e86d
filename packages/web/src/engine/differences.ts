/** Whether a scenario is answered as it says. */
import { checkScenario, explain, formatDifference } from "@podpath/core";
import type { Loaded } from "./engine.ts";

/** Where the answer differs from what the scenario expects; empty for what is no scenario. */
export function differencesOf({ subject, scenario }: Loaded): readonly string[] {
	if (scenario === null) return [];
	return checkScenario(explain(subject, scenario.question), scenario).map(formatDifference);
}
