/** A node's tunnel devices (felix/dataplane/linux/ipip_mgr.go, vxlan_mgr.go, felix/vxlanfdb). */
import { type Address, addressBits, type Family } from "../../address/address.ts";
import type { FelixSettings } from "../../cluster/calico-objects.ts";
import type { Origin } from "../../origin/origin.ts";
import { IPIP_OVERHEAD, VXLAN_OVERHEAD } from "../../packet/packet.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { InterfaceAddress } from "../../state/ip.ts";
import { CARD } from "../underlay/underlay.ts";
import { type NodeFacts, vxlanDevice } from "./calico-nodes.ts";
import type { Pools } from "./pools.ts";

export const IPIP_DEVICE = "tunl0";

/** The devices that the pools ask for. */
export function tunnelDevices(facts: NodeFacts, card: number, pools: Pools, settings: FelixSettings): Contribution[] {
	return [
		...(pools.uses("ipip", 4) ? [ipipDevice(facts, mtuOf("ipip", 4, card, settings))] : []),
		...([4, 6] as const)
			.filter((family) => pools.uses("vxlan", family) && facts.vxlanTunnel[family] !== undefined)
			.map((family) => vxlanDeviceOf(facts, family, card, settings)),
	];
}

/** The MTU that leaves room for the header (felix/dataplane/linux/mtu: IPIP 20, VXLAN 50 and 70). */
export function mtuOf(kind: "ipip" | "vxlan", family: Family, card: number, settings: FelixSettings): number {
	if (kind === "ipip") return settings.ipipMTU || card - IPIP_OVERHEAD;
	return (family === 4 ? settings.vxlanMTU : settings.vxlanMTUV6) || card - VXLAN_OVERHEAD[family];
}

/** Pods' devices take the least that any encapsulation in use leaves (felix/dataplane/linux determinePodMTU). */
export function podMtu(card: number, pools: Pools, settings: FelixSettings): number {
	const mtus = [
		...(pools.uses("ipip", 4) ? [mtuOf("ipip", 4, card, settings)] : []),
		...([4, 6] as const)
			.filter((family) => pools.uses("vxlan", family))
			.map((family) => mtuOf("vxlan", family, card, settings)),
	];
	return Math.min(card, ...mtus);
}

/** The kernel's own device of the ipip module. */
function ipipDevice(facts: NodeFacts, mtu: number): Contribution {
	const origin: Origin = { component: "felix", object: facts.place };
	const link = { name: IPIP_DEVICE, index: 0, mtu, mac: null, up: true, carrier: true, noArp: true, origin } as const;
	return {
		links: [{ kind: "ipip", ...link }],
		addresses: facts.ipipTunnel === undefined ? [] : [hostAddress(IPIP_DEVICE, facts.ipipTunnel, origin)],
	};
}

function vxlanDeviceOf(facts: NodeFacts, family: Family, card: number, settings: FelixSettings): Contribution {
	const origin: Origin = { component: "felix", object: facts.place };
	const name = vxlanDevice(family);
	const local = facts.address[family];
	const own = facts.vxlanTunnel[family];
	return {
		links: [
			{
				kind: "vxlan",
				name,
				index: 0,
				mtu: mtuOf("vxlan", family, card, settings),
				mac: facts.vtepMac[family],
				up: true,
				carrier: true,
				vni: settings.vxlanVNI,
				...(local && { local }),
				dstport: settings.vxlanPort,
				lower: { device: CARD },
				learning: false,
				external: false,
				origin,
			},
		],
		addresses: own === undefined ? [] : [hostAddress(name, own, origin)],
	};
}

function hostAddress(device: string, address: Address, origin: Origin): InterfaceAddress {
	return {
		device,
		address,
		prefixLength: addressBits(address.family),
		scope: "global",
		secondary: false,
		noPrefixRoute: false,
		origin,
	};
}

/** How a node finds another's VXLAN end: a neighbour and an FDB entry, both permanent. */
export function vxlanPeer(facts: NodeFacts, family: Family): Contribution {
	const tunnel = facts.vxlanTunnel[family];
	const destination = facts.address[family];
	if (tunnel === undefined || destination === undefined) return {};
	const device = vxlanDevice(family);
	const mac = facts.vtepMac[family];
	const origin: Origin = { component: "felix", object: facts.place };
	return {
		neighbours: [{ family, device, address: tunnel, mac, state: "permanent", proxy: false, origin }],
		fdb: [{ device, mac, destination, self: true, state: "permanent", origin }],
	};
}
