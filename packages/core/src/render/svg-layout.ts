/**
 * Where everything of the picture stands: machines side by side with their pods on top and their uplinks at the bottom, and
 * the fabric in a row below. The same topology always gives the same coordinates.
 */
import { type PlacedArrow, placeArrows } from "./svg-arrows.ts";
import type { Box, PlacedPlace, PlacedSpot } from "./svg-box.ts";
import { textWidth } from "./svg-text.ts";
import type { Arrow, PlaceBox, Spot, Topology } from "./topology.ts";

export interface Layout {
	readonly width: number;
	readonly height: number;
	readonly machines: readonly PlacedPlace[];
	readonly pods: readonly PlacedPlace[];
	readonly spots: readonly PlacedSpot[];
	readonly arrows: readonly PlacedArrow[];
}

const MARGIN = 24;
const CHIP_HEIGHT = 30;
const ROW_GAP = 42;
const ROW = CHIP_HEIGHT + ROW_GAP;
const CHIP_GAP = 22;
const MACHINE_GAP = 40;
/** There is room for what is said of a place that nothing reaches. */
const NARROWEST_PLACE = 100;
const PADDING = 18;
const TITLE = 26;
/** From the machines' lower edges to the fabric. */
const FABRIC_GAP = 78;

interface Sized {
	readonly place: PlaceBox;
	/** Row of each device, from 1 below the pods. */
	readonly rows: ReadonlyMap<string, number>;
	readonly width: number;
	/** The first row in which the machine has something. */
	readonly top: number;
}

export function layoutOf(topology: Topology): Layout {
	const machinesOnly = topology.places.filter(({ kind }) => kind !== "fabric");
	const rowsOf = new Map(machinesOnly.map((place) => [place.at, deviceRows(place, topology)]));
	const lastRow = Math.max(0, ...[...rowsOf.values()].flatMap((rows) => [...rows.values()]));
	const uplinks = uplinksOf(topology);
	const sized = machinesOnly.map((place) => {
		const rows = new Map(rowsOf.get(place.at));
		for (const key of rows.keys()) if (uplinks.has(key)) rows.set(key, lastRow);
		return sizeOf(place, rows);
	});
	const parts = sized.reduce<MachineParts & { readonly right: number }>(
		(placed, machine) => {
			const next = placeMachine(machine, placed.right, lastRow);
			return {
				machines: [...placed.machines, ...next.machines],
				pods: [...placed.pods, ...next.pods],
				spots: [...placed.spots, ...next.spots],
				right: placed.right + machine.width + MACHINE_GAP,
			};
		},
		{ machines: [], pods: [], spots: [], right: 0 },
	);
	const fabricTop = Math.max(0, ...parts.machines.map(({ y, height }) => y + height)) + FABRIC_GAP;
	const fabric = placeFabric(topology, parts.spots, fabricTop, lastRow + 1);
	return arranged(parts, fabric, topology.arrows);
}

/** Moves everything so that it begins at the margin, and adds the arrows. */
function arranged(parts: MachineParts, fabric: readonly PlacedSpot[], arrows: readonly Arrow[]): Layout {
	const boxes: readonly Box[] = [...parts.machines, ...parts.pods, ...parts.spots, ...fabric];
	const left = Math.min(0, ...boxes.map(({ x }) => x)) - MARGIN;
	const top = Math.min(...boxes.map(({ y }) => y), 0) - MARGIN;
	const moved = <T extends Box>(box: T): T => ({ ...box, x: box.x - left, y: box.y - top });
	const spots = [...parts.spots, ...fabric].map(moved);
	const placedArrows = placeArrows(spots, arrows);
	const lowest = Math.max(0, ...placedArrows.map(({ lowest: y }) => y));
	return {
		width: Math.max(0, ...boxes.map(({ x, width }) => x + width)) - left + MARGIN,
		height: Math.max(lowest, ...boxes.map(({ y, height }) => y + height - top)) + MARGIN,
		machines: parts.machines.map(moved),
		pods: parts.pods.map(moved),
		spots,
		arrows: placedArrows,
	};
}

/** How far each device is from the machine's pods; from its first device where it has none. */
function deviceRows(place: PlaceBox, { arrows }: Topology): ReadonlyMap<string, number> {
	if (place.kind === "pod") return new Map(place.spots.map(({ key }) => [key, 1]));
	const own = new Set(place.spots.map(({ key }) => key));
	const rows = new Map<string, number>();
	let reached = new Set(place.pods.flatMap(({ spots }) => spots.map(({ key }) => key)));
	const [first] = place.spots;
	for (let row = 1; rows.size < own.size; row++) {
		const next = [...own].filter((key) => {
			if (rows.has(key)) return false;
			return arrows.some(({ from, to }) => (from === key && reached.has(to)) || (to === key && reached.has(from)));
		});
		// Devices that no pod of the machine leads to begin a row of their own.
		const [unreached] = [...own].filter((key) => !rows.has(key));
		const found = next.length > 0 ? next : [rows.size === 0 && first !== undefined ? first.key : (unreached ?? "")];
		for (const key of found) rows.set(key, row);
		reached = new Set(found);
	}
	return rows;
}

/** Devices that lead out of their machine. */
function uplinksOf({ places, arrows }: Topology): ReadonlySet<string> {
	const machineOf = new Map<string, string>();
	for (const place of places) {
		for (const { key } of [...place.spots, ...place.pods.flatMap((pod) => pod.spots)]) machineOf.set(key, place.at);
	}
	return new Set(
		arrows.filter(({ from, to }) => machineOf.get(from) !== machineOf.get(to)).flatMap(({ from, to }) => [from, to]),
	);
}

