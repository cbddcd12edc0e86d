/** Two walks laid beside each other, step by step. */

import type { Step } from "./steps.ts";
import { deviceKind, placeNumbers } from "./structure.ts";

/**
 * The first step at which two walks differ in what happens: in kind of place, stage, reason or encapsulation. Names and
 * addresses do not count, so that paths of different clusters can be compared. Null: nothing differs.
 */
export function firstDifference(a: readonly Step[], b: readonly Step[]): number | null {
	const [left, right] = [structureOf(a), structureOf(b)];
	const length = Math.max(left.length, right.length);
	for (let index = 0; index < length; index++) if (left[index] !== right[index]) return index;
	return null;
}

function structureOf(steps: readonly Step[]): readonly string[] {
	const numberOf = placeNumbers();
	return steps.map(({ direction, hop }) => {
		const { at, stage, device, code, packet } = hop;
		return [direction, numberOf(at), stage, deviceKind(device ?? ""), code, packet.outer?.kind ?? ""].join(" ");
	});
}
