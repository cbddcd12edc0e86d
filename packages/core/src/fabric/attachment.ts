/** Which card of a fabric device: by an address, or by the device at the other end of its cable. */
import type { Attachment, DeviceAt, Vpc } from "../state/fabric.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";

const byAddress = new WeakMap<readonly Attachment[], ReadonlyMap<string, Attachment>>();

/** The card that holds an address; of several the first, as a machine's primary card comes before its others. */
export function attachmentOf(attachments: readonly Attachment[], address: string): Attachment | undefined {
	let index = byAddress.get(attachments);
	if (index === undefined) {
		const made = new Map<string, Attachment>();
		for (const each of attachments) {
			for (const { text } of each.addresses) if (!made.has(text)) made.set(text, each);
		}
		index = made;
		byAddress.set(attachments, index);
	}
	return index.get(address);
}

const byCable = new WeakMap<readonly Attachment[], ReadonlyMap<string, Attachment>>();

/** The card at the other end of a device: without a tag the device's own, with one the member of the trunk that has it. */
export function attachmentAt(
	attachments: readonly Attachment[],
	at: DeviceAt,
	vlan: number | null,
): Attachment | undefined {
	let index = byCable.get(attachments);
	if (index === undefined) {
		index = new Map(attachments.map((each) => [cableKey(each, each.eni?.vlan ?? null), each]));
		byCable.set(attachments, index);
	}
	return index.get(cableKey(at, vlan));
}

function cableKey({ place, device }: DeviceAt, vlan: number | null): string {
	return `${place} ${device} ${vlan ?? ""}`;
}

const byName = new WeakMap<readonly Attachment[], ReadonlyMap<Place, Attachment>>();

/** The card that a route names: an ENI, or a machine's first. */
export function attachmentNamed(attachments: readonly Attachment[], name: Place): Attachment | undefined {
	let index = byName.get(attachments);
	if (index === undefined) {
		const made = new Map<Place, Attachment>();
		for (const each of attachments) {
			for (const place of [each.place, each.eni?.place]) {
				if (place !== undefined && !made.has(place)) made.set(place, each);
			}
		}
		index = made;
		byName.set(attachments, index);
	}
	return index.get(name);
}

const vpcs = new WeakMap<Network, readonly Vpc[]>();

/** The VPCs of a network. */
export function vpcsOf(network: Network): readonly Vpc[] {
	let known = vpcs.get(network);
	if (known === undefined) {
		known = network.fabrics().filter((device) => device.kind === "vpc");
		vpcs.set(network, known);
	}
	return known;
}
