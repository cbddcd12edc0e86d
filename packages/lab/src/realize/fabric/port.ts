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

export interface AttachedPort extends FabricPort {
	readonly attachment: Attachment;
}

/** The ports with what the fabric knows of the cards there. */
export function attachedPorts(
	ports: readonly FabricPort[],
	attachments: readonly Attachment[],
): readonly AttachedPort[] {
	const byDevice = new Map(attachments.map((each) => [`${each.place} ${each.device}`, each]));
	return ports.flatMap((port) => {
		const attachment = byDevice.get(`${port.to.place} ${port.to.device}`);
		return attachment === undefined ? [] : [{ ...port, attachment }];
	});
}
