/** A bridge: to its own stack, out of the port that leads to the MAC; br_netfilter shows IP's hooks what is bridged. */
import { sameAddress } from "../address/watched.ts";
import type { FdbEntry } from "../state/ip.ts";
import type { BridgeLink, Link } from "../state/link.ts";
import { sysctlNumber } from "../state/sysctl.ts";
import { phrase, type Said } from "../wording/phrase.ts";
import { because } from "./because.ts";
import { carriesVlan, portVlan } from "./bridge-vlan.ts";
import { perDevice } from "./device-view.ts";
import { ERRORS, type Lookup, lookup } from "./fib.ts";
import { hearers } from "./layer2.ts";
import { resolve, unanswered } from "./neighbour.ts";
import { confirm, runHook } from "./netfilter.ts";
import { outRouteOf } from "./out-route.ts";
import { reversePath } from "./reverse-path.ts";
import { flowOf, martian } from "./route.ts";
import type { Skb } from "./skb.ts";
import { askingAddress } from "./solicitation.ts";
import { perView, type View } from "./view.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

/** A frame came in by a port (br_handle_frame). */
export function bridge(walk: Walk, skb: Skb): Next {
	const port = skb.device;
	const master = skb.view.link(port.master as string) as BridgeLink;
	if (!master.up) return end(skb, "dropped", because("device-down", { device: master.name }, master.origin));
	const vlan = portVlan(master, port, skb.vlan);
	if (vlan === "filtered") return filtered(walk, skb, port);
	walk.passedStack(skb.view);
	const calls = callsIptables(skb, skb.vlan);
	skb.physicalIn = calls ? port : null;
	if (calls) {
		const outcome = prerouteOnBridge(walk, skb, master);
		if (outcome !== null) return outcome;
	}
	const destination = skb.ethernet?.destination ?? "";
	if (isLocalMac(skb.view, master, destination, vlan)) return toOwnStack(walk, skb, master, vlan);
	return forwardToPort(walk, skb, master, port, vlan, destination);
}

/** The stack itself sends by its bridge device (br_dev_xmit). */
export function bridgeOut(walk: Walk, skb: Skb, master: BridgeLink): Next {
	const vlan = portVlan(master, undefined, skb.vlan);
	if (vlan === "filtered") return filtered(walk, skb, master);
	return toPort(walk, skb, master, null, vlan, skb.ethernet?.destination ?? "");
}

function filtered(walk: Walk, skb: Skb, port: Link): Next {
	const why = because("vlan-filtered", { vlan: skb.vlan ?? "none", device: port.name }, port.origin);
	if (walk.recording) walk.hop(skb, "bridge", port.name, why);
	return end(skb, "dropped", why);
}

const CALLS = { 4: "bridge-nf-call-iptables", 6: "bridge-nf-call-ip6tables" } as const;

const bridgeNetfilter = perView(({ state }) => ({
	4: sysctlNumber(state, `net.bridge.${CALLS[4]}`) !== 0,
	6: sysctlNumber(state, `net.bridge.${CALLS[6]}`) !== 0,
	tagged: sysctlNumber(state, "net.bridge.bridge-nf-filter-vlan-tagged") === 1,
}));

/** Frames with a tag are not shown, unless a setting says so (IS_IP, is_vlan_ip); a tag may come or go between the hooks. */
function callsIptables({ view, packet }: Skb, tag: number | null): boolean {
	const calls = bridgeNetfilter(view);
	return calls[packet.family] && (tag === null || calls.tagged);
}

/** That no rule of the stack was asked, and by which setting; nothing where they were. */
function unseenBecause(skb: Skb, tag: number | null): Said {
	if (skb.physicalIn !== null && callsIptables(skb, tag)) return "";
	const calls = bridgeNetfilter(skb.view)[skb.packet.family];
	const key = calls ? "bridge-nf-filter-vlan-tagged" : CALLS[skb.packet.family];
	return phrase("netfilter-not-called", { key: `net.bridge.${key}` });
}

/**
 * br_nf_pre_routing: PREROUTING runs on the port. A destination that it changed is routed: back into the bridge, to
 * another port, or up to this stack (br_nf_pre_routing_finish).
 */
