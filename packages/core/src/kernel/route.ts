/** The routing decision for a packet that came in: to this stack, onwards, or nowhere (ip_route_input_slow). */
import { isLoopback, isMulticast } from "../address/address.ts";
import { TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN } from "../state/ip.ts";
import type { Link } from "../state/link.ts";
import { phrase } from "../wording/phrase.ts";
import { type Because, because } from "./because.ts";
import { type Flow, type Lookup, lookup } from "./fib.ts";
import { outRouteOf } from "./out-route.ts";
import { type IcmpErrorKind, icmpRefusal } from "./reject.ts";
import { reversePath } from "./reverse-path.ts";
import type { Skb } from "./skb.ts";
import { type End, end, go, type Next, type Walk } from "./walk.ts";

export function route(walk: Walk, skb: Skb): Next {
	const { view, packet } = skb;
	const device = skb.device.name;
	if (isMulticast(packet.dst)) {
		return end(skb, "unknown", because("cannot-evaluate", { what: phrase("what-multicast", { to: packet.dst.text }) }));
	}
	const refused = martian(skb);
	if (refused !== null) return refused;
	const found = skb.led ?? lookup(view, flowOf(skb, skb.device), walk.choices);
	skb.led = null;
	if (found.kind !== "route") return noRoute(walk, skb, found);
	switch (found.route.type) {
		case "local":
		case "anycast": {
			const refusedSource = reversePath(walk, skb, found);
			if (refusedSource !== null) return refusedSource;
			const to = found.nextHop?.device ?? device;
			if (walk.recording)
				walk.hop(
					skb,
					"route",
					device,
					because("routed-local", { to: packet.dst.text, device: to }, found.route.origin),
				);
			return go("input", skb);
		}
		case "unicast":
			return onwards(walk, skb, found);
		case "broadcast":
		case "multicast":
			return end(
				skb,
				"unknown",
				because("cannot-evaluate", {
					what: phrase("what-route-type", { type: found.route.type, to: packet.dst.text }),
				}),
			);
		default:
			return refusedByType(skb, found.route.type, found.route.destination.text);
	}
}

function onwards(walk: Walk, skb: Skb, found: Extract<Lookup, { kind: "route" }>): Next {
	const { view, packet } = skb;
	if (!forwards(skb)) {
		// ip_error and ip6_forward: a stack that does not forward drops the packet without a word.
		return end(skb, "dropped", because("not-forwarding", { device: skb.device.name, family: packet.family }));
	}
	const refusedSource = reversePath(walk, skb, found);
	if (refusedSource !== null) return refusedSource;
	const out = outRouteOf(view, found, packet.dst);
	if (out === null) return missingDevice(skb, found);
	skb.out = out;
	if (walk.recording) walk.hop(skb, "route", skb.device.name, routedBecause(found, out.device.name, packet.dst.text));
	return go("forward", skb);
}

/** Whether forwarding is on. Where the input holds no sysctls it is taken to be, and the answer says so (trace/input-findings.ts). */
function forwards({ view, packet, device }: Skb): boolean {
	return view.state.missing.has("sysctl") || view.settings(device.name).forwarding[packet.family];
}

/** Why a packet goes where it goes: the route as `ip route` would print its parts. */
export function routedBecause(
	found: Extract<Lookup, { kind: "route" }>,
	device: string,
	to: string,
): ReturnType<typeof because> {
	const { route: entry, nextHop, rule } = found;
	const destination = entry.destination.length === 0 ? "default" : entry.destination.text;
	const hop = nextHop?.gateway === undefined ? `dev ${device}` : `via ${nextHop.gateway.text} dev ${device}`;
	const onlink = nextHop?.onlink === true ? " onlink" : "";
	const facts = { to, destination, hop, onlink, table: tableText(entry.table), rule: rule.priority };
	return because("routed", facts, entry.origin);
}

const TABLE_NAMES: ReadonlyMap<number, string> = new Map([
	[TABLE_LOCAL, "local"],
	[TABLE_MAIN, "main"],
	[TABLE_DEFAULT, "default"],
]);

