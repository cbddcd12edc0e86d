/**
 * A pod's two cards: a macvlan on the VLAN for pods, and a veth for Services, which kube-proxy translates on the node (bifrost
 * macvlan.go, network_linux.go; names as seed 004 L621 and L634 have them).
 */

import { address } from "../../address/address.ts";
import { defaultPrefix, hostPrefix, lastAddress, type Prefix } from "../../address/prefix.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { Route } from "../../state/ip.ts";
import type { VethLink, VlanLink } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import type { PodVlan } from "../pod-vlans.ts";
import { unicastRoute } from "../route.ts";
import type { Card } from "../underlay/underlay.ts";
import { hostInterface, parentDevice } from "./names.ts";

const POD_DEVICE = "eth0";
export const SERVICE_DEVICE = "veth0";
const GATEWAY = address("169.254.1.1");
const HOST_MAC = "ee:ee:ee:ee:ee:ee";
/** network_linux.go has it in its text. */
const VETH_MTU = 1500;

export interface PodParts {
	readonly vlan: PodVlan;
	readonly node: Node | undefined;
	readonly card: Card;
	/** What leads to Services. */
	readonly serviceCIDRs: readonly Prefix[];
}

export function podEnd(pod: Pod, { vlan, node, card, serviceCIDRs }: PodParts): Contribution {
	const place = podPlace(pod);
	const origin = { component: "bifrost", object: place };
	const through = [...serviceCIDRs, ...(node?.internalIPs ?? []).map(hostPrefix)].filter(({ family }) => family === 4);
	const ways: Route[] =
		vlan.gateway === undefined
			? []
			: [unicastRoute(defaultPrefix(4), { via: vlan.gateway, device: POD_DEVICE, origin })];
	return {
		links: [
			{
				kind: "macvlan",
				name: POD_DEVICE,
				index: 0,
				mtu: card.mtu,
				mac: hardwareAddress(place, POD_DEVICE),
				up: true,
				carrier: true,
				lower: { place: card.place, device: parentDevice(vlan.vlan) },
				mode: "bridge",
				origin,
			},
			veth(SERVICE_DEVICE, hardwareAddress(place, SERVICE_DEVICE), pod),
		],
		addresses: [
			{
				device: POD_DEVICE,
				address: vlan.address,
				prefixLength: vlan.cidr.length,
				scope: "global",
				broadcast: lastAddress(vlan.cidr),
				secondary: false,
				noPrefixRoute: false,
				origin,
			},
		],
		routes: [
			...ways,
			unicastRoute(hostPrefix(GATEWAY), { device: SERVICE_DEVICE, origin }),
			...through.map((each) => unicastRoute(each, { via: GATEWAY, device: SERVICE_DEVICE, origin })),
		],
		sysctls: new Map([
			["net.ipv4.ip_forward", "1"],
			[`net.ipv4.conf.${POD_DEVICE}.proxy_arp`, "1"],
		]),
	};
}

/** The node's end of the veth, which answers for the gateway, and the way to the pod by it. */
export function hostEnd(pod: Pod, { vlan }: Pick<PodParts, "vlan">): Contribution {
	const device = hostInterface(pod);
	const origin = { component: "bifrost", object: podPlace(pod) };
	return {
		links: [veth(device, HOST_MAC, pod)],
		routes: [unicastRoute(hostPrefix(vlan.address), { device, origin })],
		sysctls: new Map([
			[`net.ipv4.conf.${device}.proxy_arp`, "1"],
			[`net.ipv4.neigh.${device}.proxy_delay`, "0"],
			[`net.ipv4.conf.${device}.forwarding`, "1"],
		]),
	};
}

function veth(name: string, mac: string, pod: Pod): VethLink {
	const origin = { component: "bifrost", object: podPlace(pod) };
	return { kind: "veth", name, index: 0, mtu: VETH_MTU, mac, up: true, carrier: true, origin };
}

/** The VLAN device on the node that pods' macvlans stand on. It has no address: the node is not part of the VLAN. */
export function vlanParent(card: Card, id: number): VlanLink {
	const base = { index: 0, mtu: card.mtu, mac: card.mac, up: true, carrier: true };
	const origin = { component: "bifrost", object: card.place };
	return { kind: "vlan", name: parentDevice(id), ...base, lower: { device: card.device }, id, origin };
}
