/**
 * A layer 2 segment: within a frame's VLAN, the card that has its MAC gets it; the router's MAC leads to other VLANs and out.
 */
import type { Address } from "../address/address.ts";
import { contains } from "../address/prefix.ts";
import { PrefixMap } from "../address/prefix-map.ts";
import { type Because, because } from "../kernel/because.ts";
import { type Answer, askInVlan, hearersBehind, VPC_MAC } from "../kernel/layer2.ts";
import { filteredFacts, gatewaysIn, type SegmentVlanId, tagTowards, vlanFrom } from "../kernel/segment-vlan.ts";
import type { End, Next, Walk } from "../kernel/walk.ts";
import type { Frame } from "../packet/packet.ts";
import type { Attachment, DeviceAt, Segment, SegmentRoute } from "../state/fabric.ts";
import type { Arrival } from "./arrival.ts";
import { attachmentAt, attachmentOf } from "./attachment.ts";
import { addressedTo } from "./deliver.ts";
import { fabricEnd } from "./end.ts";
import { toInternet } from "./internet.ts";

export function throughSegment(walk: Walk, segment: Segment, { frame, from }: Arrival): Next {
	// What does not come from one of its cards comes from its router.
	if (attachmentAt(segment.attachments, from, null) === undefined) return byRouter(walk, segment, null, frame);
	const vlan = vlanFrom(segment, from, frame.vlan);
	if (vlan === "filtered") return filtered(walk, segment, frame, from, frame.vlan);
	const card = cardWith(walk, segment, vlan, frame);
	if (card !== undefined && card.place === from.place && card.device === from.device) {
		const facts = { device: `port ${from.place} ${from.device}`, mac: frame.destination };
		return ended(walk, segment, frame, "dropped", because("same-port", facts, segment.origin));
	}
	if (card !== undefined) {
		const why = because("switched", { mac: frame.destination, to: card.place }, segment.origin);
		return toCard(walk, segment, vlan, card, frame, why);
	}
	if (frame.destination === VPC_MAC && gatewaysIn(segment, vlan).length > 0)
		return byRouter(walk, segment, vlan, frame);
	return ended(walk, segment, frame, "dropped", macNowhere(segment, vlan, frame.destination));
}

/** Out of the port to a card, with the tag that the VLAN has there. */
function toCard(walk: Walk, segment: Segment, vlan: SegmentVlanId, card: DeviceAt, frame: Frame, why: Because): Next {
	const tag = tagTowards(segment, card, vlan);
	if (tag === "filtered") return filtered(walk, segment, frame, card, vlan);
	const sent: Frame = { ...frame, vlan: tag };
	if (walk.recording) walk.fabricHop(segment.place, "switch", sent, why);
	return { kind: "wire", place: card.place, device: card.device, frame: sent };
}

function filtered(walk: Walk, segment: Segment, frame: Frame, card: DeviceAt, vlan: SegmentVlanId): End {
	const facts = filteredFacts({ segment: segment.place, card, vlan });
	return ended(walk, segment, frame, "dropped", because("port-vlan-filtered", facts, segment.origin));
}

function ended(walk: Walk, segment: Segment, frame: Frame, outcome: End["outcome"], why: Because): End {
	if (walk.recording) walk.fabricHop(segment.place, "switch", frame, why);
	return fabricEnd(segment.place, frame, outcome, why);
}

function macNowhere(segment: Segment, vlan: SegmentVlanId, mac: string): Because {
	const device = vlan === null ? segment.place : `VLAN ${vlan} of ${segment.place}`;
	return because("mac-nowhere", { mac, device }, segment.origin);
}

interface Learned {
	readonly byMac: ReadonlyMap<string, Attachment>;
	/** Cards behind which somebody else has a MAC, by VLAN and MAC. */
	readonly behind: Map<string, Attachment | undefined>;
}

const learned = new WeakMap<readonly Attachment[], Learned>();

/** The card that has the frame's MAC, or behind which a device has it in this VLAN, as the switch learned when it was asked for. */
function cardWith(walk: Walk, segment: Segment, vlan: SegmentVlanId, frame: Frame): Attachment | undefined {
	const { attachments } = segment;
	let known = learned.get(attachments);
	if (known === undefined) {
		known = { byMac: new Map(attachments.map((each) => [each.mac, each])), behind: new Map() };
		learned.set(attachments, known);
	}
	const mac = frame.destination;
	const own = known.byMac.get(mac);
	if (own !== undefined || mac === VPC_MAC) return own;
	const key = `${vlan ?? ""} ${mac}`;
	if (!known.behind.has(key)) {
		known.behind.set(
			key,
			attachments.find((card) => hasBehind(walk, segment, vlan, card, mac)),
		);
	}
	return known.behind.get(key);
}

