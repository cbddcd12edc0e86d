/** A pod's veth pair, its addresses and its way out (cni-plugin/pkg/dataplane/linux/dataplane_linux.go, felix endpoint_mgr.go). */

import { address, addressBits, type Family } from "../../address/address.ts";
import { defaultPrefix, hostPrefix } from "../../address/prefix.ts";
import type { Pod } from "../../cluster/objects.ts";
import { sha1Hex } from "../../digest/sha1.ts";
import type { Origin } from "../../origin/origin.ts";
import type { Contribution } from "../../state/contribution.ts";
import { hardwareAddress, linkLocalAddress } from "../../state/hardware-address.ts";
import type { InterfaceAddress, Route } from "../../state/ip.ts";
import type { Link, VethLink } from "../../state/link.ts";
import { podPlace } from "../../state/place.ts";
import { unicastRoute } from "../route.ts";

export const POD_DEVICE = "eth0";
const HOST_MAC = "ee:ee:ee:ee:ee:ee";
/** No device has it: the node answers for it, as for any address, by proxy ARP. */
const IPV4_GATEWAY = address("169.254.1.1");
const IPV6_GATEWAY = linkLocalAddress(HOST_MAC);
/** What is left of IFNAMSIZ after the prefix. */
const DIGITS = 11;

/** `cali` and the first eleven digits of SHA-1 over `NAMESPACE.NAME` (workload_endpoint_default.go VethNameForWorkload). */
export function hostInterface({ namespace, name }: Pick<Pod, "namespace" | "name">): string {
	return `cali${sha1Hex(`${namespace}.${name}`).slice(0, DIGITS)}`;
}

/** The pod's end. It does not forward, whatever its node does. */
export function podEnd(pod: Pod, mtu: number): Contribution {
	const origin = originOf(pod, "calico-cni");
	return {
		links: [vethEnd(POD_DEVICE, hardwareAddress(podPlace(pod), POD_DEVICE), mtu, origin)],
		addresses: pod.podIPs.map(
			(each): InterfaceAddress => ({
				device: POD_DEVICE,
				address: each,
				prefixLength: addressBits(each.family),
				scope: "global",
				secondary: false,
				noPrefixRoute: false,
				origin,
			}),
		),
		routes: familiesOf(pod).flatMap((family) => podRoutes(family, origin)),
		sysctls: new Map([
			["net.ipv4.ip_forward", "0"],
			["net.ipv6.conf.all.forwarding", "0"],
			[`net.ipv6.conf.${POD_DEVICE}.accept_dad`, "0"],
		]),
	};
}

function podRoutes(family: Family, origin: Origin): readonly Route[] {
	const device = POD_DEVICE;
	if (family === 6) return [unicastRoute(defaultPrefix(6), { via: IPV6_GATEWAY, device, origin })];
	return [
		unicastRoute(hostPrefix(IPV4_GATEWAY), { device, origin }),
		unicastRoute(defaultPrefix(4), { via: IPV4_GATEWAY, device, origin }),
	];
}

/** How a node is set up for its pods' devices. */
export interface HostEndOptions {
	readonly mtu: number;
	/** Felix gives each device what the node has as `default`. */
	readonly rpFilter: string;
	/** Programs at the devices decide, which podpath does not evaluate. */
	readonly ebpf: boolean;
}

/** The node's ends: devices without addresses, and a route to each of the pod's. */
export function hostEnds(pods: readonly Pod[], options: HostEndOptions): Contribution {
	return {
		links: pods.map((pod): Link => {
			const veth = vethEnd(hostInterface(pod), HOST_MAC, options.mtu, originOf(pod, "calico-cni"));
			return options.ebpf ? { ...veth, kind: "other", driver: "veth with Calico's eBPF programs" } : veth;
		}),
		routes: pods.flatMap((pod) =>
			pod.podIPs.map((each) =>
				unicastRoute(hostPrefix(each), { device: hostInterface(pod), origin: originOf(pod, "felix") }),
			),
		),
		sysctls: new Map(pods.flatMap((pod) => deviceSysctls(pod, options))),
	};
}

/** `configureInterface` of felix/dataplane/linux/endpoint_mgr.go. */
function deviceSysctls(pod: Pod, { rpFilter }: HostEndOptions): readonly (readonly [string, string])[] {
	const device = hostInterface(pod);
	const ipv4 = `net.ipv4.conf.${device}`;
	const ipv6 = `net.ipv6.conf.${device}`;
	const families = familiesOf(pod);
	return [
		[`${ipv6}.accept_ra`, "0"],
		...(families.includes(4)
			? ([
					[`${ipv4}.route_localnet`, "1"],
					[`net.ipv4.neigh.${device}.proxy_delay`, "0"],
					[`${ipv4}.proxy_arp`, "1"],
					[`${ipv4}.forwarding`, "1"],
					[`${ipv4}.rp_filter`, rpFilter],
				] as const)
			: []),
		...(families.includes(6)
			? ([
					[`${ipv6}.proxy_ndp`, "1"],
					[`${ipv6}.forwarding`, "1"],
				] as const)
			: []),
	];
}

function familiesOf(pod: Pod): readonly Family[] {
	return ([4, 6] as const).filter((family) => pod.podIPs.some((each) => each.family === family));
}

function vethEnd(name: string, mac: string, mtu: number, origin: Origin): VethLink {
	return { kind: "veth", name, index: 0, mtu, mac, up: true, carrier: true, origin };
}

function originOf(pod: Pod, component: string): Origin {
	return { component, object: podPlace(pod) };
}
