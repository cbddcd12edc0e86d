/** A device sends: onto its wire, into its bridge, its tunnel, its lower device (dev_queue_xmit, ndo_start_xmit). */
import { type Frame, packetsInside } from "../packet/packet.ts";
import type { BridgeLink, IpipLink, IpvlanLink, Link, MacvlanLink, VlanLink, VxlanLink } from "../state/link.ts";
import { phrase } from "../wording/phrase.ts";
import { because } from "./because.ts";
import { bridgeOut } from "./bridge.ts";
import { newSkb, type Skb } from "./skb.ts";
import { trafficControl } from "./tc.ts";
import { encapsulateIpip, encapsulateVxlan } from "./tunnel.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

export function transmit(walk: Walk, skb: Skb): Next {
	const link = skb.device;
	if (!link.up) return end(skb, "dropped", because("device-down", { device: link.name }, link.origin));
	const controlled = trafficControl(walk, skb, "egress");
	if (controlled !== null) return controlled;
	return send(walk, skb, link);
}

function send(walk: Walk, skb: Skb, link: Link): Next {
	switch (link.kind) {
		case "loopback":
			// The packet keeps its connection and mark: nf_conntrack_in passes over what it has seen before.
			return go("receive", { ...skb, inDevice: null, out: null, local: false });
		case "veth":
		case "physical":
			walk.crossed(skb, link.name, "out");
			return overWire(walk, skb, link);
		case "bridge":
			return intoBridge(walk, skb, link);
		case "vxlan":
		case "ipip":
			return intoTunnel(walk, skb, link);
		case "vlan":
			return intoVlan(walk, skb, link);
		case "macvlan":
		case "ipvlan":
			return outOfStacked(walk, skb, link);
		case "dummy":
			walk.crossed(skb, link.name, "out");
			return end(skb, "dropped", because("device-down", { device: link.name }, link.origin));
		case "tun":
			walk.crossed(skb, link.name, "out");
			return end(
				skb,
				"exits",
				because("outside", { device: link.name, nextHop: skb.packet.dst.text, why: phrase("process-reads-device") }),
			);
		case "other":
			return end(skb, "unknown", because("device-unknown", { device: link.name, what: link.driver }, link.origin));
	}
}

/**
 * A tunnel's packet that a rule leads into the tunnel again, and so on: the kernel stops it at the tenth time (dev_xmit_recursion,
 * "Dead loop on virtual device").
 */
const MOST_INSIDE = 8;

function intoTunnel(walk: Walk, skb: Skb, link: VxlanLink | IpipLink): Next {
	if (packetsInside(skb.packet) > MOST_INSIDE)
		return end(skb, "loop", because("loop", { to: skb.packet.dst.text, device: link.name }, link.origin));
	walk.crossed(skb, link.name, "out");
	return link.kind === "ipip" ? encapsulateIpip(walk, skb, link) : encapsulateVxlan(walk, skb, link, frameOf(skb));
}

function frameOf(skb: Skb): Frame {
	const { source, destination } = skb.ethernet ?? { source: "", destination: "" };
	return { source, destination, vlan: skb.vlan, packet: skb.packet };
}

function overWire(walk: Walk, skb: Skb, link: Link): Next {
	const far = walk.cabling.far(skb.view, link.name);
	const frame = frameOf(skb);
	switch (far.kind) {
		case "device":
			return {
				kind: "wire",
				place: far.place,
				device: far.device,
				frame,
				card: walk.cabling.farCard(skb.view, link.name),
			};
		case "fabric":
			return { kind: "fabric", fabric: far.fabric, from: { place: skb.view.place, device: link.name }, frame };
		case "outside":
			return end(
				skb,
				"exits",
				because("outside", { device: link.name, nextHop: skb.out?.nextHop.text ?? skb.packet.dst.text, why: far.why }),
			);
	}
}

function intoBridge(walk: Walk, skb: Skb, link: BridgeLink): Next {
	walk.crossed(skb, link.name, "out");
	return bridgeOut(walk, skb, link);
}

/** The tag is pushed and the lower device sends the frame; that device may be in another namespace. */
function intoVlan(walk: Walk, skb: Skb, link: VlanLink): Next {
	if (skb.vlan !== null)
		return end(skb, "unknown", because("cannot-evaluate", { what: phrase("what-second-tag", { device: link.name }) }));
	walk.crossed(skb, link.name, "out");
	const lowered = lower(walk, skb, link);
	return lowered.kind === "stage" ? go("transmit", { ...lowered.skb, vlan: link.id }) : lowered;
}

/**
 * ipvlan L2 hands a frame for a sibling to it directly; macvlan in bridge mode has the lower device receive it, so that captures
 * there show it (macvlan_queue_xmit: "send to lowerdev first for its network taps"). Anything else leaves by the lower device.
 */
function outOfStacked(walk: Walk, skb: Skb, link: MacvlanLink | IpvlanLink): Next {
	if (link.kind === "ipvlan" && link.mode !== "l2") {
		return end(
			skb,
			"unknown",
			because("device-unknown", { device: link.name, what: `ipvlan ${link.mode}` }, link.origin),
		);
	}
	walk.crossed(skb, link.name, "out");
	const lowered = lower(walk, skb, link);
	if (lowered.kind !== "stage") return lowered;
	if (link.kind === "macvlan" && link.mode !== "bridge") return lowered;
	// Only what is for the MAC that all children share is looked for among them (ipvlan_xmit_mode_l2).
	if (link.kind === "ipvlan" && skb.ethernet?.destination !== link.mac) return lowered;
	const { view, device } = lowered.skb;
	const siblings = [
		...view.children(device.name).map((child) => ({ place: view.place, device: child.name })),
		...walk.cabling.stackedOn(view, device.name),
	];
	for (const sibling of siblings) {
		if (sibling.place === skb.view.place && sibling.device === link.name) continue;
		const other = walk.view(sibling.place);
		const child = other?.link(sibling.device);
		if (other === undefined || child === undefined || child.kind !== link.kind) continue;
		const isFor =
			link.kind === "macvlan"
				? child.mac === skb.ethernet?.destination && child.kind === "macvlan" && child.mode === "bridge"
				: other.addresses(child.name).some((each) => each.address.text === skb.packet.dst.text);
		if (!isFor) continue;
		const to = link.kind === "macvlan" ? { place: view.place, device: device.name } : sibling;
		return { kind: "wire", ...to, frame: frameOf(skb) };
	}
	// Whatever else is for that MAC is for the machine itself: it never leaves by the lower device.
	return link.kind === "ipvlan" && link.flag !== "vepa"
		? { kind: "wire", place: view.place, device: device.name, frame: frameOf(skb) }
		: lowered;
}

/** The frame on the lower device of a stacked one, about to be sent by it. */
function lower(walk: Walk, skb: Skb, link: VlanLink | MacvlanLink | IpvlanLink): Next {
	const place = link.lower.place ?? skb.view.place;
	const view = place === skb.view.place ? skb.view : walk.view(place);
	const device = view?.link(link.lower.device);
	if (view === undefined || device === undefined) {
		const why = phrase("lower-device-not-described", { device: link.name });
		return end(skb, "exits", because("outside", { device: link.name, nextHop: skb.packet.dst.text, why }));
	}
	const lowered: Skb =
		view === skb.view
			? { ...skb, device }
			: { ...newSkb(view, device, skb.packet, false), ethernet: skb.ethernet, vlan: skb.vlan };
	return go("transmit", lowered);
}
