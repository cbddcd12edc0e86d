/**
 * What the kernel adds to a namespace by itself when an address is put on a device: connected, local, broadcast,
 * anycast and multicast routes (net/ipv4/fib_frontend.c fib_add_ifaddr, net/ipv6/addrconf.c).
 */
import { type Address, address, addressFromWords, isUnspecified } from "../address/address.ts";
import { contains, hostPrefix, lastAddress, type Prefix, prefix, prefixOf } from "../address/prefix.ts";
import { KERNEL } from "../origin/origin.ts";
import { linkLocalAddress } from "./hardware-address.ts";
import { type InterfaceAddress, type Route, type RouteType, TABLE_LOCAL, TABLE_MAIN } from "./ip.ts";
import type { Link } from "./link.ts";

/** IP6_RT_PRIO_ADDRCONF. */
const METRIC_ADDRCONF = 256;
const IPV6_MULTICAST = prefix("ff00::/8");
const IPV6_LINK_LOCAL_LENGTH = 64;
const LIMITED_BROADCAST = "255.255.255.255";

/** The addresses of the loopback device, which it gets when it is set up. */
export const LOOPBACK_ADDRESSES: readonly InterfaceAddress[] = [
	kernelAddress("lo", address("127.0.0.1"), 8, "host"),
	kernelAddress("lo", address("::1"), 128, "host"),
];

/** The link-local address of a device that is up and has a MAC or, as a tunnel, an address of its own; others get none. */
export function linkLocalOf(link: Link): InterfaceAddress | undefined {
	if (!link.up || link.kind === "loopback") return undefined;
	const made = link.kind === "ipip" ? tunnelLinkLocal(link.local) : link.mac && linkLocalAddress(link.mac);
	return made ? kernelAddress(link.name, made, IPV6_LINK_LOCAL_LENGTH, "link") : undefined;
}

/** Blocks that __ipv6_isatap_ifid() (net/ipv6/addrconf.c) takes for not unique in the world. */
const NOT_UNIVERSAL: readonly Prefix[] = [
	...["0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24", "192.88.99.0/24"],
	...["192.168.0.0/16", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "255.255.255.255/32"],
].map(prefix);

/** `fe80::5efe:LOCAL`, with the bit for what is unique in the world (RFC 5214 6.1). */
function tunnelLinkLocal(local: Address | undefined): Address | undefined {
	if (local === undefined || local.family !== 4 || isUnspecified(local)) return undefined;
	const isUniversal = !NOT_UNIVERSAL.some((block) => contains(block, local));
	return addressFromWords([0xfe80_0000, 0, (isUniversal ? 0x0200_5efe : 0x0000_5efe) >>> 0, local.words[0] as number]);
}

/** The multicast route of a device that speaks IPv6 (addrconf_add_mroute). */
export function multicastRouteOf(link: Link): Route | undefined {
	if (!link.up || link.kind === "loopback" || (link.mac === null && link.kind !== "ipip")) return undefined;
	return ipv6Route("multicast", link.name, IPV6_MULTICAST, METRIC_ADDRCONF);
}

/**
 * The routes that come with the addresses of one device. `addresses` are the device's own, in their order;
 * `forwarding` is whether IPv6 is forwarded, as routers also answer for the subnet-router anycast address (RFC 4291 2.6.1).
 */
export function routesOfAddresses(link: Link, addresses: readonly InterfaceAddress[], forwarding: boolean): Route[] {
	const routes = new Map<string, Route>();
	for (const each of addresses) {
		const made = each.address.family === 4 ? ipv4Routes(link, each, addresses) : ipv6Routes(link, each, forwarding);
		// Two addresses may ask for the same route (an explicit broadcast address is usually the subnet's): it is there once.
		for (const route of made) {
			const key = `${route.type} ${route.destination.text}`;
			if (!routes.has(key)) routes.set(key, route);
		}
	}
	return [...routes.values()];
}

/** fib_add_ifaddr(). */
function ipv4Routes(link: Link, each: InterfaceAddress, all: readonly InterfaceAddress[]): Route[] {
	const subnet = prefixOf(each.peer ?? each.address, each.prefixLength);
	const source = each.secondary ? (primaryOf(subnet, all) ?? each.address) : each.address;
	const route = (type: RouteType, destination: Prefix): Route => ipv4Route(type, link.name, destination, source);
	const routes = [route("local", hostPrefix(each.address))];
	if (!link.up) return routes;
	if (each.broadcast !== undefined && each.broadcast.text !== LIMITED_BROADCAST) {
		routes.push(route("broadcast", hostPrefix(each.broadcast)));
	}
	const hasSubnet = subnet.address.text !== each.address.text || each.prefixLength < 32;
	if (each.secondary || !hasSubnet || isUnspecified(subnet.address)) return routes;
	if (!each.noPrefixRoute) routes.push(route(link.kind === "loopback" ? "local" : "unicast", subnet));
	if (each.prefixLength < 31) routes.push(route("broadcast", hostPrefix(lastAddress(subnet))));
	return routes;
}

/** inet_ifa_byprefix(): the primary address of a secondary one's subnet. */
function primaryOf(subnet: Prefix, all: readonly InterfaceAddress[]): Address | undefined {
	return all.find((other) => {
		if (other.secondary || other.address.family !== subnet.family || other.prefixLength !== subnet.length) return false;
		return prefixOf(other.peer ?? other.address, other.prefixLength).text === subnet.text;
	})?.address;
}

/** inet6_addr_add(), addrconf_dad_completed(). */
function ipv6Routes(link: Link, each: InterfaceAddress, forwarding: boolean): Route[] {
	// On a device that is down an address stays tentative, without its route, unless the device does no neighbour discovery
	// anyway (addrconf_dad_begin: IFF_NOARP). So kube-ipvs0, a dummy that is never set up, does have local addresses.
	if (!link.up && link.noArp !== true) return [];
	const routes = [ipv6Route("local", link.name, hostPrefix(each.address), 0)];
	if (!link.up || link.kind === "loopback") return routes;
	const subnet = prefixOf(each.peer ?? each.address, each.prefixLength);
	if (!each.noPrefixRoute) routes.push(ipv6Route("unicast", link.name, subnet, METRIC_ADDRCONF));
	if (forwarding && each.prefixLength < 127) {
		routes.push(ipv6Route("anycast", link.name, hostPrefix(subnet.address), 0));
	}
	return routes;
}

/** fib_magic(): local and broadcast routes go to the local table, the others to main. */
function ipv4Route(type: RouteType, device: string, destination: Prefix, preferredSource: Address): Route {
	return {
		family: 4,
		table: type === "unicast" ? TABLE_MAIN : TABLE_LOCAL,
		type,
		destination,
		protocol: "kernel",
		scope: type === "local" ? "host" : "link",
		metric: 0,
		preferredSource,
		nextHops: [{ device, onlink: false, weight: 1 }],
		origin: KERNEL,
	};
}

function ipv6Route(type: RouteType, device: string, destination: Prefix, metric: number): Route {
	return {
		family: 6,
		table: type === "unicast" ? TABLE_MAIN : TABLE_LOCAL,
		type,
		destination,
		protocol: "kernel",
		scope: "global",
		metric,
		nextHops: [{ device, onlink: false, weight: 1 }],
		origin: KERNEL,
	};
}

function kernelAddress(
	device: string,
	of: Address,
	prefixLength: number,
	scope: InterfaceAddress["scope"],
): InterfaceAddress {
	return { device, address: of, prefixLength, scope, secondary: false, noPrefixRoute: false, origin: KERNEL };
}
