/** The devices by which pods' packets leave a node: the tunnel of the overlay network, and a VLAN device for each VLAN. */

import type { Address } from "../../address/address.ts";
import type { Node } from "../../cluster/objects.ts";
import { VXLAN_OVERHEAD } from "../../packet/packet.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { InterfaceAddress, Neighbour } from "../../state/ip.ts";
import { podPlace } from "../../state/place.ts";
import { type Card, cardAddress } from "../underlay/underlay.ts";
import { hybridnetOrigin, VXLAN_PORT } from "./constants.ts";
import { forwardDevice, type PodAddress, type PodSubnet } from "./networks.ts";

/** A pod of a node with its addresses. */
export interface NodePod {
	readonly pod: { readonly namespace: string; readonly name: string };
	readonly addresses: readonly PodAddress[];
}

/** Another node, as NodeInfo tells of it: where its tunnel ends, and what is behind. */
export interface Peer {
	readonly node: Node;
	readonly card: Card;
	readonly pods: readonly NodePod[];
}

/** Broadcasts are sent to this MAC instead, by a tc filter of the device, and the FDB has it for every peer (vxlan.go). */
const BROADCAST_STAND_IN = "ff:ff:ff:ff:ff:f1";

/** `eth0.vxlanN` with the node's own MAC and addresses. */
export function vxlanDevice(node: Node, card: Card, subnet: PodSubnet): Contribution {
	const name = forwardDevice(subnet);
	const origin = hybridnetOrigin(`node/${node.name}`);
	const local = cardAddress(card, 4)?.address ?? cardAddress(card, 6)?.address;
	return {
		links: [
			{
				kind: "vxlan",
				name,
				index: 0,
				mtu: card.mtu - VXLAN_OVERHEAD[local?.family ?? 4],
				mac: card.mac,
				up: true,
				carrier: true,
				vni: subnet.netID,
				...(local !== undefined && { local }),
				dstport: VXLAN_PORT,
				lower: { device: card.device },
				learning: true,
				external: false,
				origin,
			},
		],
		addresses: card.addresses.map(
			({ address, prefixLength }): InterfaceAddress => ({
				device: name,
				address,
				prefixLength,
				scope: "global",
				secondary: false,
				noPrefixRoute: true,
				origin,
			}),
		),
		sysctls: forwardSysctls(name),
	};
}

/** FDB entries for a peer, and the neighbours that the daemon sets when the kernel asks for one (controller.go). */
export function towardsPeer({ node, card, pods }: Peer, device: string): Contribution {
	const origin = hybridnetOrigin(`node/${node.name}`);
	const end = cardAddress(card, 4)?.address ?? cardAddress(card, 6)?.address;
	if (end === undefined) return {};
	const entry = { device, destination: end, self: true, state: "permanent", origin } as const;
	const own = card.addresses.map((each) => neighbour(each.address, device, card.mac, origin));
	const ofPods = pods.flatMap(({ pod, addresses }) =>
		addresses.map(({ address }) => neighbour(address, device, card.mac, hybridnetOrigin(podPlace(pod)))),
	);
	return {
		fdb: [
			{ ...entry, mac: card.mac },
			{ ...entry, mac: BROADCAST_STAND_IN },
		],
		neighbours: [...own, ...ofPods],
	};
}

function neighbour(address: Address, device: string, mac: string, origin: Neighbour["origin"]): Neighbour {
	return { family: address.family, device, address, mac, state: "reachable", proxy: false, origin };
}

/** `eth0.N`; the VLAN 0 is the card itself. */
export function vlanDevice(node: Node, card: Card, subnet: PodSubnet): Contribution {
	const name = forwardDevice(subnet);
	if (name === card.device) return { sysctls: forwardSysctls(name) };
	const origin = hybridnetOrigin(`node/${node.name}`);
	const base = { name, index: 0, mtu: card.mtu, mac: card.mac, up: true, carrier: true, origin };
	return {
		links: [{ ...base, kind: "vlan", lower: { device: card.device }, id: subnet.netID }],
		sysctls: forwardSysctls(name),
	};
}

/** The node answers for its pods on the device. */
export function proxied(device: string, pods: readonly NodePod[]): readonly Neighbour[] {
	return pods.flatMap(({ pod, addresses }) =>
		addresses.map(
			({ address }): Neighbour => ({
				family: address.family,
				device,
				address,
				mac: null,
				state: "none",
				proxy: true,
				origin: hybridnetOrigin(podPlace(pod)),
			}),
		),
	);
}

/** Answers for pods come at once; IPv6 answers for others only where it is told to. */
function forwardSysctls(device: string): ReadonlyMap<string, string> {
	// sysctl(8) writes a dot in a device's name as a slash.
	const name = device.replaceAll(".", "/");
	return new Map([
		[`net.ipv4.conf.${name}.rp_filter`, "0"],
		[`net.ipv4.conf.${name}.forwarding`, "1"],
		[`net.ipv4.neigh.${name}.proxy_delay`, "0"],
		[`net.ipv6.conf.${name}.proxy_ndp`, "1"],
		[`net.ipv6.neigh.${name}.proxy_delay`, "0"],
	]);
}
