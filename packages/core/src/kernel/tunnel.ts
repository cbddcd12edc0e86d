/** Tunnels: the outer packet that a VXLAN or IPIP device makes, and its end (drivers/net/vxlan, net/ipv4/ipip.c). */
import type { Address } from "../address/address.ts";
import { type Frame, IPIP_OVERHEAD, type Packet, VXLAN_OVERHEAD } from "../packet/packet.ts";
import type { IpipLink, Link, VxlanLink } from "../state/link.ts";
import { phrase } from "../wording/phrase.ts";
import { because } from "./because.ts";
import { outFlow, routeOut } from "./route-out.ts";
import { newSkb, type OutRoute, type Skb } from "./skb.ts";
import { sourceFor } from "./source-address.ts";
import { perView, type View } from "./view.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

const ALL_ZERO_MAC = "00:00:00:00:00:00";

/** The tunnel device that this packet is for, if it is a tunnel's outer packet; null: it is for a socket. */
export function tunnelFor(skb: Skb): Link | null {
	const { packet, view } = skb;
	switch (packet.payload?.kind) {
		case "ipip":
			return bestIpip(view, packet);
		case "vxlan":
			for (const link of vxlans(view)) {
				if (link.vni === packet.payload.vni && takes(link, packet) && isOwnEnd(link, packet.dst)) return link;
			}
			return null;
		default:
			return null;
	}
}

/** A node has tens of devices and one or two tunnels. */
const vxlans = perView(({ state }) => state.links.filter((link) => link.kind === "vxlan"));
const ipips = perView(({ state }) => state.links.filter((link) => link.kind === "ipip"));

/**
 * VXLAN devices whose UDP socket takes the packet. A device has its socket while it is up, in the family of its ends, or in both
 * where routes choose them (vxlan_open, vxlan_sock_add).
 */
export function vxlansListening(view: View, packet: Packet): readonly VxlanLink[] {
	return vxlans(view).filter((link) => takes(link, packet));
}

function takes(link: VxlanLink, { family, dport }: Packet): boolean {
	if (!link.up || link.dstport !== dport) return false;
	return link.external || ((link.local ?? link.remote)?.family ?? 4) === family;
}

function isOwnEnd(link: VxlanLink, to: Address): boolean {
	return link.local === undefined || link.local.text === to.text;
}

/** ip_tunnel_lookup: remote and local, then remote, then local, then the device that takes all (tunl0). */
function bestIpip(view: View, packet: Packet): Link | null {
	let best: { readonly link: IpipLink; readonly score: number } | null = null;
	for (const link of ipips(view)) {
		if (!link.up) continue;
		if (link.remote !== undefined && link.remote.text !== packet.src.text) continue;
		if (link.local !== undefined && link.local.text !== packet.dst.text) continue;
		const score = (link.remote === undefined ? 0 : 2) + (link.local === undefined ? 0 : 1);
		if (best === null || score > best.score) best = { link, score };
	}
	return best?.link ?? null;
}

/** Takes the inner packet out; it comes in anew by the tunnel device. */
export function decapsulate(walk: Walk, skb: Skb): Next {
	const device = tunnelFor(skb) as Link;
	const { payload } = skb.packet;
	if (payload?.kind === "ipip") {
		const inner = inside(skb, device, payload.packet);
		noteInside(walk, skb, inner, device);
		walk.crossed(inner, device.name, "in");
		return go("ip-receive", inner);
	}
	if (payload?.kind === "vxlan") {
		const inner = inside(skb, device, payload.frame.packet);
		inner.ethernet = payload.frame;
		inner.vlan = payload.frame.vlan;
		noteInside(walk, skb, inner, device);
		return go("receive", inner);
	}
	return end(
		skb,
		"unknown",
		because("cannot-evaluate", { what: phrase("what-decapsulation", { device: device.name }) }),
	);
}

function noteInside(walk: Walk, outer: Skb, inner: Skb, device: Link): void {
	if (!walk.recording) return;
	const facts = { device: device.name, from: outer.packet.src.text };
	walk.hop(inner, "decapsulate", device.name, because("decapsulated", facts, device.origin));
}

function inside(skb: Skb, device: Link, packet: Packet): Skb {
	// Within one namespace the mark stays (skb_scrub_packet).
	const inner = newSkb(skb.view, device, packet, false);
	inner.decapsulated = true;
	inner.mark = skb.mark;
	return inner;
}