/** A stack that the packet does not leave has no device to show. */
function chipName({ device }: Spot): string {
	return device === "" ? "—" : device;
}

function chipWidth(name: string): number {
	return Math.max(76, textWidth(name, "device") + 24);
}

function podWidth(pod: PlaceBox): number {
	return Math.max(
		textWidth(pod.at, "pod") + 24,
		NARROWEST_PLACE,
		rowWidth(pod.spots.map((spot) => chipWidth(chipName(spot)))) + 24,
	);
}

function rowWidth(widths: readonly number[]): number {
	return widths.reduce((sum, width) => sum + width, 0) + Math.max(0, widths.length - 1) * CHIP_GAP;
}

function sizeOf(place: PlaceBox, rows: ReadonlyMap<string, number>): Sized {
	const byRow = Map.groupBy(place.spots, ({ key }) => rows.get(key) ?? 1);
	const widths = [...byRow.values()].map((spots) => rowWidth(spots.map((spot) => chipWidth(chipName(spot)))));
	const pods = rowWidth(place.pods.map(podWidth));
	const width =
		Math.max(textWidth(place.at, "machine") + 8, NARROWEST_PLACE - 2 * PADDING, pods, ...widths) + 2 * PADDING;
	const top = place.pods.length > 0 ? 0 : Math.min(...rows.values(), Number.POSITIVE_INFINITY);
	return { place, rows, width, top: Number.isFinite(top) ? top : 1 };
}

interface MachineParts {
	readonly machines: readonly PlacedPlace[];
	readonly pods: readonly PlacedPlace[];
	readonly spots: readonly PlacedSpot[];
}

function placeMachine({ place, rows, width, top }: Sized, left: number, lastRow: number): MachineParts {
	const y = top * ROW - TITLE - (top === 0 ? TITLE + 4 : 0);
	const height = lastRow * ROW + CHIP_HEIGHT + PADDING - y;
	const centre = left + width / 2;
	const pods = centred(place.pods, podWidth, centre);
	const devices = [...Map.groupBy(place.spots, ({ key }) => rows.get(key) ?? 1)].flatMap(([row, spots]) =>
		placeSpots(spots, centre, row),
	);
	return {
		machines: [{ x: left, y, width, height, ...named(place) }],
		pods: pods.map(({ item, x, width: podsWidth }) => ({
			x,
			y: -TITLE,
			width: podsWidth,
			height: TITLE + CHIP_HEIGHT + 12,
			...named(item),
		})),
		spots: [...pods.flatMap(({ item, x, width: own }) => placeSpots(item.spots, x + own / 2, 0)), ...devices],
	};
}

function named({ at, unreached }: PlaceBox): Pick<PlacedPlace, "name" | "unreached"> {
	return { name: at, ...(unreached === undefined ? {} : { unreached }) };
}

function placeSpots(spots: readonly Spot[], centre: number, row: number): readonly PlacedSpot[] {
	return centred(spots, (spot) => chipWidth(chipName(spot)), centre).map(({ item, x, width }) => ({
		kind: "device",
		key: item.key,
		name: chipName(item),
		x,
		y: row * ROW,
		width,
		height: CHIP_HEIGHT,
		row,
	}));
}

/** Items side by side round a centre. */
function centred<T>(
	items: readonly T[],
	widthOf: (item: T) => number,
	centre: number,
): readonly { readonly item: T; readonly x: number; readonly width: number }[] {
	const widths = items.map(widthOf);
	let x = centre - rowWidth(widths) / 2;
	return items.map((item, position) => {
		const width = widths[position] ?? 0;
		const placed = { item, x, width };
		x += width + CHIP_GAP;
		return placed;
	});
}

/** Each fabric device below the middle of what it joins, moved aside where two would overlap. */
function placeFabric(
	{ places, arrows }: Topology,
	devices: readonly PlacedSpot[],
	y: number,
	row: number,
): readonly PlacedSpot[] {
	const centres = new Map(devices.map(({ key, x, width }) => [key, x + width / 2]));
	const wanted: { readonly spot: Spot; readonly width: number; readonly centre: number }[] = [];
	for (const { kind, at, spots } of places) {
		const [spot] = spots;
		if (kind !== "fabric" || spot === undefined) continue;
		const beside = arrows.flatMap(({ from, to }) => (from === spot.key ? [to] : to === spot.key ? [from] : []));
		const joined = beside.flatMap((key) => centres.get(key) ?? []);
		const centre = joined.length === 0 ? 0 : joined.reduce((sum, x) => sum + x, 0) / joined.length;
		centres.set(spot.key, centre);
		const ways = new Set(beside).size;
		wanted.push({ spot, centre, width: Math.max(textWidth(at, "fabric") + 36, ways * 46, 120) });
	}
	wanted.sort((a, b) => a.centre - b.centre);
	const total = rowWidth(wanted.map(({ width }) => width)) + Math.max(0, wanted.length - 1) * MACHINE_GAP;
	const middle = wanted.reduce((sum, { centre }) => sum + centre, 0) / Math.max(1, wanted.length);
	let free =
		wanted.length > 1
			? Math.min(wanted[0] === undefined ? 0 : wanted[0].centre - wanted[0].width / 2, middle - total / 2)
			: Number.NEGATIVE_INFINITY;
	return wanted.map(({ spot, width, centre }) => {
		const x = Math.max(free, centre - width / 2);
		free = x + width + CHIP_GAP + MACHINE_GAP;
		return { kind: "fabric", key: spot.key, name: spot.at, x, y, width, height: CHIP_HEIGHT + 8, row };
	});
}
