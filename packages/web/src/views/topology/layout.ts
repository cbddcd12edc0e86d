/**
 * Where everything is drawn, in units of the drawing. The same topology always gets the same drawing, so that a place is
 * found again where it was: groups of equal tiles in rows, as a cluster is regular and large.
 */
import type {
	TopologyBalancer,
	TopologyFabric,
	TopologyGroup,
	TopologyMachine,
	TopologyPod,
	TopologyReport,
} from "@podpath/core";

export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

export interface Tile extends Box {
	readonly machine: TopologyMachine | TopologyBalancer;
	readonly pods: readonly TopologyPod[];
	/** Of its pods; they stand in rows of so many below its head. */
	readonly columns: number;
}

export interface GroupBox extends Box {
	readonly group: TopologyGroup | null;
	readonly tiles: readonly Tile[];
}

export interface FabricBox extends Box {
	/** Null: load balancers, or machines that are on no fabric. */
	readonly fabric: TopologyFabric | null;
	readonly kind: "fabric" | "balancers" | "nowhere";
	readonly groups: readonly GroupBox[];
}

export interface Layout extends Box {
	readonly fabrics: readonly FabricBox[];
	/** Height of the heads of groups and fabrics: the larger the drawing, the larger they are, to be read from afar. */
	readonly head: number;
	readonly tiles: ReadonlyMap<string, Tile>;
	/** Every place with the box that it is drawn in. */
	readonly boxes: ReadonlyMap<string, Box>;
}

/** A pod with the space about it: wide, for its name. */
export const CELL: { readonly width: number; readonly height: number } = { width: 32, height: 10 };
export const TILE_HEAD = 17;
const TILE_PADDING = 3;
const TILE_GAP = 6;

/** `aspect`: width by height of where it is looked at. */
export function layoutOf(topology: TopologyReport, aspect: number): Layout {
	const tilesOf = (machines: readonly TopologyMachine[]): readonly Tile[] => equalTiles(machines.map(sizeless));
	const parts = [
		...topology.fabrics.map((fabric) => ({
			kind: "fabric" as const,
			fabric,
			groups: topology.groups.filter((group) => group.fabric === fabric.place),
		})),
		{ kind: "nowhere" as const, fabric: null, groups: topology.groups.filter((group) => group.fabric === "") },
	];
	const sized = parts
		.filter(({ kind, groups }) => kind === "fabric" || groups.length > 0)
		.map((part) => ({ ...part, groups: part.groups.map((group) => ({ group, tiles: tilesOf(group.machines) })) }));
	const balancers = equalTiles(topology.loadBalancers.map((machine) => ({ machine, pods: [] })));
	const area = [...sized.flatMap(({ groups }) => groups.flatMap(({ tiles }) => tiles)), ...balancers].reduce(
		(sum, { width, height }) => sum + (width + TILE_GAP) * (height + TILE_GAP),
		0,
	);
	const head = Math.max(11, Math.sqrt(area) / 42);
	const arranged = GROUP_ASPECTS.map((factor) => {
		const fabrics = sized.map(({ kind, fabric, groups }): FabricBox => {
			const boxes = groups.map(({ group, tiles }) => groupBox(group, tiles, head, aspect * factor));
			return { kind, fabric, ...shelved(boxes, head, aspect, movedGroup, "groups") };
		});
		if (balancers.length > 0) {
			const [boxes, kind] = [[groupBox(null, balancers, 0, aspect * factor)], "balancers" as const];
			fabrics.push({ kind, fabric: null, ...shelved(boxes, head, aspect, movedGroup, "groups") });
		}
		return shelved(fabrics, 0, aspect, movedFabric, "fabrics");
	});
	const nth = best(arranged.length, (count) => {
		const { width = 1, height = 1 } = arranged[count - 1] ?? {};
		return Math.min(aspect / width, 1 / height);
	});
	const { fabrics = [], ...frame } = arranged[nth - 1] ?? { x: 0, y: 0, width: 1, height: 1 };
	return { ...frame, fabrics, head, ...index(fabrics) };
}

/** Three groups beside each other fill a screen best when each is three times as high: these are tried. */
const GROUP_ASPECTS = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 6, 2, 3] as const;

function sizeless(machine: TopologyMachine): {
	readonly machine: TopologyMachine;
	readonly pods: TopologyMachine["pods"];
} {
	return { machine, pods: machine.pods };
}

/** Tiles of one size, as the one with the most pods needs it. */
function equalTiles(items: readonly Pick<Tile, "machine" | "pods">[]): readonly Tile[] {
	const most = items.reduce((max, { pods }) => Math.max(max, pods.length), 0);
	const columns = Math.max(3, Math.ceil(Math.sqrt(most / 2.4)));
	const width = columns * CELL.width + 2 * TILE_PADDING;
	const height = TILE_HEAD + Math.ceil(most / columns) * CELL.height + TILE_PADDING;
	return items.map((item) => ({ ...item, columns, x: 0, y: 0, width, height }));
}

/** Boxes may stand this far from the edge of what holds them. */
function padding(head: number): number {
	return Math.max(4, head / 4);
}

