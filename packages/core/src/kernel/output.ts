/** A packet that this stack makes: its route, its source address, the OUTPUT hooks (ip_queue_xmit, __ip_local_out). */
import { type Address, isLoopback, isUnspecified } from "../address/address.ts";
import { type Flow, type Lookup, lookup } from "./fib.ts";
import { runHook } from "./netfilter.ts";
import { outRouteOf } from "./out-route.ts";
import { missingDevice, noRoute, refusedByType, routedBecause } from "./route.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { selectAddress } from "./source-address.ts";
import type { View } from "./view.ts";
import { go, type Next, type Walk } from "./walk.ts";

export function output(walk: Walk, skb: Skb): Next {
	walk.passedStack(skb.view.place);
	if (skb.out === null) {
		const failed = routeOut(walk, skb);
		if (failed !== null) return failed;
	}
	const devices = { in: null, out: (skb.out as OutRoute).device.name, bridged: false };
	const outcome = runHook(walk, skb, "output", devices);
	if (outcome !== null) return outcome;
	if (skb.rerouteMark !== null && !skb.ipvsDone) {
		const failed = routeOut(walk, skb, againFlow(skb, skb.rerouteMark));
		if (failed !== null) return again(failed);
	}
	return go("postrouting", skb);
}

/** The packet is lost on its way out of this stack: what its sender hears of it is another thing than of a failed connect(). */
function again(failed: Next): Next {
	if (failed.kind !== "end") return failed;
	const { because } = failed;
	return { ...failed, because: { ...because, facts: { ...because.facts, rerouted: "yes" } } };
}

function routeOut(walk: Walk, skb: Skb, flow: Flow = outFlow(skb)): Next | null {
	const { view } = skb;
	const found = lookup(view, flow, walk.choices);
	if (found.kind !== "route") return noRoute(walk, skb, found);
	if (found.route.type === "local") {
		// Packets to oneself go out by lo, whatever device holds the address.
		const loopback = view.state.links.find((link) => link.kind === "loopback");
		if (loopback === undefined) return missingDevice(skb, found);
		skb.out = { route: found.route, device: loopback, nextHop: skb.packet.dst, onlink: true };
	} else if (found.route.type === "unicast") {
		const out = outRouteOf(view, found, skb.packet.dst);
		if (out === null) return missingDevice(skb, found);
		skb.out = out;
	} else {
		return refusedByType(skb, refusalOf(found.route.type), found.route.destination.text);
	}
	skb.device = skb.out.device;
	const { name } = skb.device;
	if (walk.recording) walk.hop(skb, "route", name, routedBecause(found, name, skb.packet.dst.text));
	return null;
}

function refusalOf(type: string): "blackhole" | "unreachable" | "prohibit" {
	return type === "unreachable" || type === "prohibit" ? type : "blackhole";
}

/** ip_route_me_harder, ip6_route_me_harder: neither protocol nor ports are in their flow. */
function againFlow({ packet }: Skb, mark: number): Flow {
	const { dst: to, src } = packet;
	return isUnspecified(src) ? { to, mark } : { to, mark, from: src };
}

function outFlow(skb: Skb): Flow {
	const { packet } = skb;
	const { dst: to, src, protocol, sport, dport } = packet;
	const flow = { to, mark: skb.mark, protocol, sport, dport };
	return isUnspecified(src) ? flow : { ...flow, from: src };
}

/**
 * The source address that a socket of this stack gets for a destination when it binds to none
 * (ip_route_output_key_hash_rcu). Null: there is none, the destination has no route.
 */
export function sourceFor(view: View, to: Address): Address | null {
	const found = lookup(view, { to });
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
