/** The fabric's ends of the lab's cables. */
import type { Attachment, DeviceAt, Link, Origin, VethLink } from "@podpath/core";

/** A port of a fabric device, and the machine's device at the other end of its cable. */
export interface FabricPort {
	readonly device: string;
	readonly to: DeviceAt;
	readonly link: Link;
}

/** Entries that stand in for a fabric device are nobody's but the lab's. */
export const LAB_ORIGIN: Origin = { component: "lab" };

/** The way from a fabric device to the Internet, or to nowhere. */
export const UPLINK = "wan";

export const ETHERNET_MTU = 1500;

export function portLink(
	name: string,
	options: { readonly mac: string | null; readonly mtu: number; readonly noArp?: boolean; readonly master?: string },
): VethLink {
	const { mac, mtu, noArp, master } = options;
	return {
		kind: "veth",
		name,
		index: 0,
		mtu,
		mac,
		up: true,
		carrier: true,
		...(noArp === true && { noArp }),
		...(master !== undefined && { master }),
		origin: LAB_ORIGIN,
	};
}

/** A card as the fabric knows it, and by which device of the fabric's it is reached. */
export interface AttachedPort extends FabricPort {
	readonly attachment: Attachment;
}

/** What is attached at these ports. Members of a trunk share its card: each is behind a device of its own, with its tag. */
export function attachedPorts(
	ports: readonly FabricPort[],
	attachments: readonly Attachment[],
): readonly AttachedPort[] {
	const byCard = Map.groupBy(attachments, ({ place, device }) => `${place} ${device}`);
	return ports.flatMap((port) =>
		(byCard.get(`${port.to.place} ${port.to.device}`) ?? []).map((attachment) => {
			const vlan = attachment.eni?.vlan ?? null;
			return { ...port, device: vlan === null ? port.device : `${port.device}.${vlan}`, attachment };
		}),
	);
}
