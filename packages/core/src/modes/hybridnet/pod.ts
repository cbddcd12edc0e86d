/** A pod's veth pair: the same in every mode (hybridnet pkg/daemon/containernetwork, utils/network.go). */

import type { Family } from "../../address/address.ts";
import { defaultPrefix, hostPrefix } from "../../address/prefix.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { VethLink } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import { unicastRoute } from "../route.ts";
import { HOST_MAC, hostInterface, hybridnetOrigin, LOCAL_PODS_TABLE, POD_DEVICE, POD_GATEWAY } from "./constants.ts";
import type { PodAddress } from "./networks.ts";

/** The pod's end. Its address brings no route to its subnet, so that also neighbours in it are reached through the node. */
export function podEnd(pod: Pod, addresses: readonly PodAddress[], mac: string, mtu: number): Contribution {
	const origin = hybridnetOrigin(podPlace(pod));
	const families = familiesOf(addresses);
	return {
		links: [veth(POD_DEVICE, mac, mtu, pod)],
		addresses: addresses.map(({ address, subnet }) => ({
			device: POD_DEVICE,
			address,
			prefixLength: subnet.cidr.length,
			scope: "global",
			secondary: false,
			noPrefixRoute: true,
			origin,
		})),
		routes: families.flatMap((family) => {
			const via = POD_GATEWAY[family];
			const way = unicastRoute(defaultPrefix(family), { via, device: POD_DEVICE, origin });
			// IPv6's gateway is on the link by being link-local.
			return family === 4 ? [unicastRoute(hostPrefix(via), { device: POD_DEVICE, origin }), way] : [way];
		}),
	};
}

/** The node's end: it answers for the gateway, and table 39999 leads to the pod. */
export function hostEnd(pod: Pod, addresses: readonly PodAddress[], mtu: number): Contribution {
	const device = hostInterface(pod);
	const origin = hybridnetOrigin(podPlace(pod));
	return {
		links: [veth(device, HOST_MAC, mtu, pod)],
		routes: addresses.map(({ address }) => ({
			...unicastRoute(hostPrefix(address), { device, origin }),
			table: LOCAL_PODS_TABLE,
		})),
		sysctls: new Map([
			[`net.ipv4.conf.${device}.proxy_arp`, "1"],
			[`net.ipv4.neigh.${device}.proxy_delay`, "0"],
			[`net.ipv4.conf.${device}.route_localnet`, "1"],
			[`net.ipv4.conf.${device}.forwarding`, "1"],
			[`net.ipv4.conf.${device}.rp_filter`, "0"],
			...(familiesOf(addresses).includes(6) ? ([[`net.ipv6.conf.${device}.forwarding`, "1"]] as const) : []),
		]),
	};
}

function familiesOf(addresses: readonly PodAddress[]): readonly Family[] {
	return ([4, 6] as const).filter((family) => addresses.some(({ address }) => address.family === family));
}

function veth(name: string, mac: string, mtu: number, pod: Pod): VethLink {
	return { kind: "veth", name, index: 0, mtu, mac, up: true, carrier: true, origin: hybridnetOrigin(podPlace(pod)) };
}
