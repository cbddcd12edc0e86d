/** From the fabric to a machine: the frame that reaches a card. */
import { type Because, because } from "../kernel/because.ts";
import { VPC_MAC } from "../kernel/layer2.ts";
import type { Next, Walk } from "../kernel/walk.ts";
import type { Frame } from "../packet/packet.ts";
import type { Attachment, DeviceAt, Vpc } from "../state/fabric.ts";
import type { Place } from "../state/place.ts";
import { pastEni } from "./eni.ts";

/** The frame as a router of the fabric sends it to a card. */
export function addressedTo(frame: Frame, mac: string): Frame {
	return { ...frame, source: VPC_MAC, destination: mac };
}

/** Puts the frame on the wire to a card, written down as what `at` did. */
export function deliverTo(
	walk: Walk,
	at: Place,
	stage: string,
	to: DeviceAt & { readonly mac: string },
	frame: Frame,
	why: Because,
): Next {
	const delivered = addressedTo(frame, to.mac);
	if (walk.recording) walk.fabricHop(at, stage, delivered, why);
	return { kind: "wire", place: to.place, device: to.device, frame: delivered };
}

/** The MAC of a card that is named by machine and device. */
export function attachmentMac(walk: Walk, at: DeviceAt): string {
	return walk.view(at.place)?.link(at.device)?.mac ?? "";
}

/** To a card of the VPC by its address. */
export function toCard(walk: Walk, vpc: Vpc, card: Attachment, frame: Frame): Next {
	return handOver(walk, vpc, card, frame, () => {
		const facts = { to: frame.packet.dst.text, place: card.place };
		return because("vpc-address", facts, vpc.origin);
	});
}

/** The VPC leads a frame to a card: past its security groups, and with its tag where it is a member of a trunk. */
export function handOver(walk: Walk, vpc: Vpc, card: Attachment, frame: Frame, why: () => Because): Next {
	const sent = addressedTo(frame, card.mac);
	if (walk.recording) walk.fabricHop(vpc.place, "vpc-route", sent, why());
	const tagged: Frame = { ...sent, vlan: card.eni?.vlan ?? null };
	const refused = pastEni(walk, vpc, card, "ingress", tagged);
	return refused ?? { kind: "wire", place: card.place, device: card.device, frame: tagged };
}