function hasBehind(walk: Walk, segment: Segment, vlan: SegmentVlanId, card: Attachment, mac: string): boolean {
	const tag = tagTowards(segment, card, vlan);
	if (tag === "filtered") return false;
	for (const hearer of hearersBehind(walk.network, card, tag)) {
		if (hearer.kind === "device" && hearer.link.mac === mac) return true;
	}
	return false;
}

/** The segment's router: into the VLAN of the destination's prefix, to whoever has the address there; else out. */
function byRouter(walk: Walk, segment: Segment, vlan: SegmentVlanId, arrived: Frame): Next {
	const { packet } = arrived;
	const frame: Frame = { ...arrived, vlan: null, packet: { ...packet, ttl: packet.ttl - 1 } };
	const route = networksOf(segment).longestMatch(packet.dst);
	const to = route?.vlan ?? null;
	const known = attachmentOf(segment.attachments, packet.dst.text);
	if (known !== undefined && tagTowards(segment, known, to) !== "filtered")
		return routed(walk, segment, vlan, route, known, frame);
	if (route === undefined) return toInternet(walk, segment.place, frame);
	const neighbour = route.learned && attachmentOf(segment.attachments, route.learned.via.text);
	if (neighbour !== undefined) return routed(walk, segment, vlan, route, neighbour, frame);
	const answer = askInVlan(walk.network, segment, to, route.learned?.via ?? packet.dst);
	if (answer.kind === "answer") {
		const card = cardWith(walk, segment, to, { ...frame, destination: answer.mac });
		if (card !== undefined) return routed(walk, segment, vlan, route, { ...card, mac: answer.mac }, frame);
	}
	// Who else is in the segment's own network the input need not say.
	return to === null ? toInternet(walk, segment.place, frame) : unanswered(walk, segment, route, frame, answer);
}

function routed(
	walk: Walk,
	segment: Segment,
	from: SegmentVlanId,
	route: RoutedNetwork | undefined,
	card: DeviceAt & { readonly mac: string },
	frame: Frame,
): Next {
	const vlan = route?.vlan ?? null;
	const facts = { mac: card.mac, to: card.place };
	const learned = route?.learned;
	const why =
		learned !== undefined
			? because("router-learned", { ...facts, route: learned.destination.text, via: learned.via.text }, learned.origin)
			: vlan === from
				? because("switched", facts, segment.origin)
				: because(
						"vlan-routed",
						{ ...facts, route: route?.text ?? "", from: named(from), vlan: named(vlan) },
						segment.origin,
					);
	return toCard(walk, segment, vlan, card, addressedTo(frame, card.mac), why);
}

function named(vlan: SegmentVlanId): string {
	return vlan === null ? "none" : String(vlan);
}

function unanswered(walk: Walk, segment: Segment, route: RoutedNetwork, frame: Frame, answer: Answer): Next {
	const address = frame.packet.dst.text;
	const device = `VLAN ${route.vlan} of ${segment.place}`;
	if (answer.kind === "outside") {
		const why = because("outside", { device, nextHop: address, why: answer.why }, segment.origin);
		return fabricEnd(segment.place, frame, "exits", why);
	}
	const port = answer.kind === "nobody" ? answer.filtered : undefined;
	const why =
		port === undefined
			? because("no-answer", { address, device }, segment.origin)
			: because("no-answer-in-vlan", { address, device, ...filteredFacts(port) }, segment.origin);
	return ended(walk, segment, frame, "unreachable", why);
}

interface RoutedNetwork {
	readonly vlan: SegmentVlanId;
	readonly text: string;
	/** The route by which a machine is the next hop; absent: the destination is in the VLAN itself. */
	readonly learned?: SegmentRoute;
}

const networks = new WeakMap<Segment, PrefixMap<RoutedNetwork>>();

/** The prefixes in which the router has an address, and those that lie behind machines there. */
function networksOf(segment: Segment): PrefixMap<RoutedNetwork> {
	let known = networks.get(segment);
	if (known === undefined) {
		known = new PrefixMap();
		const all = [{ id: null, prefixes: segment.prefixes }, ...(segment.vlans ?? [])];
		for (const { id, prefixes } of all) {
			const gateways: readonly Address[] = gatewaysIn(segment, id);
			for (const prefix of prefixes) {
				if (gateways.some((each) => contains(prefix, each))) known.set(prefix, { vlan: id, text: prefix.text });
			}
		}
		for (const learned of segment.routes ?? []) {
			const vlan = known.longestMatch(learned.via)?.vlan ?? null;
			known.set(learned.destination, { vlan, text: learned.destination.text, learned });
		}
		networks.set(segment, known);
	}
	return known;
}