function tableText(table: number): string {
	return TABLE_NAMES.get(table) ?? String(table);
}

/** What the look-up for a packet that came in by `device` goes by. IPv6's loopback address has to be that device's (rt6_need_strict). */
export function flowOf({ packet, mark }: Skb, device: Link): Flow {
	const { dst: to, src: from, protocol, sport, dport } = packet;
	const flow = { to, from, iif: device.name, mark, protocol, sport, dport };
	return packet.family === 6 && isLoopback(to) ? { ...flow, oif: device.name } : flow;
}

export function noRoute(walk: Walk, skb: Skb, found: Exclude<Lookup, { kind: "route" }>): Next {
	const { packet, view } = skb;
	switch (found.kind) {
		case "unknown":
			return end(skb, "unknown", because("cannot-evaluate", { what: found.unknown }));
		case "refused":
			return refusedByRule(skb, found.type, found.rule.priority);
		case "none": {
			if (view.state.missing.has("ip-route")) {
				return end(
					skb,
					"unknown",
					because("cannot-evaluate", {
						what: phrase("what-routes-missing", { to: packet.dst.text, place: view.place }),
					}),
				);
			}
			const why = because("no-route", { to: packet.dst.text });
			if (walk.recording) walk.hop(skb, "route", skb.device.name, why);
			return unreachable(skb, packet.family === 4 ? "icmp-net-unreachable" : "icmp6-no-route", why);
		}
	}
}

/** Routes and rules that lead nowhere, and what they answer (fib_props, net/ipv4/fib_semantics.c). */
export function refusedByType(skb: Skb, type: string, where: string): Next {
	const why = because("route-type", { type, where });
	const four = skb.packet.family === 4;
	switch (type) {
		case "unreachable":
			return unreachable(skb, four ? "icmp-host-unreachable" : "icmp6-no-route", why);
		case "prohibit":
			return unreachable(skb, four ? "icmp-admin-prohibited" : "icmp6-adm-prohibited", why);
		default:
			return end(skb, "dropped", why);
	}
}

/** fib4_rule_action, fib6_rule_action: a rule that is `unreachable` gives another error than such a route. */
function refusedByRule(skb: Skb, type: string, priority: number): Next {
	const where = `rule ${priority}`;
	if (type !== "unreachable") return refusedByType(skb, type, where);
	const kind = skb.packet.family === 4 ? "icmp-net-unreachable" : "icmp6-no-route";
	return unreachable(skb, kind, because("route-type", { type, where }));
}

/** A process of this stack gets the error itself; others are told by ICMP, by stacks that forward (ip_error). */
function unreachable(skb: Skb, kind: IcmpErrorKind, why: Because): Next {
	const tells = !skb.local && (skb.packet.family === 6 || skb.view.settings(skb.device.name).forwarding[4]);
	return tells ? icmpRefusal(skb, "unreachable", kind, why) : end(skb, "unreachable", why);
}

export function missingDevice(skb: Skb, found: Extract<Lookup, { kind: "route" }>): Next {
	const device = found.nextHop?.device ?? "none";
	return end(
		skb,
		"unknown",
		because("device-missing", { device, route: found.route.destination.text }, found.route.origin),
	);
}

/** Null: the packet's addresses are such as may come in by its device. */
export function martian(skb: Skb): End | null {
	if (!isMartian(skb)) return null;
	const facts = { source: skb.packet.src.text, device: skb.device.name };
	return end(skb, "dropped", because("martian-source", facts));
}

/** Loopback addresses do not come in from outside, unless route_localnet lets them (ip_route_input_slow). */
function isMartian(skb: Skb): boolean {
	const { packet, device, view } = skb;
	if (device.kind === "loopback") return false;
	// What is for ::1 is gone before the hooks that may lead it there (ip6_rcv_core).
	const loopback = isLoopback(packet.src) || (packet.family === 4 && isLoopback(packet.dst));
	if (!loopback) return isMulticast(packet.src);
	return packet.family === 6 || !view.settings(device.name).routeLocalnet;
}
