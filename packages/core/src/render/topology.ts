/** What a picture of paths shows: places with their devices, pods within their nodes, and who hands the packet to whom. */
import { placeKind } from "../state/place.ts";
import type { ExplainedLink, ExplainedOwner, ExplainedPath } from "../trace/explanation.ts";

/** A device, or a fabric device that is one thing. */
export interface Spot {
	/** Unique in the topology. */
	readonly key: string;
	readonly at: string;
	/** Empty for a fabric device, and for a stack that the packet does not leave. */
	readonly device: string;
}

export interface PlaceBox {
	readonly at: string;
	/** A fabric device has no devices of its own; its only spot is itself. */
	readonly kind: "machine" | "pod" | "fabric";
	readonly spots: readonly Spot[];
	/** The pods on a machine, as far as the packet's way shows where they are. */
	readonly pods: readonly PlaceBox[];
	/** What a packet is for and does not come to, or its machine, where none comes either; neither has spots. */
	readonly unreached?: Unreached;
}

export type Unreached = "target" | "its-machine";

/** A step from one device to the next. Arrows that several paths share are one, with the shares added. */
export interface Arrow {
	readonly from: string;
	readonly to: string;
	readonly direction: "forward" | "reply";
	readonly weight: number;
}

export interface Topology {
	/** In the order in which packets come to them; pods stand in their machines. */
	readonly places: readonly PlaceBox[];
	readonly arrows: readonly Arrow[];
}

/** The picture of these paths. A refusal is drawn as the reply that it is to the client. */
export function topologyOf(paths: readonly ExplainedPath[]): Topology {
	const ways = paths.flatMap(({ weight, forward, reply, refusal }) => [
		{ direction: "forward" as const, weight, links: shownLinks(forward) },
		{ direction: "reply" as const, weight, links: (reply ?? refusal)?.links ?? [] },
	]);
	const targets = paths.flatMap(({ notReached }) => notReached ?? []);
	return {
		places: placesOf(
			ways.map(({ links }) => links),
			targets,
		),
		arrows: arrowsOf(ways),
	};
}

/** The links of a way; of a packet that never leaves its stack that stack, without a device. */
export function shownLinks({ links, hops }: ExplainedPath["forward"]): readonly ExplainedLink[] {
	const [first] = hops;
	return links.length > 0 || first === undefined ? links : [{ at: first.at }];
}

/** The key of the spot that a link stands at. */
export function keyOf({ at, device }: ExplainedLink): string {
	return JSON.stringify([at, device ?? ""]);
}

interface PlaceDraft {
	readonly at: string;
	readonly spots: Map<string, Spot>;
	readonly pods: PlaceDraft[];
	host: string | null;
	unreached?: Unreached;
}

function placesOf(
	ways: readonly (readonly ExplainedLink[])[],
	targets: readonly ExplainedOwner[],
): readonly PlaceBox[] {
	const places = new Map<string, PlaceDraft>();
	for (const links of ways) {
		for (const [position, link] of links.entries()) {
			const place = places.get(link.at) ?? { at: link.at, spots: new Map(), pods: [], host: null };
			places.set(link.at, place);
			const key = keyOf(link);
			if (!place.spots.has(key)) place.spots.set(key, { key, at: link.at, device: link.device ?? "" });
			const beside = [links[position - 1]?.at, links[position + 1]?.at];
			if (isPod(link.at)) place.host ??= beside.find((at) => at?.startsWith("node/")) ?? null;
		}
	}
	for (const { at, on } of targets) {
		if (places.has(at)) continue;
		places.set(at, { at, spots: new Map(), pods: [], host: on ?? null, unreached: "target" });
		if (on === undefined || places.has(on)) continue;
		places.set(on, { at: on, spots: new Map(), pods: [], host: null, unreached: "its-machine" });
	}
	for (const place of places.values()) {
		if (place.host !== null) places.get(place.host)?.pods.push(place);
	}
	return [...places.values()].filter(({ host }) => host === null).map(boxOf);
}

/** Places that are kernels' of their own. */
const STACKS: ReadonlySet<string> = new Set(["node", "host", "internet", "pod"]);

function isPod(at: string): boolean {
	return at.startsWith("pod/");
}

function boxOf({ at, spots, pods, unreached }: PlaceDraft): PlaceBox {
	const devices = [...spots.values()];
	const isFabric = !STACKS.has(placeKind(at)) && devices.every(({ device }) => device === "");
	const kind = isPod(at) ? "pod" : isFabric ? "fabric" : "machine";
	return { at, kind, spots: devices, pods: pods.map(boxOf), ...(unreached === undefined ? {} : { unreached }) };
}

function arrowsOf(
	ways: readonly {
		readonly direction: Arrow["direction"];
		readonly weight: number;
		readonly links: readonly ExplainedLink[];
	}[],
): readonly Arrow[] {
	const arrows = new Map<string, Arrow>();
	for (const { direction, weight, links } of ways) {
		for (const [position, link] of links.entries()) {
			const next = links[position + 1];
			if (next === undefined) continue;
			const arrow = { from: keyOf(link), to: keyOf(next), direction };
			const key = JSON.stringify(arrow);
			arrows.set(key, { ...arrow, weight: (arrows.get(key)?.weight ?? 0) + weight });
		}
	}
	return [...arrows.values()];
}
