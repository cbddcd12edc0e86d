/**
 * What the flannel CNI plugin has the bridge and host-local plugins make: cni0, a veth pair for each pod, and the pod's
 * addresses and routes (containernetworking/plugins bridge.go, flannel-io/cni-plugin flannel_linux.go, and the delegate
 * section of kube-flannel.yml: hairpinMode and isDefaultGateway).
 */

import { type Address, addressBits } from "../../address/address.ts";
import { contains, defaultPrefix, lastAddress, type Prefix, prefixOf } from "../../address/prefix.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import { KERNEL, type Origin } from "../../origin/origin.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { FdbEntry, InterfaceAddress, Route } from "../../state/ip.ts";
import { type BridgeLink, DEFAULT_BRIDGE_PORT, type VethLink } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import { unicastRoute } from "../route.ts";
import type { Lease } from "./leases.ts";

export const BRIDGE = "cni0";
export const POD_DEVICE = "eth0";

/** The pod's end: its device, addresses and routes. */
export function podEnd(pod: Pod, leases: readonly Lease[], networks: readonly Prefix[], mtu: number): Contribution {
	const origin = originOf(pod);
	const addresses = pod.podIPs.map((address) => ({ address, lease: leaseFor(address, leases) }));
	const used = addresses.map(({ lease }) => lease).filter((lease) => lease !== undefined);
	const stray = addresses.filter(({ lease }) => lease === undefined).map(({ address }) => address);
	return {
		links: [vethEnd(POD_DEVICE, podMac(pod), mtu, origin)],
		addresses: addresses.map(({ address, lease }) =>
			interfaceAddress(POD_DEVICE, address, lease?.subnet.length ?? addressBits(address.family), origin),
		),
		routes: used.flatMap((lease) => podRoutes(lease, networks, origin)),
		sysctls: POD_SYSCTLS,
		assumptions: strays(pod, stray, leases),
	};
}

/** bridge.go, before it configures the device. */
const POD_SYSCTLS: ReadonlyMap<string, string> = new Map([
	[`net.ipv4.conf.${POD_DEVICE}.arp_notify`, "1"],
	[`net.ipv6.conf.${POD_DEVICE}.accept_dad`, "0"],
]);

/** host-local's subnet that the address is from. */
export function leaseFor(address: Address, leases: readonly Lease[]): Lease | undefined {
	for (const lease of leases) if (contains(lease.subnet, address)) return lease;
	return undefined;
}

/** Addresses that host-local cannot have given the pod: it has neither subnet nor routes for them. */
function strays(pod: Pod, addresses: readonly Address[], leases: readonly Lease[]): readonly Assumption[] {
	if (addresses.length === 0 || leases.length === 0) return [];
	const place = podPlace(pod);
	const subnets = leases.map(({ subnet }) => subnet.text);
	const message = phrase("pod-address-outside-subnet", {
		pod: place,
		addresses: addresses.map(({ text }) => text),
		subnets,
	});
	return [{ code: "pod-address-outside-subnet", message, place }];
}

/** FLANNEL_NETWORK is added to the routes of the delegate, and isDefaultGateway adds the default route. */
function podRoutes({ family, gateway: via }: Lease, networks: readonly Prefix[], origin: Origin): readonly Route[] {
	const own = networks.filter((network) => network.family === family);
	const options = { via, device: POD_DEVICE, origin };
	return [...own, defaultPrefix(family)].map((destination) => unicastRoute(destination, options));
}

/** The node's end: cni0 with the gateway addresses, and the pods' veths as its ports. */
export function nodeEnd(
	node: Node,
	leases: readonly Lease[],
	ports: readonly { readonly pod: Pod; readonly device: string }[],
	mtu: number,
): Contribution {
	const place = `node/${node.name}`;
	const origin: Origin = { component: "bridge-plugin", object: place };
	const bridge: BridgeLink = {
		kind: "bridge",
		name: BRIDGE,
		index: 0,
		mtu,
		mac: hardwareAddress(place, BRIDGE),
		up: true,
		carrier: ports.length > 0,
		vlanFiltering: false,
		defaultPvid: 1,
		origin,
	};
	const veths = ports.map(
		({ pod, device }): VethLink => ({
			...vethEnd(device, hardwareAddress(place, device), mtu, originOf(pod)),
			master: BRIDGE,
			bridgePort: { ...DEFAULT_BRIDGE_PORT, hairpin: true },
		}),
	);
	return {
		links: [bridge, ...veths],
		addresses: leases.map(({ gateway, subnet }) => interfaceAddress(BRIDGE, gateway, subnet.length, origin)),
		fdb: ports.map(({ pod, device }) => learned(pod, device)),
		sysctls: new Map([[`net.ipv6.conf.${BRIDGE}.accept_ra`, "0"]]),
	};
}

/** With arp_notify a pod announces itself when its device comes up, so its bridge port is learned. */
function learned(pod: Pod, device: string): FdbEntry {
	return { device, mac: podMac(pod), master: BRIDGE, self: false, state: "dynamic", origin: KERNEL };
}

function vethEnd(name: string, mac: string, mtu: number, origin: Origin): VethLink {
	return { kind: "veth", name, index: 0, mtu, mac, up: true, carrier: true, origin };
}

function podMac(pod: Pod): string {
	return hardwareAddress(podPlace(pod), POD_DEVICE);
}

function originOf(pod: Pod): Origin {
	return { component: "bridge-plugin", object: podPlace(pod) };
}

/** Go's netlink package gives an IPv4 address its subnet's broadcast address. */
function interfaceAddress(device: string, address: Address, prefixLength: number, origin: Origin): InterfaceAddress {
	const hasBroadcast = address.family === 4 && prefixLength < 31;
	return {
		device,
		address,
		prefixLength,
		scope: "global",
		...(hasBroadcast && { broadcast: lastAddress(prefixOf(address, prefixLength)) }),
		secondary: false,
		noPrefixRoute: false,
		origin,
	};
}
