/** Which of its addresses a stack takes as source (inet_select_addr, net/ipv4/devinet.c; RFC 6724 for IPv6). */
import { type Address, addressBits, type Family, isLinkLocal, isLoopback, startsAs } from "../address/address.ts";
import type { InterfaceAddress } from "../state/ip.ts";
import { type Flow, type Lookup, lookup } from "./fib.ts";
import { perView, type View } from "./view.ts";

/**
 * The source for packets that leave by `device` towards `destination`: the device's first primary address, one in the
 * destination's subnet before others; where the device has none, another device's. Null: the stack has none.
 */
export function selectAddress(view: View, device: string, family: Family, destination: Address): Address | null {
	return family === 4 ? selectIPv4(view, device, destination) : selectIPv6(view, device, destination);
}

function selectIPv4(view: View, device: string, destination: Address): Address | null {
	const sources = sourcesOf(view);
	let ofDevice = sources.get(device);
	if (ofDevice === undefined) {
		ofDevice = sourcesBy(view, device);
		sources.set(device, ofDevice);
	}
	for (const { address, prefixLength } of ofDevice) {
		if (startsAs(destination, address, prefixLength)) return address;
	}
	return ofDevice[0]?.address ?? null;
}

const sourcesOf = perView((): Map<string, readonly InterfaceAddress[]> => new Map());

/** The addresses that packets by a device may have as source, those that are taken before others first. */
function sourcesBy(view: View, device: string): readonly InterfaceAddress[] {
	const own = view
		.addresses(device)
		.filter((each) => each.address.family === 4 && !each.secondary && each.scope !== "host");
	if (own.length > 0) return own;
	// A device without addresses borrows: the first other device with an address of wide enough scope, in device order.
	for (const link of view.state.links) {
		if (link.name === device || !link.up) continue;
		const other = view
			.addresses(link.name)
			.find((each) => each.address.family === 4 && !each.secondary && each.scope === "global");
		if (other !== undefined) return [other];
	}
	return [];
}

function selectIPv6(view: View, device: string, destination: Address): Address | null {
	const candidates = view.state.addresses.filter(
		(each) =>
			each.address.family === 6 &&
			(each.device === device || each.address.text === destination.text || !isNarrow(each)),
	);
	let best: InterfaceAddress | undefined;
	for (const candidate of candidates) {
		if (best === undefined || isBetterIPv6(candidate, best, device, destination)) best = candidate;
	}
	return best?.address ?? null;
}

/** Link-local addresses; to the kernel ::1 is of their scope too (ipv6_addr_type). */
function isNarrow({ address, scope }: InterfaceAddress): boolean {
	return scope === "host" || isLinkLocal(address);
}

/** RFC 6724 section 5, rules 1, 2, 3, 5 and 8: same address, scope, not deprecated, outgoing device, longest match. */
function isBetterIPv6(a: InterfaceAddress, b: InterfaceAddress, device: string, destination: Address): boolean {
	const order = [
		Number(a.address.text === destination.text) - Number(b.address.text === destination.text),
		Number(isNarrow(a) === isLinkLocal(destination)) - Number(isNarrow(b) === isLinkLocal(destination)),
		Number(a.deprecated !== true) - Number(b.deprecated !== true),
		Number(a.device === device) - Number(b.device === device),
		commonPrefixLength(a.address, destination) - commonPrefixLength(b.address, destination),
	];
	return (order.find((difference) => difference !== 0) ?? 0) > 0;
}

function commonPrefixLength(a: Address, b: Address): number {
	let length = 0;
	for (let i = 0; i < a.words.length; i++) {
		const difference = ((a.words[i] as number) ^ (b.words[i] as number)) >>> 0;
		if (difference === 0) {
			length += 32;
			continue;
		}
		return length + Math.clz32(difference);
	}
	return Math.min(length, addressBits(a.family));
}

/**
 * The source address that a flow of this stack gets when it has none yet: that of the route which it takes, so rules that ask
 * for a protocol, ports or a mark count (ip_route_connect, ip6_dst_lookup_tail). Null: there is none, it has no route.
 */
export function sourceFor(view: View, flow: Omit<Flow, "from">): Address | null {
	const { to } = flow;
	const found = lookup(view, flow);
	if (found.kind !== "route") return null;
	if (found.route.preferredSource !== undefined) return found.route.preferredSource;
	if (found.route.type === "local") return isLoopback(to) ? to : localSource(found, to);
	const device = found.nextHop?.device;
	if (device === undefined) return null;
	// IPv4 asks which address fits the next hop (fib_info_update_nhc_saddr), IPv6 which fits the destination (ip6_route_get_saddr).
	const near = to.family === 4 ? found.nextHop?.gateway : undefined;
	return selectAddress(view, device, to.family, near ?? to);
}

/** A stack that talks to one of its own addresses uses that very address as source. */
function localSource(found: Extract<Lookup, { kind: "route" }>, to: Address): Address {
	return found.route.preferredSource ?? to;
}
