/** Predicted and observed hops of one direction, laid side by side. */
import { type Crossing, phrase } from "@podpath/core";
import { builtFabric, fabricDifferences } from "./fabric-rows.ts";
import { floodedAside } from "./flooded-rows.ts";
import type { HopRow, RowContext } from "./hop-row.ts";
import { frameDifferences } from "./packet-difference.ts";
import type { SeenHop } from "./seen-hop.ts";

export function hopRows(
	crossings: readonly Crossing[],
	seen: readonly SeenHop[],
	context: RowContext,
): readonly HopRow[] {
	// A bridge itself shows a frame that it only forwards to captures in promiscuous mode, which the lab's are not.
	const predicted = crossings.filter(({ bridged }) => bridged !== true);
	const aligned = align(predicted, seen).map(([crossing, hop]) => rowOf(crossing, hop, context));
	const judged = floodedAside(builtFabric(aligned, context), context);
	return context.endless ? withoutRounds(judged) : judged;
}

function rowOf(predicted: Crossing | null, seen: SeenHop | null, { ports }: RowContext): HopRow {
	if (predicted === null || seen === null) {
		const row = { predicted, seen, fields: [] };
		return predicted?.passing === true
			? { ...row, kind: "aside", note: phrase("row-while-neighbour-unknown") }
			: { ...row, kind: "differs" };
	}
	// How the lab builds a fabric device is its own affair: which of its ports and how many routers.
	const fields =
		predicted.device === null
			? fabricDifferences(predicted.packet, seen, ports)
			: frameDifferences(predicted, seen, ports);
	return { kind: fields.length === 0 ? "same" : "differs", predicted, seen, fields };
}

/** After the last predicted hop of a loop only devices that the packet crossed already may follow: one row stands for them. */
function withoutRounds(rows: readonly HopRow[]): readonly HopRow[] {
	const last = rows.findLastIndex(({ predicted }) => predicted !== null);
	// Parts of how the lab builds the fabric come round too.
	const before = rows.slice(0, last + 1).flatMap(({ predicted, seen }) => [predicted, seen]);
	const crossed = new Set(before.flatMap((hop) => (hop === null ? [] : [deviceKey(hop)])));
	const [first, ...rounds] = rows.slice(last + 1);
	const again = (row: HopRow): boolean => row.seen !== null && crossed.has(deviceKey(row.seen));
	if (first === undefined || !again(first) || !rounds.every(again)) return rows;
	return [...rows.slice(0, last + 1), { ...first, kind: "aside", note: phrase("row-rounds", { n: rounds.length }) }];
}

function deviceKey({ at, device, direction }: Pick<SeenHop, "at" | "device" | "direction">): string {
	return `${at} ${device ?? ""} ${direction}`;
}

type Pair = readonly [predicted: Crossing | null, seen: SeenHop | null];

/** The longest common sequence of devices; what is on one side only stands between. */
function align(predicted: readonly Crossing[], seen: readonly SeenHop[]): readonly Pair[] {
	const longest = commonLengths(predicted.map(deviceKey), seen.map(deviceKey));
	const pairs: Pair[] = [];
	let i = 0;
	let j = 0;
	while (i < predicted.length || j < seen.length) {
		const [crossing, hop] = [predicted[i] ?? null, seen[j] ?? null];
		if (crossing !== null && hop !== null && deviceKey(crossing) === deviceKey(hop)) {
			pairs.push([crossing, hop]);
			i++;
			j++;
		} else if (hop === null || (crossing !== null && (longest[i + 1]?.[j] ?? 0) >= (longest[i]?.[j + 1] ?? 0))) {
			pairs.push([crossing, null]);
			i++;
		} else {
			pairs.push([null, hop]);
			j++;
		}
	}
	return pairs;
}

/** `[i][j]`: how many devices the rests from `i` and `j` have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
	const table: number[][] = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
	for (let i = a.length - 1; i >= 0; i--) {
		const [row = [], below = []] = [table[i], table[i + 1]];
		for (let j = b.length - 1; j >= 0; j--) {
			row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
		}
	}
	return table;
}
