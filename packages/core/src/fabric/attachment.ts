/** Which card of a fabric device: by an address, or by the device at the other end of its cable. */
import type { Attachment, DeviceAt, Vpc } from "../state/fabric.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";

/** Finds cards by keys that each has; of several with one key it is the first. */
function firstBy(keysOf: (card: Attachment) => readonly string[]): Find {
	const known = new WeakMap<readonly Attachment[], ReadonlyMap<string, Attachment>>();
	return (attachments, key) => {
		let index = known.get(attachments);
		if (index === undefined) {
			const made = new Map<string, Attachment>();
			for (const each of attachments) {
				for (const own of keysOf(each)) if (!made.has(own)) made.set(own, each);
			}
			index = made;
			known.set(attachments, index);
		}
		return index.get(key);
	};
}

type Find = (attachments: readonly Attachment[], key: string) => Attachment | undefined;

/** The card that holds an address; of several the first, as a machine's primary card comes before its others. */
export const attachmentOf: Find = firstBy(({ addresses }) => addresses.map(({ text }) => text));

/** The card that a route names: an ENI, or a machine's first. */
export const attachmentNamed: Find = firstBy(({ place, eni }) => (eni === undefined ? [place] : [place, eni.place]));

const byMachine = new WeakMap<readonly Attachment[], ReadonlyMap<Place, readonly Attachment[]>>();

/** The card at the other end of a device: without a tag the device's own, with one the member of the trunk that has it. */
export function attachmentAt(
	attachments: readonly Attachment[],
	{ place, device }: DeviceAt,
	vlan: number | null,
): Attachment | undefined {
	let index = byMachine.get(attachments);
	if (index === undefined) {
		index = Map.groupBy(attachments, (each) => each.place);
		byMachine.set(attachments, index);
	}
	let found: Attachment | undefined;
	for (const each of index.get(place) ?? [])
		if (each.device === device && (each.eni?.vlan ?? null) === vlan) found = each;
	return found;
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
