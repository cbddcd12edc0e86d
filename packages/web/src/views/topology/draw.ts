/** Draws what a camera sees of a layout: the nearer, the more of it. */
import type { Point, TopologyPod } from "@podpath/core";
import type { Camera, Size } from "./camera.ts";
import { type Box, CELL, type FabricBox, type GroupBox, type Layout, podBox, TILE_HEAD, type Tile } from "./layout.ts";

/** Of the page's theme. */
export interface Colours {
	readonly page: string;
	readonly panel: string;
	readonly raised: string;
	readonly text: string;
	readonly quiet: string;
	readonly edge: string;
	readonly edgeStrong: string;
	readonly accent: string;
	readonly bad: string;
	readonly unsure: string;
	readonly pod: string;
	readonly podEdge: string;
	readonly fabric: string;
	readonly fabricEdge: string;
	readonly sans: string;
	readonly mono: string;
}

export interface Names {
	readonly fabric: (box: FabricBox) => string;
	readonly group: (box: GroupBox) => string;
}

export interface Scene {
	readonly layout: Layout;
	readonly camera: Camera;
	readonly size: Size;
	readonly colours: Colours;
	readonly names: Names;
	readonly selected: string | null;
	readonly hovered: string | null;
}

/** Smaller cells would only flicker: a tile is then a block that is as full as its machine. */
const LEAST_CELL = 1.6;
const LEAST_LABEL = 60;
const LARGEST_TEXT = 15;
/** More lines between machines and further fabrics would be a thicket: then only those of what is selected are drawn. */
const MOST_LINKS = 60;

export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
	const { size, colours, layout } = scene;
	context.clearRect(0, 0, size.width, size.height);
	context.fillStyle = colours.page;
	context.fillRect(0, 0, size.width, size.height);
	context.textBaseline = "middle";
	const fabrics = layout.fabrics.filter((fabric) => isSeen(fabric, scene));
	const groups = fabrics.flatMap((fabric) => fabric.groups.filter((group) => isSeen(group, scene)));
	for (const fabric of fabrics) frameFabric(context, fabric, scene);
	for (const group of groups) if (group.group !== null) frameGroup(context, group, scene);
	// Lines pass behind machines and names, so that these can be read; their ends are seen on what they lead to.
	const links = shownLinks(scene);
	for (const link of links) drawLink(context, link, scene);
	for (const fabric of fabrics) writeFabric(context, fabric, scene);
	for (const group of groups) drawGroup(context, group, scene);
	for (const { end } of links) drawEnd(context, end, scene);
	mark(context, scene.hovered, 1.5, scene);
	mark(context, scene.selected, 3, scene);
}

