/** Predicted and observed hops of one direction, laid side by side. */
import type { Crossing, Packet, Place } from "@podpath/core";
import { type FieldDifference, frameDifferences, packetDifferences } from "./packet-difference.ts";
import type { PortBinding } from "./port-binding.ts";
import type { SeenHop } from "./seen-hop.ts";

/** One row; at least one of `predicted` and `seen` is there. */
export interface HopRow {
	/** `same`: both are there and agree. `aside`: it says nothing for or against the prediction; `note` says why. */
	readonly kind: "same" | "differs" | "aside";
	readonly predicted: Crossing | null;
	readonly seen: SeenHop | null;
	readonly fields: readonly FieldDifference[];
	readonly note?: string;
}

export interface RowContext {
	readonly ports: PortBinding;
	/** Places that the lab has a namespace for. */
	readonly built: ReadonlySet<Place>;
	readonly fabric: ReadonlySet<Place>;
	/** The prediction stops where the packet came round again; the kernel goes on until the TTL is used up. */
	readonly endless: boolean;
}

export function hopRows(
	crossings: readonly Crossing[],
	seen: readonly SeenHop[],
	context: RowContext,
): readonly HopRow[] {
	// A bridge itself shows a frame that it only forwards to captures in promiscuous mode, which the lab's are not.
	const predicted = crossings.filter(({ bridged }) => bridged !== true);
	const aligned = align(predicted, seen).map(([crossing, hop]) => rowOf(crossing, hop, context));
	const rows = lostInFabric(returnsSeen(aligned, context), context);
	const judged = rows.map((row, i) => excused(row, i, rows, context));
	return context.endless ? withoutRounds(judged) : judged;
}

function rowOf(predicted: Crossing | null, seen: SeenHop | null, { ports, built }: RowContext): HopRow {
	if (predicted === null || seen === null) {
		const notBuilt = predicted !== null && predicted.device === null && !built.has(predicted.at);
		const row = { predicted, seen, fields: [] };
		if (predicted?.passing === true) return { ...row, kind: "aside", note: "only while the neighbour is not known" };
		return notBuilt
			? { ...row, kind: "aside", note: "no namespace of its own in this lab" }
			: { ...row, kind: "differs" };
	}
	// How the lab builds a fabric device is its own affair: which of its ports and how many routers.
	const fields =
		predicted.device === null
			? fabricDifferences(predicted.packet, seen, ports)
			: frameDifferences(predicted, seen, ports);
	return { kind: fields.length === 0 ? "same" : "differs", predicted, seen, fields };
}

/**
 * A router that does the work of a load balancer too has the packet once, where it is predicted to have it before and after:
 * it must have been there as in both.
 */
function returnsSeen(rows: readonly HopRow[], { built, ports }: RowContext): readonly HopRow[] {
	return rows.map((row, position) => {
		const { predicted } = row;
		if (row.kind !== "differs" || row.seen !== null || predicted === null || predicted.device !== null) return row;
		const between = rows.slice(0, position).reverse();
		const before = between.find((each) => each.predicted !== null && built.has(each.predicted.at));
		if (before?.predicted?.at !== predicted.at || before.seen === null) return row;
		if (fabricDifferences(predicted.packet, before.seen, ports).length > 0) return row;
		return { ...row, kind: "aside", note: "seen there at once with what came before" };
	});
}

/**
 * A packet that ends within the fabric may end in another part of it than is predicted, as how the lab builds a fabric device is
 * its own affair: a trunk's VLANs are told apart by the ENI there, and by the VPC in the prediction.
 */
function lostInFabric(rows: readonly HopRow[], { fabric, ports }: RowContext): readonly HopRow[] {
	const [one, other] = rows.slice(-2);
	if (one === undefined || other === undefined || one.kind !== "differs" || other.kind !== "differs") return rows;
	const predicted = one.predicted ?? other.predicted;
	const seen = one.seen ?? other.seen;
	const alone = (row: HopRow): boolean => row.predicted === null || row.seen === null;
	if (!alone(one) || !alone(other) || predicted === null || seen === null) return rows;
	if (predicted.device !== null || !fabric.has(seen.at)) return rows;
	if (fabricDifferences(predicted.packet, seen, ports).length > 0) return rows;
	const aside = (row: HopRow): HopRow => ({ ...row, kind: "aside", note: "it ends within the fabric" });
	return [...rows.slice(0, -2), aside(one), aside(other)];
}

/** None where the packet was at any time as it is predicted to be there. */
function fabricDifferences(
	predicted: Packet,
	{ packet, earlier }: SeenHop,
	ports: PortBinding,
): readonly FieldDifference[] {
	const differences = [packet, ...earlier].map((each) =>
		packetDifferences({ ...predicted, ttl: each.ttl }, each, ports),
	);
	return differences.find((fields) => fields.length === 0) ?? differences[0] ?? [];
}

/** What is on one side only, and no disagreement all the same. */
function excused(row: HopRow, position: number, rows: readonly HopRow[], { fabric }: RowContext): HopRow {
	const { seen } = row;
	if (row.kind !== "differs" || row.predicted !== null || seen === null) return row;
	const isLast = !rows.slice(position + 1).some((each) => each.seen !== null && each.predicted !== null);
	if (fabric.has(seen.at) && !isLast) return { ...row, kind: "aside", note: "part of how the lab builds the fabric" };
	if (isFloodedCopy(seen, rows)) return { ...row, kind: "aside", note: "a copy that a bridge flooded" };
	return row;
}

/**
 * A bridge that has not learned where a MAC is sends the frame out of every port. The copies look like the frame itself, by
 * another port of the bridge's namespace or in namespaces that the packet's way does not touch.
 */
function isFloodedCopy(seen: SeenHop, rows: readonly HopRow[]): boolean {
	const onWay = rows.filter((row) => row.predicted !== null && row.seen !== null);
	const isElsewhere = !onWay.some(({ predicted }) => predicted?.at === seen.at);
	return onWay.some(({ seen: original }) => {
		if (original === null || !isSameFrame(original, seen)) return false;
		return isElsewhere || (original.at === seen.at && original.direction === "out" && seen.direction === "out");
	});
}

function isSameFrame(one: SeenHop, other: SeenHop): boolean {
	return (
		JSON.stringify([one.ethernet, one.vlan, one.packet]) === JSON.stringify([other.ethernet, other.vlan, other.packet])
	);
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
	return [
		...rows.slice(0, last + 1),
		{ ...first, kind: "aside", note: `round again, as ${rounds.length} times more until the end` },
	];
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
