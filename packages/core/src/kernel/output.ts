/** A packet that this stack makes: its route, its source address, the OUTPUT hooks (ip_queue_xmit, __ip_local_out). */
import { type Address, isLoopback, isUnspecified } from "../address/address.ts";
import { sameAddress } from "../address/watched.ts";
import { type Flow, type Lookup, lookup } from "./fib.ts";
import { hookEntries } from "./hooks.ts";
import { runHook } from "./netfilter.ts";
import { outRouteOf } from "./out-route.ts";
import { policiesOnTheWay } from "./policy-stage.ts";
import { missingDevice, noRoute, routedBecause } from "./route.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { selectAddress } from "./source-address.ts";
import type { View } from "./view.ts";
import { go, type Next, type Walk } from "./walk.ts";

export function output(walk: Walk, skb: Skb): Next {
	walk.passedStack(skb.view.place);
	if (skb.out === null) {
		const failed = routeOut(walk, skb, outFlow(skb));
		if (failed !== null) return failed;
	}
	const judged = policiesOnTheWay(walk, skb);
	if (judged !== null) return judged;
	const { packet, mark } = skb;
	const devices = { in: null, out: (skb.out as OutRoute).device.name, bridged: false };
	const outcome = runHook(walk, skb, "output", devices);
	if (outcome !== null) return outcome;
	const { dst, src } = skb.packet;
	const changed = !sameAddress(dst, packet.dst) || !sameAddress(src, packet.src) || skb.mark !== mark;
	if (changed || natChangesDestination(skb)) {
		const failed = routeOut(walk, skb, flowAnew(skb));
		if (failed !== null) return failed;
	}
	return go("postrouting", skb);
}

/**
 * nf_nat_ipv4_local_fn and its twin for IPv6 route every packet anew whose connection has another destination than it asked
 * for, also where IPVS did that and not NAT: so a policy rule `from` may lead a packet elsewhere that IPVS had routed by its
 * destination alone.
 */
function natChangesDestination({ view, packet, tracked }: Skb): boolean {
	if (tracked === null || !hookEntries(view, packet.family, "output").some(({ kind }) => kind === "nat")) return false;
	const { original, reply } = tracked.connection;
	const [own, other] = tracked.direction === "original" ? [original, reply] : [reply, original];
	return !sameAddress(own.dst, other.src);
}

/** ip_route_me_harder and ip6_route_me_harder look at addresses and the mark, but not at protocol and ports. */
function flowAnew({ packet, mark }: Skb): Flow {
	const { dst: to, src } = packet;
	return isUnspecified(src) ? { to, mark } : { to, mark, from: src };
}

function routeOut(walk: Walk, skb: Skb, flow: Flow): Next | null {
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
		return noRoute(walk, skb, { kind: "refused", type: refusalOf(found.route.type), rule: found.rule });
	}
	skb.device = skb.out.device;
	const { name } = skb.device;
	if (walk.recording) walk.hop(skb, "route", name, routedBecause(found, name, skb.packet.dst.text));
	return null;
}

function refusalOf(type: string): "blackhole" | "unreachable" | "prohibit" {
	return type === "unreachable" || type === "prohibit" ? type : "blackhole";
}

function outFlow(skb: Skb): Flow {
	const { protocol, sport, dport } = skb.packet;
	return { ...flowAnew(skb), protocol, sport, dport };
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
