/** The scenario that is asked about. */
import type { AtlasIndex } from "@podpath/core";
import type { Input } from "../../backend/backend.ts";
import type { Asked } from "../../engine/calls.ts";

export function scenarioOf(input: Input | null, atlas: AtlasIndex | null): Asked | undefined {
	if (input?.kind !== "scenario") return undefined;
	return atlas?.modes.flatMap(({ scenarios }) => scenarios).find(({ name }) => name === input.name);
}
