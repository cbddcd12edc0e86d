/** Clients on the Internet: one machine for each address that is asked about. */
import { type Address, addressBits } from "../address/address.ts";
import { defaultPrefix } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";
import type { Contribution } from "../state/contribution.ts";
import type { Internet } from "../state/fabric.ts";
import { hardwareAddress } from "../state/hardware-address.ts";
import { unicastRoute } from "./route.ts";
import { CARD } from "./underlay/underlay.ts";

const ETHERNET_MTU = 1500;

export const INTERNET: Internet = { kind: "internet", place: "internet" };

/** A machine with this address. It resolves no neighbours, as on a point-to-point link: what lies behind it is not described. */
export function internetClient(address: Address): Contribution {
	const object = `internet/${address.text}`;
	const origin: Origin = { component: "internet", object };
	return {
		links: [
			{
				kind: "physical",
				name: CARD,
				index: 0,
				mtu: ETHERNET_MTU,
				mac: hardwareAddress(object, CARD),
				up: true,
				carrier: true,
				noArp: true,
				origin,
			},
		],
		addresses: [
			{
				device: CARD,
				address,
				prefixLength: addressBits(address.family),
				scope: "global",
				secondary: false,
				noPrefixRoute: false,
				origin,
			},
		],
		routes: [unicastRoute(defaultPrefix(address.family), { device: CARD, protocol: "static", origin })],
	};
}
