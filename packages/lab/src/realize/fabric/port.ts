/** The fabric's ends of the lab's cables. */
import {
	type Address,
	type Attachment,
	type DeviceAt,
	type Link,
	type Neighbour,
	type Origin,
	type VethLink,
	VPC_MAC,
} from "@podpath/core";

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

/** The end of a cable between two of the lab's own: both ends have one MAC, so that neither asks for the other's. */
export function pointToPoint(name: string, mtu: number): VethLink {
	return portLink(name, { mac: VPC_MAC, mtu, noArp: true });
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

/** Permanent entries for a card, which a cloud asks for nothing. */
export function cardNeighbours(device: string, { addresses, mac }: Attachment): readonly Neighbour[] {
	return addresses.map((address) => ({
		family: address.family,
		device,
		address,
		mac,
		state: "permanent",
		proxy: false,
		origin: LAB_ORIGIN,
	}));
}

/** Proxy ARP for all that is routed; `pvlan` also where the way leads back out of the same port. */
export function answersForAll(device: string): readonly (readonly [string, string])[] {
	const name = device.replaceAll(".", "/");
	return [
		[`net.ipv4.conf.${name}.proxy_arp`, "1"],
		[`net.ipv4.conf.${name}.proxy_arp_pvlan`, "1"],
		[`net.ipv4.neigh.${name}.proxy_delay`, "0"],
		[`net.ipv6.conf.${name}.proxy_ndp`, "1"],
		[`net.ipv6.neigh.${name}.proxy_delay`, "0"],
	];
}

/** IPv6 has proxy entries for single addresses only. */
export function proxied(device: string, addresses: readonly Address[]): readonly Neighbour[] {
	return addresses
		.filter(({ family }) => family === 6)
		.map((address) => ({
			family: 6,
			device,
			address,
			mac: null,
			state: "none",
			proxy: true,
			origin: LAB_ORIGIN,
		}));
}
