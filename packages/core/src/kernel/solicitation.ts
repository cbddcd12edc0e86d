/** Asking for a neighbour: with which address that is done, and who answers (net/ipv4/arp.c, net/ipv6/ndisc.c). */
import { type Address, isLinkLocal, isLoopback, isMulticast } from "../address/address.ts";
import { contains, prefixOf } from "../address/prefix.ts";
import type { Link } from "../state/link.ts";
import type { Place } from "../state/place.ts";
import { type Lookup, lookupAll } from "./fib.ts";
import { selectAddress } from "./source-address.ts";
import { validateSource } from "./source-validation.ts";
import type { View } from "./view.ts";

/**
 * The address that the question bears: the packet's own source where it is this stack's (arp_solicit with arp_announce 0) or
 * the device's (ndisc_solicit). Null: none.
 */
export function askingAddress(view: View, link: Link, wanted: Address, source: Address): Address | null {
	if (wanted.family === 6) return discoveringAddress(view, link, source);
	return view.isLocal(source) ? source : selectAddress(view, link.name, 4, wanted);
}

function discoveringAddress(view: View, link: Link, source: Address): Address | null {
	const own = view.addresses(link.name).filter(({ address }) => address.family === 6);
	if (own.some(({ address }) => address.text === source.text)) return source;
	return own.find(({ address }) => isLinkLocal(address))?.address ?? null;
}

/** Somebody answered. */
export interface Answered {
	readonly kind: "answer";
	readonly mac: string;
	readonly by: Place;
	/** The one that answered; null for fabric devices. */
	readonly device: string | null;
	/** Of the askers who are answered; absent: all. */
	readonly share?: number;
}

/** Whether the stack answers for `wanted` when `asker` asks for it on `link`: 0 is no, 1 is yes, what is between is the share of askers. */
export function answersFor(view: View, link: Link, wanted: Address, asker: Asker): number {
	if (link.noArp === true) return 0;
	if (wanted.family === 6) return Number(answersDiscovery(view, link, wanted, asker));
	return answersArp(view, link, wanted, asker.address);
}

/** Who asks. */
export interface Asker {
	/** Null: it has no address yet. */
	readonly address: Address | null;
	readonly mac: string | null;
}

/** ndisc_recv_ns. An advertisement goes as a packet goes: a permanent entry for the asker decides to which MAC. */
function answersDiscovery(view: View, link: Link, wanted: Address, { address: asker, mac }: Asker): boolean {
	const settings = view.settings(link.name);
	const known = asker === null ? undefined : view.neighbour(link.name, asker);
	if (known !== undefined && known.mac !== mac) return false;
	if (view.addresses(link.name).some(({ address }) => address.text === wanted.text)) return true;
	return settings.forwarding[6] && settings.proxyNdp && view.isProxied(link.name, wanted);
}

/**
 * arp_process: the question is routed as a packet from the asker would be. Of several next hops a hash takes one, which reads
 * the asker's addresses where an IP header has its own (ip_multipath_l3_keys): so nobody knows which.
 */
function answersArp(view: View, link: Link, wanted: Address, asker: Address | null): number {
	const { routeLocalnet } = view.settings(link.name);
	if (isMulticast(wanted)) return 0;
	if (!routeLocalnet && (isLoopback(wanted) || (asker !== null && isLoopback(asker)))) return 0;
	let [all, answering] = [0, 0];
	for (const { found, weight } of lookupAll(view, {
		to: wanted,
		iif: link.name,
		...(asker !== null && { from: asker }),
	})) {
		all += weight;
		if (answersAlong(found, view, link, wanted, asker)) answering += weight;
	}
	return answering / all;
}

/** The way that the question would take has to be one that it may come in for. */
function answersAlong(found: Lookup, view: View, link: Link, wanted: Address, asker: Address | null): boolean {
	const settings = view.settings(link.name);
	// What cannot be told of the question cannot be told of the packet either, which then says so.
	if (found.kind === "unknown") return view.isLocal(wanted);
	if (found.kind !== "route") return false;
	const out = found.route.type === "local" ? null : (found.nextHop?.device ?? null);
	const arrival = { src: asker ?? wanted, dst: wanted, device: link.name };
	const source = asker === null ? "fine" : validateSource(view, arrival, out).kind;
	if (source !== "fine" && source !== "unknown") return false;
	if (found.route.type === "local") return mayTell(view, link, wanted, asker);
	if (!settings.forwarding[4] || found.route.type !== "unicast" || out === link.name) return false;
	return settings.proxyArp || view.isProxied(link.name, wanted);
}

/** arp_ignore */
function mayTell(view: View, link: Link, wanted: Address, asker: Address | null): boolean {
	const own = view.addresses(link.name).filter(({ address }) => address.text === wanted.text);
	switch (view.settings(link.name).arpIgnore) {
		case 0:
			return true;
		case 1:
			return own.length > 0;
		case 2:
			return own.some(
				({ address, prefixLength }) => asker === null || contains(prefixOf(address, prefixLength), asker),
			);
		case 3:
			return !view.state.addresses.some(({ address, scope }) => address.text === wanted.text && scope === "host");
		case 8:
			return false;
		default:
			return true;
	}
}
