/** From the fabric to a machine: the card that has an address, and the frame that reaches it. */
import type { Because } from "../kernel/because.ts";
import { VPC_MAC } from "../kernel/layer2.ts";
import type { Next, Walk } from "../kernel/walk.ts";
import type { Frame } from "../packet/packet.ts";
import type { Attachment } from "../state/fabric.ts";
import type { Place } from "../state/place.ts";

const byAddress = new WeakMap<readonly Attachment[], ReadonlyMap<string, Attachment>>();

/** The card that holds an address. */
export function attachmentOf(attachments: readonly Attachment[], address: string): Attachment | undefined {
	let index = byAddress.get(attachments);
	if (index === undefined) {
		index = new Map(attachments.flatMap((each) => each.addresses.map((own) => [own.text, each] as const)));
		byAddress.set(attachments, index);
	}
	return index.get(address);
}

/** Puts the frame on the wire to a card, written down as what `at` did. */
export function deliverTo(
	walk: Walk,
	at: Place,
	stage: string,
	to: { readonly place: Place; readonly device: string; readonly mac: string },
	frame: Frame,
	why: Because,
): Next {
	const delivered: Frame = { ...frame, source: VPC_MAC, destination: to.mac };
	if (walk.recording) walk.fabricHop(at, stage, delivered, why);
	return { kind: "wire", place: to.place, device: to.device, frame: delivered };
}

/** The MAC of a card that is named by machine and device. */
export function attachmentMac(walk: Walk, at: { readonly place: Place; readonly device: string }): string {
	return walk.view(at.place)?.link(at.device)?.mac ?? "";
}