function prerouteOnBridge(walk: Walk, skb: Skb, master: BridgeLink): Next | null {
	const before = skb.packet.dst;
	const outcome = runHook(walk, skb, "prerouting", { in: master.name, out: null, bridged: false });
	if (outcome !== null) return outcome;
	skb.prerouted = true;
	if (sameAddress(skb.packet.dst, before)) return null;
	const found = lookup(skb.view, flowOf(skb, master), walk.choices);
	const lost = skb.packet.family === 6 ? routedNowhere(skb, found) : null;
	if (lost !== null) return lost;
	const refused = skb.packet.family === 4 ? sourceRefused(walk, { ...skb, device: master }, found) : null;
	if (refused !== null) return refused;
	const out = found.kind === "route" ? outRouteOf(skb.view, found, skb.packet.dst) : null;
	const { ethernet } = skb;
	// Where the stack does not forward, IPv4's look-up leads to the stack itself, which then drops the packet (ip_error).
	const forwards = skb.packet.family === 6 || skb.view.settings(master.name).forwarding[4];
	if (forwards && out?.device === master && found.kind === "route" && found.route.type === "unicast") {
		const asker = askingAddress(skb.view, master, out.nextHop, skb.packet.src);
		const answer = resolve(walk, skb.view, master, out.nextHop, asker);
		if (answer.kind === "answer") {
			skb.ethernet = new Redirected(ethernet, answer.mac);
			// br_nf_pre_routing_finish_bridge: a neighbour that is not resolved yet is asked by way of the bridge device itself.
			walk.mayCross(skb, master.name, "out");
			return null;
		}
		if (answer.kind !== "outside") {
			// neigh_probe gives up; icmp_send and icmp6_send say nothing of a frame that was another's (skb->pkt_type).
			const unresolved = unanswered(walk, skb, out, answer.filtered);
			return isOthers(skb, master) ? end(skb, "dropped", unresolved.because) : unresolved;
		}
	}
	if (forwards) skb.led = found;
	skb.ethernet = new Redirected(ethernet, master.mac ?? "");
	return null;
}

/** br_nf_pre_routing_finish: ip_route_input looks at the source too, and what it refuses is gone before the bridge has it. */
function sourceRefused(walk: Walk, skb: Skb, found: Lookup): Next | null {
	const refused = martian(skb);
	if (refused !== null || found.kind !== "route") return refused;
	const { type } = found.route;
	// What is not forwarded is refused for that, before its source is looked at.
	const isLed = type === "local" || (type === "unicast" && skb.view.settings(skb.device.name).forwarding[4]);
	return isLed ? reversePath(walk, skb, found) : null;
}

/** br_nf_pre_routing_finish_ipv6 drops what no route leads on, without a word; IPv4's twin hands it to the stack. */
function routedNowhere(skb: Skb, found: Lookup): Next | null {
	const { view, packet } = skb;
	switch (found.kind) {
		case "unknown":
			return null;
		case "none":
			return view.state.missing.has("ip-route")
				? null
				: end(skb, "dropped", because("no-route", { to: packet.dst.text }));
		case "refused":
			return end(skb, "dropped", because("route-type", { type: found.type, where: `rule ${found.rule.priority}` }));
		case "route": {
			const { type, destination } = found.route;
			if (!ERRORS.has(type)) return null;
			return end(skb, "dropped", because("route-type", { type, where: destination.text }));
		}
	}
}

/** A frame's addresses with another destination. Its source is read by who wants it (see kernel/transit/watched.ts). */
class Redirected {
	readonly #frame: Skb["ethernet"];
	readonly destination: string;

	constructor(frame: Skb["ethernet"], destination: string) {
		this.#frame = frame;
		this.destination = destination;
	}

	get source(): string {
		return this.#frame?.source ?? "";
	}
}

/**
 * Whether frames for a MAC go up to the bridge's stack: its own, its ports', and what is said to be local. Where VLANs are
 * filtered, each in the VLANs of the device that it is of (br_fdb_add_local).
 */
function isLocalMac(view: View, master: BridgeLink, mac: string, vlan: number | null): boolean {
	if (mac === master.mac && isInVlan(view, master, master.name, vlan)) return true;
	for (const { device, state, self, vlan: own } of view.fdb(master.name, mac)) {
		if (state !== "permanent" || self) continue;
		if (own === undefined ? isInVlan(view, master, device, vlan) : own === vlan) return true;
	}
	return false;
}

