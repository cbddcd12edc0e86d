/** A layer 2 segment: the card that has the frame's MAC gets it; the router's MAC leads out. */
import { because } from "../kernel/because.ts";
import { VPC_MAC } from "../kernel/layer2.ts";
import type { Next, Walk } from "../kernel/walk.ts";
import type { Attachment, Segment } from "../state/fabric.ts";
import type { Arrival } from "./arrival.ts";
import { attachmentOf } from "./attachment.ts";
import { deliverTo } from "./deliver.ts";
import { fabricEnd } from "./end.ts";
import { toInternet } from "./internet.ts";

const byMac = new WeakMap<readonly Attachment[], ReadonlyMap<string, Attachment>>();

export function throughSegment(walk: Walk, segment: Segment, arrival: Arrival): Next {
	const { frame } = arrival;
	let index = byMac.get(segment.attachments);
	if (index === undefined) {
		index = new Map(segment.attachments.map((each) => [each.mac, each]));
		byMac.set(segment.attachments, index);
	}
	const card = index.get(frame.destination) ?? cardBelow(walk, segment, frame.destination);
	if (card !== undefined) {
		const why = because("switched", { mac: frame.destination, to: card.place }, segment.origin);
		if (walk.recording) walk.fabricHop(segment.place, "switch", frame, why);
		return { kind: "wire", place: card.place, device: card.device, frame };
	}
	if (frame.destination === VPC_MAC && segment.gateways.length > 0) return byGateway(walk, segment, arrival);
	const why = because("mac-nowhere", { mac: frame.destination, device: segment.place }, segment.origin);
	if (walk.recording) walk.fabricHop(segment.place, "switch", frame, why);
	return fabricEnd(segment.place, frame, "dropped", why);
}

/** A card that a macvlan with that MAC stands on: the segment knows the cards only, and floods what it does not know. */
function cardBelow(walk: Walk, segment: Segment, mac: string): Attachment | undefined {
	return segment.attachments.find(({ place, device }) =>
		walk.network.stackedOn(place, device).some((on) => walk.view(on.place)?.link(on.device)?.mac === mac),
	);
}

/** The segment's router: back into the segment for a card's address, else out. */
function byGateway(walk: Walk, segment: Segment, arrival: Arrival): Next {
	const { packet } = arrival.frame;
	const frame = { ...arrival.frame, packet: { ...packet, ttl: packet.ttl - 1 } };
	const card = attachmentOf(segment.attachments, packet.dst.text);
	if (card !== undefined) {
		return deliverTo(
			walk,
			segment.place,
			"switch",
			card,
			frame,
			because("switched", { mac: card.mac, to: card.place }, segment.origin),
		);
	}
	return toInternet(walk, segment.place, frame);
}