function groupBox(group: TopologyGroup | null, tiles: readonly Tile[], head: number, aspect: number): GroupBox {
	const [first] = tiles;
	const width = (first?.width ?? 0) + TILE_GAP;
	const height = (first?.height ?? 0) + TILE_GAP;
	const columns = best(tiles.length, (count) =>
		Math.min(aspect / (count * width), 1 / (Math.ceil(tiles.length / count) * height)),
	);
	const space = padding(head);
	const placed = tiles.map((tile, n) => ({
		...tile,
		x: space + (n % columns) * width,
		y: head + space + Math.floor(n / columns) * height,
	}));
	return {
		group,
		tiles: placed,
		x: 0,
		y: 0,
		width: 2 * space + columns * width - TILE_GAP,
		height: head + 2 * space + Math.ceil(tiles.length / columns) * height - TILE_GAP,
	};
}

/** The first number from 1 that is worth the most. */
function best(most: number, worth: (count: number) => number): number {
	let [found, highest] = [1, 0];
	for (let count = 1; count <= most; count++) {
		const value = worth(count);
		if (value > highest) [found, highest] = [count, value];
	}
	return found;
}

/** Boxes in rows, as books on shelves, in a frame with a head: as wide as fills the screen best. */
function shelved<Name extends string, Item extends Box>(
	boxes: readonly Item[],
	head: number,
	aspect: number,
	moved: (box: Item, x: number, y: number) => Item,
	name: Name,
): Box & Readonly<Record<Name, readonly Item[]>> {
	const space = padding(head);
	const widest = boxes.reduce((max, { width }) => Math.max(max, width), 12 * Math.max(head, 8));
	const whole = boxes.reduce((sum, { width }) => sum + width + space, 0);
	const widthOf = (part: number): number => Math.max(widest, (whole * part) / WIDTHS);
	const part = best(WIDTHS, (each) => {
		const { width, height } = onShelves(boxes, widthOf(each), space).size;
		return Math.min(aspect / width, 1 / (head + height));
	});
	const { size, corners } = onShelves(boxes, widthOf(part), space);
	const placed = boxes.map((box, n) => moved(box, space + (corners[n]?.x ?? 0), head + space + (corners[n]?.y ?? 0)));
	const width = Math.max(size.width, widest) + 2 * space;
	const frame = { x: 0, y: 0, width, height: size.height + head + 2 * space };
	return { ...frame, [name]: placed } as Box & Readonly<Record<Name, readonly Item[]>>;
}

/** So many are tried: from one above the other to all beside each other. */
const WIDTHS = 40;

interface Shelved {
	readonly size: { readonly width: number; readonly height: number };
	readonly corners: readonly { readonly x: number; readonly y: number }[];
}

function onShelves(boxes: readonly Box[], most: number, space: number): Shelved {
	let [x, y, rowHeight, width] = [0, 0, 0, 0];
	const corners = boxes.map((box) => {
		if (x > 0 && x + box.width > most) {
			y += rowHeight + space;
			[x, rowHeight] = [0, 0];
		}
		const corner = { x, y };
		width = Math.max(width, x + box.width);
		x += box.width + space;
		rowHeight = Math.max(rowHeight, box.height);
		return corner;
	});
	return { size: { width, height: y + rowHeight }, corners };
}

function movedGroup(box: GroupBox, x: number, y: number): GroupBox {
	const tiles = box.tiles.map((tile) => ({ ...tile, x: tile.x + x, y: tile.y + y }));
	return { ...box, tiles, x: box.x + x, y: box.y + y };
}

function movedFabric(box: FabricBox, x: number, y: number): FabricBox {
	return { ...box, groups: box.groups.map((each) => movedGroup(each, x, y)), x: box.x + x, y: box.y + y };
}

function index(fabrics: readonly FabricBox[]): Pick<Layout, "tiles" | "boxes"> {
	const tiles = new Map<string, Tile>();
	const boxes = new Map<string, Box>();
	for (const box of fabrics) {
		if (box.fabric !== null) boxes.set(box.fabric.place, box);
		for (const tile of box.groups.flatMap((group) => group.tiles)) {
			tiles.set(tile.machine.place, tile);
			boxes.set(tile.machine.place, tile);
			tile.pods.forEach(({ place }, nth) => {
				tiles.set(place, tile);
				boxes.set(place, podBox(tile, nth));
			});
		}
	}
	return { tiles, boxes };
}

export function podBox({ x, y, columns }: Tile, nth: number): Box {
	return {
		x: x + TILE_PADDING + (nth % columns) * CELL.width,
		y: y + TILE_HEAD + Math.floor(nth / columns) * CELL.height,
		width: CELL.width - 2,
		height: CELL.height - 2,
	};
}

/** The place that is drawn at a point: the innermost. */
export function placeAt({ fabrics }: Layout, x: number, y: number): string | null {
	const fabric = fabrics.find((box) => holds(box, x, y));
	const group = fabric?.groups.find((box) => holds(box, x, y));
	const tile = group?.tiles.find((box) => holds(box, x, y));
	if (tile === undefined) return fabric?.fabric?.place ?? null;
	const column = Math.floor((x - tile.x - TILE_PADDING) / CELL.width);
	const row = Math.floor((y - tile.y - TILE_HEAD) / CELL.height);
	const isCell = column >= 0 && column < tile.columns && row >= 0;
	return (isCell ? tile.pods[row * tile.columns + column]?.place : undefined) ?? tile.machine.place;
}

function holds(box: Box, x: number, y: number): boolean {
	return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}
