/** Cards: what a machine, or a pod with an ENI for itself, has on the fabric. */
import { type Address, addressBits, type Family } from "../../address/address.ts";
import { contains, type Prefix, prefixOf } from "../../address/prefix.ts";
import type { EniObject } from "../../cluster/settings.ts";
import type { Origin } from "../../origin/origin.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { Place } from "../../state/place.ts";

/** The device by which every machine stands in the underlay. */
export const CARD = "eth0";

const ETHERNET_MTU = 1500;

/** One subnet of a fabric device: what a card in it is configured with. */
export interface Subnet {
	readonly fabric: Place;
	/** Of a vSwitch its id. */
	readonly id?: string;
	readonly prefix: Prefix;
	/** Absent: the subnet has no way out. */
	readonly gateway?: Address;
	readonly mtu: number;
	readonly origin: Origin;
}

export interface CardAddress {
	readonly address: Address;
	readonly prefixLength: number;
	readonly gateway?: Address;
}

/** A machine's card, or one that a pod has for itself. */
export interface Card {
	readonly place: Place;
	readonly device: string;
	readonly mac: string;
	readonly mtu: number;
	/** Absent: the input does not say where it is connected. */
	readonly fabric?: Place;
	/** Those that the fabric gives it. Which of them its machine configures is for who sets that up. */
	readonly addresses: readonly CardAddress[];
	/** The vSwitch of each family, by which also an ENI without an address of that family finds its gateway. */
	readonly subnets: readonly Subnet[];
	/** What the cloud knows of it; absent where no object describes it. */
	readonly eni?: EniObject;
	readonly origin: Origin;
}

/** Finds the subnet of an address. */
export type SubnetOf = (address: Address) => Subnet | undefined;

/** A card at this place, in the subnets that hold its addresses; `vSwitch` is used where it has none. */
export function cardAt(
	at: { readonly place: Place; readonly device: string; readonly mac?: string },
	addresses: readonly Address[],
	subnetOf: SubnetOf,
	more: { readonly eni?: EniObject; readonly vSwitch?: Subnet | undefined },
): Card {
	const found = addresses.map(subnetOf);
	const first = more.vSwitch ?? found.find((subnet) => subnet !== undefined);
	const { place, device } = at;
	const base = {
		place,
		device,
		mac: at.mac || hardwareAddress(place, device),
		...(more.eni !== undefined && { eni: more.eni }),
	};
	if (first === undefined) {
		const origin = { component: "machine", object: place };
		return { ...base, mtu: ETHERNET_MTU, addresses: addresses.map(bare), subnets: [], origin };
	}
	const own = found.filter((subnet): subnet is Subnet => subnet?.fabric === first.fabric);
	return {
		...base,
		mtu: first.mtu,
		fabric: first.fabric,
		addresses: addresses.map((address, i) => {
			const subnet = found[i];
			// A card is on one fabric device: an address of another one has no subnet here.
			if (subnet?.fabric !== first.fabric) return bare(address);
			return { address, prefixLength: subnet.prefix.length, ...(subnet.gateway && { gateway: subnet.gateway }) };
		}),
		subnets: [...new Set([first, ...own])],
		origin: first.origin,
	};
}

function bare(address: Address): CardAddress {
	return { address, prefixLength: addressBits(address.family) };
}

/** The gateway of the card's vSwitch in a family: what a route out of it goes by. */
export function gatewayOf(card: Card, family: Family): Address | undefined {
	return (
		card.addresses.find((each) => each.address.family === family && each.gateway !== undefined)?.gateway ??
		card.subnets.find((subnet) => subnet.gateway?.family === family)?.gateway
	);
}

/** Whether a machine reaches the address on the link of its card, by its own prefix of that family. */
export function onLink(card: Card, candidate: Address): boolean {
	return card.addresses.some(({ address, prefixLength }) => sharesPrefix(address, candidate, prefixLength));
}

function sharesPrefix(a: Address, b: Address, length: number): boolean {
	return a.family === b.family && contains(prefixOf(a, length), b);
}

/** The card's first address of a family. */
export function cardAddress(card: Card, family: Family): CardAddress | undefined {
	return card.addresses.find((each) => each.address.family === family);
}