interface Pixels {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

function pixels(box: Box, { camera: { x, y, scale } }: Scene): Pixels {
	return { x: (box.x - x) * scale, y: (box.y - y) * scale, width: box.width * scale, height: box.height * scale };
}

function isSeen(box: Box, scene: Scene): boolean {
	const { x, y, width, height } = pixels(box, scene);
	return x < scene.size.width && y < scene.size.height && x + width > 0 && y + height > 0;
}

function frame(context: CanvasRenderingContext2D, box: Pixels, fill: string, stroke: string, radius: number): void {
	context.beginPath();
	context.roundRect(box.x, box.y, box.width, box.height, radius);
	context.fillStyle = fill;
	context.fill();
	context.strokeStyle = stroke;
	context.lineWidth = 1;
	context.stroke();
}

/** Between the parts of a label. */
export const PART = " · ";

/** Text in a box of the screen, cut where it would stick out; nothing where it could not be read. A halo keeps lines off it. */
function write(
	context: CanvasRenderingContext2D,
	text: string,
	box: Pixels,
	font: string,
	colour: string,
	halo?: string,
): void {
	if (text === "" || box.height < 8 || box.width < LEAST_LABEL / 2) return;
	const size = Math.min(LARGEST_TEXT, box.height * 0.8);
	context.font = `${size}px ${font}`;
	const shown = cut(context, text, box.width);
	if (halo !== undefined) {
		context.strokeStyle = halo;
		context.lineWidth = Math.min(4, size / 4);
		context.lineJoin = "round";
		context.strokeText(shown, box.x, box.y + box.height / 2);
	}
	context.fillStyle = colour;
	context.fillText(shown, box.x, box.y + box.height / 2);
}

/** What stands after a point is left out first; a name is cut in the middle, since those of pods differ at their ends. */
function cut(context: CanvasRenderingContext2D, text: string, width: number): string {
	const fits = (part: string): boolean => context.measureText(part).width <= width;
	let left = text;
	while (!fits(left) && left.includes(PART)) left = left.slice(0, left.lastIndexOf(PART));
	if (fits(left)) return left;
	for (let kept = Math.floor((left.length * width) / context.measureText(left).width); kept > 3; kept--) {
		const shorter = `${left.slice(0, Math.ceil(kept * 0.6))}…${left.slice(left.length - Math.floor(kept * 0.4))}`;
		if (fits(shorter)) return shorter;
	}
	return "";
}

/** The head stays in sight while any of the box is. */
function headOf(box: Pixels, scene: Scene): Pixels {
	const height = scene.layout.head * scene.camera.scale;
	const inset = Math.min(10, height / 3);
	const left = Math.max(box.x, 0) + inset;
	return { x: left, y: box.y, width: Math.min(box.x + box.width, scene.size.width) - left - inset, height };
}

function frameFabric(context: CanvasRenderingContext2D, fabric: FabricBox, scene: Scene): void {
	const { colours } = scene;
	const edge = fabric.kind === "fabric" ? colours.fabricEdge : colours.edge;
	frame(context, pixels(fabric, scene), fillOf(fabric, colours), edge, 8);
}

function fillOf({ kind }: FabricBox, colours: Colours): string {
	return kind === "fabric" ? colours.fabric : colours.panel;
}

function writeFabric(context: CanvasRenderingContext2D, fabric: FabricBox, scene: Scene): void {
	const { colours, names } = scene;
	const head = headOf(pixels(fabric, scene), scene);
	write(context, names.fabric(fabric), head, colours.sans, colours.text, fillOf(fabric, colours));
}

function frameGroup(context: CanvasRenderingContext2D, group: GroupBox, scene: Scene): void {
	frame(context, pixels(group, scene), scene.colours.panel, scene.colours.edge, 6);
}

function drawGroup(context: CanvasRenderingContext2D, group: GroupBox, scene: Scene): void {
	const { colours, names } = scene;
	if (group.group !== null) {
		const head = headOf(pixels(group, scene), scene);
		write(context, names.group(group), head, colours.sans, colours.quiet, colours.panel);
	}
	for (const tile of group.tiles) if (isSeen(tile, scene)) drawTile(context, tile, scene);
}

function drawTile(context: CanvasRenderingContext2D, tile: Tile, scene: Scene): void {
	const { colours, camera } = scene;
	const { machine, pods } = tile;
	const box = pixels(tile, scene);
	const isReady = !("ready" in machine) || machine.ready;
	frame(context, box, colours.raised, isReady ? colours.edgeStrong : colours.bad, Math.min(6, 3 * camera.scale));
	const inset = 3 * camera.scale;
	const height = Math.min(LARGEST_TEXT * 1.3, 8 * camera.scale);
	const top = Math.max(0, (TILE_HEAD * camera.scale - 2 * height) / 2);
	const line = { x: box.x + inset, y: box.y + top, width: box.width - 2 * inset, height };
	if (box.width >= LEAST_LABEL) {
		const name = machine.place.slice(machine.place.indexOf("/") + 1);
		write(context, `${isReady ? "" : "✕ "}${name}`, line, `${colours.sans}`, isReady ? colours.text : colours.bad);
		const below = { ...line, y: line.y + height, height: height * 0.9 };
		write(context, machine.addresses.join("  "), below, colours.mono, colours.quiet);
	}
	if (pods.length === 0) return;
	if (CELL.height * camera.scale >= LEAST_CELL) {
		for (const [nth, pod] of pods.entries()) drawPod(context, pod, pixels(podBox(tile, nth), scene), scene);
		return;
	}
	const rows = Math.ceil(pods.length / tile.columns);
	context.fillStyle = colours.podEdge;
	const head = TILE_HEAD * camera.scale;
	context.fillRect(box.x + inset, box.y + head, box.width - 2 * inset, rows * CELL.height * camera.scale);
}

function drawPod(context: CanvasRenderingContext2D, pod: TopologyPod, box: Pixels, scene: Scene): void {
	const { colours } = scene;
	const [fill, edge] = podColours(pod, colours);
	if (box.width < LEAST_LABEL) {
		// A pod that is not ready is a ring, so that it differs without its colour too.
		if (pod.ready || box.height < 4) {
			context.fillStyle = edge;
			context.fillRect(box.x, box.y, box.width, box.height);
		} else {
			context.strokeStyle = edge;
			context.lineWidth = 1.5;
			context.strokeRect(box.x + 0.75, box.y + 0.75, box.width - 1.5, box.height - 1.5);
		}
		return;
	}
	frame(context, box, fill, edge, 4);
	const line = { x: box.x + 5, y: box.y + 1, width: box.width - 10, height: box.height / 2 - 1 };
	const name = pod.place.slice(pod.place.lastIndexOf("/") + 1);
	const tall = box.height >= 22 ? line : { ...line, height: box.height - 2 };
	write(context, `${pod.ready ? "" : "○ "}${name}`, tall, colours.sans, pod.ready ? colours.text : colours.unsure);
	if (tall === line) {
		const below = { ...line, y: line.y + line.height };
		write(context, pod.addresses[0] ?? "", below, colours.mono, colours.quiet);
	}
}

function podColours({ ready, hostNetwork, cards }: TopologyPod, colours: Colours): readonly [string, string] {
	if (!ready) return [colours.page, colours.unsure];
	if (hostNetwork) return [colours.panel, colours.edgeStrong];
	if (cards.length > 0) return [colours.fabric, colours.fabricEdge];
	return [colours.pod, colours.podEdge];
}

interface Link {
	readonly from: Box;
	readonly to: Box;
	readonly place: string;
}

const links = new WeakMap<Layout, readonly Link[]>();

/** From machines to the fabrics that they have further cards on. */
function linksOf(layout: Layout): readonly Link[] {
	const known = links.get(layout);
	if (known !== undefined) return known;
	const made = layout.fabrics
		.flatMap(({ groups }) => groups.flatMap(({ tiles }) => tiles))
		.flatMap((tile) => furtherFabrics(tile, layout).map((to) => ({ from: tile, to, place: tile.machine.place })));
	links.set(layout, made);
	return made;
}

function furtherFabrics({ machine }: Tile, { boxes }: Layout): readonly Box[] {
	const cards = "cards" in machine ? machine.cards : [];
	const further = new Set(cards.map(({ fabric }) => fabric).filter((each) => each !== cards[0]?.fabric));
	return [...further].flatMap((place) => (place === undefined ? [] : (boxes.get(place) ?? [])));
}

/** A link on the screen. */
interface Curve {
	readonly start: Point;
	readonly end: Point;
}

function shownLinks(scene: Scene): readonly Curve[] {
	const all = linksOf(scene.layout);
	const own = scene.layout.tiles.get(scene.selected ?? "")?.machine.place;
	const shown = all.length > MOST_LINKS ? all.filter(({ place }) => place === own) : all;
	return shown.map(({ from, to }): Curve => {
		const [start, end] = [pixels(from, scene), pixels(to, scene)];
		const isBelow = end.y > start.y;
		const head = Math.min(end.height, scene.layout.head * scene.camera.scale);
		return {
			start: { x: start.x + start.width / 2, y: isBelow ? start.y + start.height : start.y },
			end: { x: end.x + end.width / 2, y: isBelow ? end.y : end.y + head },
		};
	});
}

function drawLink(context: CanvasRenderingContext2D, { start, end }: Curve, scene: Scene): void {
	const middle = (start.y + end.y) / 2;
	context.strokeStyle = scene.colours.fabricEdge;
	context.lineWidth = 2;
	context.beginPath();
	context.moveTo(start.x, start.y);
	context.bezierCurveTo(start.x, middle, end.x, middle, end.x, end.y);
	context.stroke();
}

function drawEnd(context: CanvasRenderingContext2D, { x, y }: Point, scene: Scene): void {
	context.beginPath();
	context.arc(x, y, 4, 0, 2 * Math.PI);
	context.fillStyle = scene.colours.fabricEdge;
	context.fill();
}

/** Never smaller than can be seen. */
function mark(context: CanvasRenderingContext2D, place: string | null, width: number, scene: Scene): void {
	const box = place === null ? undefined : scene.layout.boxes.get(place);
	if (box === undefined) return;
	const { x, y, width: wide, height } = pixels(box, scene);
	const grow = Math.max(2, (12 - Math.min(wide, height)) / 2);
	context.strokeStyle = scene.colours.accent;
	context.lineWidth = width;
	context.strokeRect(x - grow, y - grow, wide + 2 * grow, height + 2 * grow);
}