function isInVlan(view: View, master: BridgeLink, device: string, vlan: number | null): boolean {
	const port = device === master.name ? undefined : view.link(device);
	return carriesVlan(master, port, vlan) !== "filtered";
}

/** Of another's frame IP and ICMP errors know nothing: skb->pkt_type, which eth_type_trans and br_handle_frame decide. */
function isOthers({ device: port, ethernet }: Skb, master: BridgeLink): boolean {
	return ethernet?.destination !== master.mac && ethernet?.destination !== port.mac;
}

/** Up to the bridge device's own IP stack (br_pass_frame_up). */
function toOwnStack(walk: Walk, skb: Skb, master: BridgeLink, vlan: number | null): Next {
	const tag = carriesVlan(master, undefined, vlan);
	if (tag === "filtered") return filtered(walk, { ...skb, vlan }, master);
	skb.vlan = tag;
	walk.crossed(skb, master.name, "in");
	if (walk.recording)
		walk.hop(skb, "bridge", master.name, because("bridge-up", { device: master.name }, master.origin));
	if (tag === null && isOthers(skb, master)) {
		const facts = { device: master.name, mac: skb.ethernet?.destination ?? "none", own: master.mac ?? "none" };
		const why = because("other-mac", facts, master.origin);
		walk.endedAt(skb, "receive", master.name, why);
		// br_nf_local_in confirms its connection (6.1 and later).
		if (skb.physicalIn !== null) confirm(walk, skb);
		return end(skb, "dropped", why);
	}
	skb.device = master;
	if (tag === null) return go("ip-receive", skb);
	const child = skb.view.children(master.name).find((each) => each.kind === "vlan" && each.id === tag);
	return child === undefined ? filtered(walk, skb, master) : go("receive", { ...skb, device: child, vlan: null });
}

function forwardToPort(
	walk: Walk,
	skb: Skb,
	master: BridgeLink,
	from: Link,
	vlan: number | null,
	destination: string,
): Next {
	const port = portFor(walk, skb, master, destination, vlan);
	if (port === null) return flood(walk, skb, master, from, vlan) ?? nowhere(walk, skb, master, destination);
	walk.crossed(skb, master.name, "in", true);
	const refused = mayNotLeave(walk, skb, from, port, destination);
	if (refused !== null) return refused;
	const tag = carriesVlan(master, port, vlan);
	if (tag === "filtered") return filtered(walk, { ...skb, vlan }, port);
	return shownOnBridge(walk, skb, master, port, tag) ?? toPort(walk, skb, master, from, vlan, destination);
}

/** br_netfilter shows a frame that leaves by a port to FORWARD and POSTROUTING. */
function shownOnBridge(walk: Walk, skb: Skb, master: BridgeLink, port: Link, tag: number | null): Next | null {
	// What came in unseen goes on unseen (nf_bridge_info_get).
	if (skb.physicalIn === null || !callsIptables(skb, tag)) return null;
	skb.physicalOut = port;
	const devices = { in: master.name, out: master.name, bridged: true };
	return runHook(walk, skb, "forward", devices) ?? runHook(walk, skb, "postrouting", { ...devices, in: null });
}

/**
 * Copies of a frame whose MAC is nobody's leave by all ports, the newest first (br_flood), and each is shown to the hooks. Gives
 * what these tell its sender; null: nothing.
 */
function flood(walk: Walk, skb: Skb, master: BridgeLink, from: Link, vlan: number | null): Next | null {
	let told: Next | null = null;
	for (const port of [...skb.view.ports(master.name)].reverse()) {
		const tag = carriesVlan(master, port, vlan);
		if (tag === "filtered" || !port.up || port.bridgePort?.flood === false || staysAway(from, port) !== null) continue;
		const copy = { ...skb, vlan: tag };
		const outcome = shownOnBridge(walk, copy, master, port, tag);
		if (outcome === null) walk.mayCross(copy, port.name, "out");
		else if (outcome.kind !== "end" || outcome.refusal !== undefined || outcome.outcome === "unknown") told ??= outcome;
	}
	return told;
}