/** An IPIP device wraps the packet and hands the outer one to its own stack. */
export function encapsulateIpip(walk: Walk, skb: Skb, link: IpipLink): Next {
	const { packet, view } = skb;
	// ipip_tunnel_xmit knows IPv4 and MPLS; IPv6 in IPv4 is another device (sit). Seen on Linux 6.1 by the fuzzer.
	if (packet.family !== 4)
		return end(skb, "dropped", because("tunnel-carries-ipv4", { device: link.name }, link.origin));
	const remote = link.remote ?? (skb.out as OutRoute).nextHop;
	const local = link.local ?? sourceFor(view, { to: remote, mark: link.fwmark ?? 0, protocol: "ipip" });
	if (local === null)
		return end(skb, "unreachable", because("no-tunnel-end", { device: link.name, remote: remote.text }));
	const outer: Packet = {
		family: remote.family,
		src: local,
		dst: remote,
		protocol: "ipip",
		sport: 0,
		dport: 0,
		ttl: link.ttl === undefined || link.ttl === 0 ? packet.ttl : link.ttl,
		length: packet.length + IPIP_OVERHEAD,
		dontFragment: packet.dontFragment,
		payload: { kind: "ipip", packet },
	};
	return sendOuter(walk, skb, link, outer);
}

/** A VXLAN device finds the remote tunnel end of the frame's MAC in its FDB, wraps the frame and sends it there. */
export function encapsulateVxlan(walk: Walk, skb: Skb, link: VxlanLink, frame: Frame): Next {
	const { view } = skb;
	if (link.external)
		return end(skb, "unknown", because("device-unknown", { device: link.name, what: phrase("what-flow-vxlan") }));
	const entry =
		view.fdb(link.name, frame.destination).find((each) => each.destination !== undefined) ??
		view.fdb(link.name, ALL_ZERO_MAC).find((each) => each.destination !== undefined);
	const remote = entry?.destination ?? link.remote;
	if (remote === undefined) {
		if (view.state.missing.has("bridge-fdb")) {
			const what = `tunnel end of ${frame.destination} on ${link.name}: bridge-fdb of ${view.place} is missing`;
			return end(skb, "unknown", because("cannot-evaluate", { what }));
		}
		return end(skb, "dropped", because("fdb-missing", { device: link.name, mac: frame.destination }, link.origin));
	}
	const local =
		link.local ?? sourceFor(view, { to: remote, mark: skb.mark, protocol: "udp", dport: entry?.port ?? link.dstport });
	if (local === null)
		return end(skb, "unreachable", because("no-tunnel-end", { device: link.name, remote: remote.text }));
	const outer: Packet = {
		family: remote.family,
		src: local,
		dst: remote,
		protocol: "udp",
		// udp_flow_src_port: a hash of the inner flow; any port of the dynamic range.
		sport: 0,
		dport: entry?.port ?? link.dstport,
		ttl: link.ttl === undefined || link.ttl === 0 ? 64 : link.ttl,
		length: frame.packet.length + VXLAN_OVERHEAD[remote.family],
		dontFragment: false,
		payload: { kind: "vxlan", vni: entry?.vni ?? link.vni, frame },
	};
	return sendOuter(walk, skb, link, outer);
}

/**
 * The outer packet is routed by its own stack: VXLAN's with the inner packet's mark (vxlan_get_route, vxlan6_get_route), IPIP's
 * with the device's (ip_tunnel_xmit: tunnel->fwmark). Either meets the hooks with the inner packet's (iptunnel_xmit).
 */
function sendOuter(walk: Walk, skb: Skb, link: VxlanLink | IpipLink, outer: Packet): Next {
	const carrier = newSkb(skb.view, skb.device, outer, true);
	carrier.mark = skb.mark;
	// The route that is taken gives the source; IPv6 chose it by the destination already (ip6_dst_lookup_tail).
	carrier.sourceless = link.local === undefined && outer.family === 4;
	const facts = { device: link.name, local: outer.src.text, remote: outer.dst.text };
	if (walk.recording) walk.hop(carrier, "encapsulate", link.name, because("encapsulated", facts, link.origin));
	const asked = outFlow(carrier, link.kind === "ipip" ? (link.fwmark ?? 0) : skb.mark, link.local !== undefined);
	const failed = routeOut(walk, carrier, asked);
	if (failed !== null) return failed;
	// Both send nothing where the outer packet would leave by the tunnel itself.
	if (carrier.out?.device.name === link.name)
		return end(skb, "dropped", because("no-tunnel-end", { device: link.name, remote: outer.dst.text }, link.origin));
	return go("output", carrier);
}
