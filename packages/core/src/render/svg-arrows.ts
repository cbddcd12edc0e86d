/** The arrows of the picture: where each leaves and arrives so that no two lie on each other. */
import type { PlacedSpot } from "./svg-box.ts";
import type { Arrow } from "./topology.ts";

export interface PlacedArrow {
	/** Keys of the spots that it joins. */
	readonly from: string;
	readonly to: string;
	readonly direction: Arrow["direction"];
	readonly weight: number;
	/** SVG path data. */
	readonly path: string;
	/** Where its share may be written. */
	readonly label: { readonly x: number; readonly y: number };
	/** The lowest point that it reaches. */
	readonly lowest: number;
}

type Side = "top" | "bottom" | "left" | "right";

/** All arrows between two spots, with the sides on which they meet the boxes. */
interface Bundle {
	readonly a: PlacedSpot;
	readonly b: PlacedSpot;
	readonly sideA: Side;
	readonly sideB: Side;
	readonly arrows: readonly Arrow[];
}

interface Point {
	readonly x: number;
	readonly y: number;
}

/** Between arrows of one bundle. */
const SPACING = 13;
/** How deep an arrow dips that passes below boxes of its own row. */
const DIP = 46;

export function placeArrows(spots: readonly PlacedSpot[], arrows: readonly Arrow[]): readonly PlacedArrow[] {
	const bundles = bundlesOf(spots, arrows);
	const ports = portsOf(bundles);
	return bundles.flatMap((bundle) => {
		const from = ports.get(portKey(bundle, "a"));
		const to = ports.get(portKey(bundle, "b"));
		if (from === undefined || to === undefined) return [];
		return bundle.arrows.map((arrow, position) => {
			const shift = (position - (bundle.arrows.length - 1) / 2) * SPACING;
			const [start, end] = [shifted(from, bundle.sideA, shift), shifted(to, bundle.sideB, shift)];
			const along = arrow.from === bundle.a.key;
			return draw(arrow, along ? start : end, along ? end : start, along ? bundle.sideA : bundle.sideB);
		});
	});
}

function bundlesOf(spots: readonly PlacedSpot[], arrows: readonly Arrow[]): readonly Bundle[] {
	const byKey = new Map(spots.map((spot) => [spot.key, spot]));
	const pairs = Map.groupBy(arrows, ({ from, to }) => JSON.stringify([from, to].sort()));
	return [...pairs.values()].flatMap((own) => {
		const [first] = own;
		const a = byKey.get(first?.from ?? "");
		const b = byKey.get(first?.to ?? "");
		if (a === undefined || b === undefined || a === b) return [];
		return [{ a, b, ...sidesOf(a, b, spots), arrows: own }];
	});
}

function sidesOf(
	a: PlacedSpot,
	b: PlacedSpot,
	spots: readonly PlacedSpot[],
): { readonly sideA: Side; readonly sideB: Side } {
	if (a.row !== b.row) {
		return a.row < b.row ? { sideA: "bottom", sideB: "top" } : { sideA: "top", sideB: "bottom" };
	}
	const [left, right] = a.x < b.x ? [a, b] : [b, a];
	const between = spots.some(({ row, x }) => row === a.row && x > left.x && x < right.x);
	if (between) return { sideA: "bottom", sideB: "bottom" };
	return a === left ? { sideA: "right", sideB: "left" } : { sideA: "left", sideB: "right" };
}

function portKey({ a, b }: Bundle, end: "a" | "b"): string {
	return end === "a" ? `${a.key} ${b.key}` : `${b.key} ${a.key}`;
}

/** Spreads the bundles of a box's side over it, in the order of where they lead. */
function portsOf(bundles: readonly Bundle[]): ReadonlyMap<string, Point> {
	const ends = bundles.flatMap((bundle) => [
		{ key: portKey(bundle, "a"), box: bundle.a, other: bundle.b, side: bundle.sideA },
		{ key: portKey(bundle, "b"), box: bundle.b, other: bundle.a, side: bundle.sideB },
	]);
	const ports = new Map<string, Point>();
	for (const group of Map.groupBy(ends, ({ box, side }) => `${box.key} ${side}`).values()) {
		const sorted = [...group].sort((p, q) => centre(p.other) - centre(q.other));
		for (const [position, { key, box, side }] of sorted.entries()) {
			const share = (position + 1) / (sorted.length + 1);
			ports.set(key, pointOn(box, side, share));
		}
	}
	return ports;
}

function centre({ x, width }: PlacedSpot): number {
	return x + width / 2;
}

function pointOn({ x, y, width, height }: PlacedSpot, side: Side, share: number): Point {
	switch (side) {
		case "top":
			return { x: x + width * share, y };
		case "bottom":
			return { x: x + width * share, y: y + height };
		case "left":
			return { x, y: y + height * share };
		case "right":
			return { x: x + width, y: y + height * share };
	}
}

function shifted(point: Point, side: Side, shift: number): Point {
	const horizontal = side === "left" || side === "right";
	return horizontal ? { x: point.x, y: point.y + shift } : { x: point.x + shift, y: point.y };
}

function draw(arrow: Arrow, from: Point, to: Point, side: Side): PlacedArrow {
	const bottomToBottom = side === "bottom" && Math.abs(from.y - to.y) < 1;
	const bend = bottomToBottom ? DIP : (to.y - from.y) / 2;
	const straight = side === "left" || side === "right" || Math.abs(from.x - to.x) < 1;
	const curve = bottomToBottom
		? `C ${at(from.x, from.y + bend)} ${at(to.x, to.y + bend)} ${at(to.x, to.y)}`
		: `C ${at(from.x, from.y + bend)} ${at(to.x, to.y - bend)} ${at(to.x, to.y)}`;
	return {
		from: arrow.from,
		to: arrow.to,
		direction: arrow.direction,
		weight: arrow.weight,
		path: `M ${at(from.x, from.y)} ${straight ? `L ${at(to.x, to.y)}` : curve}`,
		label: { x: round((from.x + to.x) / 2), y: round((from.y + to.y) / 2 + (bottomToBottom ? DIP * 0.75 : 0)) },
		lowest: Math.max(from.y, to.y) + (bottomToBottom ? DIP : 0),
	};
}

function at(x: number, y: number): string {
	return `${round(x)} ${round(y)}`;
}

/** A tenth of a pixel is enough, and keeps the text short. */
export function round(value: number): number {
	return Math.round(value * 10) / 10;
}
