/** The gateway that Terway gives pods: an address that nobody has, and a neighbour entry that says where it leads. */
import { type Address, address, addressBits, type Family } from "../../address/address.ts";
import type { Origin } from "../../origin/origin.ts";
import type { InterfaceAddress, Neighbour } from "../../state/ip.ts";
import type { VethLink } from "../../state/link.ts";

/** plugin/datapath/consts_linux.go */
export const LINK_LOCAL_GATEWAY: Readonly<Record<Family, Address>> = {
	4: address("169.254.1.1"),
	6: address("fe80::1"),
};
export const POD_DEVICE = "eth0";
export const DEFAULT_MTU = 1500;

export function terwayOrigin(object: string, note?: string): Origin {
	return { component: "terway", object, ...(note === undefined ? {} : { note }) };
}

/** `169.254.1.1 dev DEVICE lladdr MAC PERMANENT`, in each of these families. */
export function gatewayNeighbours(
	device: string,
	mac: string,
	families: readonly Family[],
	origin: Origin,
): readonly Neighbour[] {
	return families.map((family) => ({
		family,
		device,
		address: LINK_LOCAL_GATEWAY[family],
		mac,
		state: "permanent",
		proxy: false,
		origin,
	}));
}

/** An address as Terway puts it on a device: alone, unless a length is given. */
export function addressOn(
	device: string,
	given: Address,
	origin: Origin,
	more: { readonly prefixLength?: number; readonly scope?: string } = {},
): InterfaceAddress {
	const { prefixLength = addressBits(given.family), scope = "global" } = more;
	return { device, address: given, prefixLength, scope, secondary: false, noPrefixRoute: false, origin };
}

export function veth(name: string, mac: string, mtu: number, origin: Origin): VethLink {
	return { kind: "veth", name, index: 0, mtu, mac, up: true, carrier: true, origin };
}

export function familiesOf(addresses: readonly Address[]): readonly Family[] {
	return ([4, 6] as const).filter((family) => addresses.some((each) => each.family === family));
}
