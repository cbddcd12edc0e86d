/** The route of a packet that this stack makes (ip_route_output_key), at first and after hooks have changed it. */
import { type Address, isLinkLocal, isLoopback, isUnspecified } from "../address/address.ts";
import { because } from "./because.ts";
import { type Flow, leadsSomewhere, lookup } from "./fib.ts";
import { outRouteOf } from "./out-route.ts";
import { missingDevice, noRoute, refusedByType, routedBecause } from "./route.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { selectAddress } from "./source-address.ts";
import { end, type Next, type Walk } from "./walk.ts";

/** The packet is lost on its way out of this stack: what its sender hears of it is another thing than of a failed connect(). */
export function again(failed: Next, { stolen }: Skb): Next {
	if (failed.kind !== "end") return failed;
	const { because } = failed;
	const facts = { ...because.facts, rerouted: "yes", ...(stolen && { stolen: "yes" }) };
	return { ...failed, because: { ...because, facts } };
}

/** Finds the route of a packet that this stack makes, and its source address where it has none. Null: it has them. */
export function routeOut(walk: Walk, skb: Skb, flow: Flow = outFlow(skb)): Next | null {
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
		if (!mayLeaveBy(skb, out)) {
			const facts = { source: skb.packet.src.text, device: out.device.name };
			return end(skb, "unreachable", because("loopback-source", facts));
		}
		skb.out = out;
	} else {
		return refusedByType(skb, refusalOf(found.route.type), found.route.destination.text);
	}
	skb.device = skb.out.device;
	if (skb.sourceless) {
		skb.packet = { ...skb.packet, src: sourceBy(skb, skb.out) };
		// What NAT then leads elsewhere keeps it.
		skb.sourceless = false;
	}
	const { name } = skb.device;
	if (walk.recording) walk.hop(skb, "route", name, routedBecause(found, name, skb.packet.dst.text));
	return null;
}

/** __mkroute_output: what comes from 127.0.0.0/8 leaves by another device than lo only with that one's route_localnet. */
function mayLeaveBy({ view, packet, sourceless }: Skb, { device }: OutRoute): boolean {
	if (sourceless || packet.family === 6 || device.kind === "loopback" || !isLoopback(packet.src)) return true;
	return view.settings(device.name).routeLocalnet;
}

function refusalOf(type: string): "blackhole" | "unreachable" | "prohibit" {
	return type === "unreachable" || type === "prohibit" ? type : "blackhole";
}

/** What has no source yet gets that of the next hop that was chosen (ip_route_output_key_hash_rcu). */
function sourceBy({ view, packet }: Skb, { route, device, nextHop }: OutRoute): Address {
	if (route.preferredSource !== undefined) return route.preferredSource;
	if (route.type === "local") return packet.src;
	return selectAddress(view, device.name, packet.family, nextHop) ?? packet.src;
}

/**
 * What the hooks lead elsewhere is lost at once where no route leads there: nf_nat_ipv4_local_fn and ipt_mangle_out route it
 * before later chains see it. Null: it is not.
 */
export function lostAnew(walk: Walk, skb: Skb): Next | null {
	const flow = againFlow(skb, skb.mark);
	if (leadsSomewhere(lookup(skb.view, flow))) return null;
	const failed = routeOut(walk, skb, flow);
	return failed === null ? null : again(failed, skb);
}

/** ip_route_me_harder, ip6_route_me_harder: protocol and ports are read from the packet (fib4_rules_early_flow_dissect). */
export function againFlow({ packet, out }: Skb, mark: number): Flow {
	const { dst: to, src, protocol, sport, dport } = packet;
	// A link-local destination stays on the device that the packet was to leave by, were it lo.
	const strict = isLinkLocal(to) && to.family === 6 && out !== null ? { oif: out.device.name } : {};
	const flow = { to, mark, protocol, sport, dport, ...strict };
	return isUnspecified(src) ? flow : { ...flow, from: src };
}

/** `bySource`: whether its source, where it has one, is looked at too. */
export function outFlow({ packet, mark: own, sourceless }: Skb, mark: number = own, bySource: boolean = true): Flow {
	const { dst: to, src, protocol, sport, dport } = packet;
	if (!bySource || sourceless || isUnspecified(src)) return { to, mark, protocol, sport, dport };
	return { to, mark, protocol, sport, dport, from: src };
}