/** Sends a frame out of the port that leads to its MAC. */
function toPort(
	walk: Walk,
	skb: Skb,
	master: BridgeLink,
	from: Link | null,
	vlan: number | null,
	destination: string,
): Next {
	const port = portFor(walk, skb, master, destination, vlan);
	if (port === null) return nowhere(walk, skb, master, destination);
	const refused = from === null ? null : mayNotLeave(walk, skb, from, port, destination);
	if (refused !== null) return refused;
	const tag = carriesVlan(master, port, vlan);
	if (tag === "filtered") return filtered(walk, { ...skb, vlan }, port);
	if (walk.recording) {
		const unseen = from === null ? "" : unseenBecause(skb, tag);
		walk.hop(
			skb,
			"bridge",
			master.name,
			because("bridged", { device: port.name, mac: destination, unseen }, port.origin),
		);
	}
	return go("transmit", { ...skb, device: port, vlan: tag });
}

/** should_deliver: asked before br_netfilter shows the frame to FORWARD. */
function mayNotLeave(walk: Walk, skb: Skb, from: Link, port: Link, destination: string): Next | null {
	switch (staysAway(from, port)) {
		case null:
			return null;
		case "same-port": {
			const why = because("same-port", { device: port.name, mac: destination }, port.origin);
			if (walk.recording) walk.hop(skb, "bridge", port.name, why);
			return end(skb, "dropped", why);
		}
		case "isolated-ports":
			return end(skb, "dropped", because("isolated-ports", { from: from.name, to: port.name }, port.origin));
	}
}

/** Why what came in by one port does not leave by another; null: it does. */
function staysAway(from: Link, port: Link): "same-port" | "isolated-ports" | null {
	if (port.name === from.name && port.bridgePort?.hairpin !== true) return "same-port";
	return from.bridgePort?.isolated === true && port.bridgePort?.isolated === true ? "isolated-ports" : null;
}

function nowhere(walk: Walk, skb: Skb, master: BridgeLink, mac: string): Next {
	for (const hearer of hearers(walk.network, skb.view, master, skb.packet.dst)) {
		if (hearer.kind !== "outside") continue;
		return end(
			skb,
			"exits",
			because("outside", { device: hearer.at.device, nextHop: skb.packet.dst.text, why: hearer.why }),
		);
	}
	const why = because("mac-nowhere", { mac, device: master.name });
	if (walk.recording) walk.hop(skb, "bridge", master.name, why);
	return end(skb, "dropped", why);
}

/** Of a bridge, by MAC and VLAN. */
const portsByMac = perDevice((): Map<string, Link | null> => new Map());

/**
 * The port that leads to a MAC: what the FDB says, else the port behind which somebody has it. The bridge learned that
 * when the address was asked for, just before.
 */
function portFor(walk: Walk, skb: Skb, master: BridgeLink, mac: string, vlan: number | null): Link | null {
	const { view } = skb;
	const known = portsByMac(view.device(master.name), walk.network);
	const key = vlan === null ? mac : `${mac} ${vlan}`;
	let port = known.get(key);
	if (port === undefined) {
		port = portInFdb(view, master, mac, vlan) ?? portBehind(walk, skb, master, mac, vlan);
		known.set(key, port);
	}
	return port;
}

/** A bridge that filters VLANs learns by VLAN (br_fdb_find). */
function portInFdb(view: View, master: BridgeLink, mac: string, vlan: number | null): Link | null {
	const entry = view
		.fdb(master.name, mac)
		.find((each: FdbEntry) => each.device !== master.name && (each.vlan === undefined || each.vlan === vlan));
	const port = entry === undefined ? undefined : view.link(entry.device);
	return port?.master === master.name ? port : null;
}

function portBehind(walk: Walk, skb: Skb, master: BridgeLink, mac: string, vlan: number | null): Link | null {
	const owner = walk.network.ownerOf(skb.packet.dst);
	const ports = skb.view.ports(master.name);
	const leadsToOwner = (port: Link): boolean => {
		const far = walk.network.wireAt(skb.view.place, port.name);
		return owner !== undefined && far.kind === "device" && far.place === owner;
	};
	const ordered = [...ports.filter(leadsToOwner), ...ports.filter((port) => !leadsToOwner(port))];
	for (const port of ordered) {
		const tag = carriesVlan(master, port, vlan);
		if (tag === "filtered") continue;
		for (const hearer of hearers(walk.network, skb.view, port, null, master.vlanFiltering ? tag : null)) {
			if (hearer.kind === "device" ? hearer.link.mac === mac : hearer.kind === "fabric" && hearer.mac === mac)
				return port;
		}
	}
	return null;
}
