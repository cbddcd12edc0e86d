/** Two walks laid beside each other, step by step. */
import type { ExplainedPacket } from "../trace/explanation.ts";
import type { Step } from "./steps.ts";
import { deviceKind, placeNumbers } from "./structure.ts";

/** `ignored`: paths of different clusters can be compared. `counted`: of one cluster before and after a change. */
export type Names = "ignored" | "counted";

/**
 * The first step at which two walks differ in what happens: in kind of place, stage, reason or encapsulation; where names
 * count, in places, devices, rewrites and the sentence of the decision too. Null: nothing differs.
 */
export function firstDifference(a: readonly Step[], b: readonly Step[], names: Names = "ignored"): number | null {
	const [left, right] = [wordsOf(a, names), wordsOf(b, names)];
	const length = Math.max(left.length, right.length);
	for (let index = 0; index < length; index++) if (left[index] !== right[index]) return index;
	return null;
}

/**
 * The steps of a walk that it does not share with the walk before a change, names counted: what is left when the longest
 * run of steps that both take in the same order is taken away.
 */
export function changedSteps(before: readonly Step[], after: readonly Step[]): ReadonlySet<number> {
	const [old, now] = [wordsOf(before, "counted"), wordsOf(after, "counted")];
	const shared = longestShared(old, now);
	const changed = new Set<number>();
	let [then, index] = [0, 0];
	while (index < now.length) {
		const [without, besides] = [shared[then + 1]?.[index] ?? -1, shared[then]?.[index + 1] ?? 0];
		if (then < old.length && old[then] === now[index]) {
			then++;
			index++;
		} else if (without >= besides) then++;
		else changed.add(index++);
	}
	return changed;
}

/** By where one stands in both: how many steps they still share, in the same order. */
function longestShared(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
	const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
	for (let i = a.length - 1; i >= 0; i--) {
		for (let j = b.length - 1; j >= 0; j--) {
			const row = table[i];
			if (row === undefined) continue;
			const [right, below, diagonal] = [row[j + 1] ?? 0, table[i + 1]?.[j] ?? 0, table[i + 1]?.[j + 1] ?? 0];
			row[j] = a[i] === b[j] ? diagonal + 1 : Math.max(right, below);
		}
	}
	return table;
}

function wordsOf(steps: readonly Step[], names: Names): readonly string[] {
	const numberOf = placeNumbers();
	return steps.map((step) => {
		const { at, stage, device, code, packet, decision } = step.hop;
		const what = [step.direction, stage, code, packet.outer?.kind ?? ""];
		if (names === "ignored") return [...what, numberOf(at), deviceKind(device ?? "")].join(" ");
		return [...what, at, device ?? "", ...rewritesAt(step), decision].join(" ");
	});
}

/** What the step makes of the addresses: a rewrite is a change where it is done, not at each step after it. */
function rewritesAt({ before, hop }: Step): readonly string[] {
	const addresses = (packet: ExplainedPacket | null): readonly string[] =>
		packet === null ? [] : [packet.src, packet.dst, packet.outer?.src ?? "", packet.outer?.dst ?? ""];
	const old = addresses(before);
	return addresses(hop.packet).map((address, index) => (address === old[index] ? "" : `${old[index]}>${address}`));
}
