/**
 * Copies of a frame. A bridge that has not learned where a MAC is sends the frame out of every port; the copies look like the
 * frame itself.
 */
import { phrase } from "@podpath/core";
import type { LabFlood } from "../lab-plan.ts";
import type { HopRow, RowContext } from "./hop-row.ts";
import type { SeenHop } from "./seen-hop.ts";

/** The rows with those set aside that are copies of a frame on the way. */
export function floodedAside(rows: readonly HopRow[], context: RowContext): readonly HopRow[] {
	return rows.map((row) => {
		const { kind, predicted, seen } = row;
		if (kind !== "differs" || predicted !== null || seen === null || !isFloodedCopy(seen, rows, context)) return row;
		return { ...row, kind: "aside", note: phrase("row-flooded") };
	});
}

/** By another port of the bridge's namespace, or where floods lead, in places that the packet's way does not touch. */
function isFloodedCopy(seen: SeenHop, rows: readonly HopRow[], context: RowContext): boolean {
	const flood = floodAt(seen, context);
	if (flood === undefined) return false;
	const onWay = rows.filter((row) => row.predicted !== null && row.seen !== null);
	const isElsewhere = !context.ends.has(seen.at) && !rows.some(({ predicted }) => predicted?.at === seen.at);
	// What comes in by a VLAN's device came in by the lower one.
	if (flood.lower !== undefined && !rows.some(({ seen: each }) => each?.at === seen.at && each.device === flood.lower))
		return false;
	const handsUp = ({ seen: each }: HopRow): boolean =>
		each?.direction === "in" && flood.above.some(({ place, device }) => each.at === place && each.device === device);
	if (onWay.some(handsUp)) return false;
	return onWay.some(({ seen: original }) => {
		if (original === null || !isCopyOf(original, seen, context)) return false;
		if (isElsewhere || isReflection(original, seen)) return true;
		// What is nobody's comes to whoever is on the network, were it back to where the packet has been before.
		if (context.scattered && seen.direction === "in") return true;
		if (original.at !== seen.at || seen.direction !== "out") return false;
		// What is nobody's also leaves by the port that it came in by, where that reflects.
		return context.scattered || (original.direction === "out" && floodAt(original, context) !== undefined);
	});
}

/** A port that reflects sends the copy back to whoever sent the frame, who is not the one that it is for. */
function isReflection(original: SeenHop, seen: SeenHop): boolean {
	const isBack = original.direction === "out" && seen.direction === "in";
	return isBack && original.at === seen.at && original.device === seen.device;
}

function floodAt({ at, device, direction }: SeenHop, { floods }: RowContext): LabFlood | undefined {
	return floods.find((each) => each.place === at && each.device === device && each.direction === direction);
}

/** A frame for nobody goes out of every port as that wants it: with a tag by one, and without by another. */
function isCopyOf(one: SeenHop, other: SeenHop, { scattered }: RowContext): boolean {
	const looks = ({ ethernet, vlan, packet }: SeenHop): string =>
		JSON.stringify(scattered ? packet : [ethernet, vlan, packet]);
	return looks(one) === looks(other);
}
