/** The scenario that is asked about. */
import type { AtlasIndex, ScenarioEntry } from "@podpath/core";
import type { Input } from "../../backend/backend.ts";

export function scenarioOf(input: Input | null, atlas: AtlasIndex | null): ScenarioEntry | undefined {
	if (input?.kind !== "scenario") return undefined;
	return atlas?.modes.flatMap(({ scenarios }) => scenarios).find(({ name }) => name === input.name);
}
