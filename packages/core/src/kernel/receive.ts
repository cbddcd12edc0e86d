/** A frame arrives at a device (__netif_receive_skb_core): VLAN, bridge, macvlan and ipvlan take it before IP does. */
import { isMulticast } from "../address/address.ts";
import { BROADCAST_MAC } from "../packet/packet.ts";
import type { Link } from "../state/link.ts";
import { because } from "./because.ts";
import type { Skb } from "./skb.ts";
import { trafficControl } from "./tc.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

export function receive(walk: Walk, skb: Skb): Next {
	const { device: link, view } = skb;
	if (!link.up) return end(skb, "dropped", because("device-down", { device: link.name }, link.origin));
	if (link.kind !== "loopback") walk.crossed(skb, link.name, "in");
	const controlled = trafficControl(walk, skb, "ingress");
	if (controlled !== null) return controlled;
	const untagged = skb.vlan === null ? null : intoVlan(walk, skb, link);
	if (untagged !== null) return untagged;
	if (link.master !== undefined) return intoMaster(skb, link);
	const hasStacked = view.children(link.name).length > 0 || walk.cabling.stackedOn(view, link.name).length > 0;
	return (hasStacked ? intoStacked(walk, skb, link) : null) ?? intoIp(walk, skb, link);
}

/** A VLAN device takes the frames with its tag. */
function intoVlan(walk: Walk, skb: Skb, link: Link): Next | null {
	const isFor = (each: Link): boolean => each.kind === "vlan" && each.id === skb.vlan;
	const child = skb.view.children(link.name).find(isFor);
	if (child !== undefined) return intoChild(walk, skb, skb.view.place, child, { vlan: null });
	const moved = stackedElsewhere(walk, skb, isFor);
	return moved === null ? null : { kind: "wire", ...moved, frame: frameOf(skb, null) };
}

function intoMaster(skb: Skb, link: Link): Next {
	const master = skb.view.link(link.master as string);
	if (master?.kind === "bridge") return go("bridge", skb);
	const what = `${link.name} belongs to ${link.master}, which is ${master === undefined ? "not there" : `of kind ${master.kind}`}`;
	return end(skb, "unknown", because("cannot-evaluate", { what }, link.origin));
}

function intoChild(walk: Walk, skb: Skb, place: string, child: Link, changes: { readonly vlan: number | null }): Next {
	if (walk.recording)
		walk.hop(skb, "receive", skb.device.name, because("vlan-received", { device: child.name, place }, child.origin));
	return go("receive", { ...skb, device: child, vlan: changes.vlan });
}

/** macvlan children take frames for their own MAC (macvlan_handle_frame), ipvlan children packets for their addresses. */
function intoStacked(walk: Walk, skb: Skb, link: Link): Next | null {
	const destination = skb.ethernet?.destination;
	const isFor = (child: Link, addresses: readonly string[]): boolean => {
		if (child.kind === "macvlan") return child.mac === destination;
		return child.kind === "ipvlan" && addresses.includes(skb.packet.dst.text);
	};
	for (const child of skb.view.children(link.name)) {
		const addresses = skb.view.addresses(child.name).map((each) => each.address.text);
		if (isFor(child, addresses)) {
			if (walk.recording)
				walk.hop(
					skb,
					"receive",
					link.name,
					because(
						child.kind === "macvlan" ? "macvlan-received" : "ipvlan-received",
						{ device: child.name },
						child.origin,
					),
				);
			return go("receive", { ...skb, device: child });
		}
	}
	const moved = stackedElsewhere(walk, skb, isFor);
	return moved === null ? null : { kind: "wire", ...moved, frame: frameOf(skb, skb.vlan) };
}

/** A child of this device that was moved into another namespace and that wants the frame. */
function stackedElsewhere(
	walk: Walk,
	skb: Skb,
	wants: (child: Link, addresses: readonly string[]) => boolean,
): { readonly place: string; readonly device: string } | null {
	for (const { place, device } of walk.cabling.stackedOn(skb.view, skb.device.name)) {
		const other = walk.view(place);
		const child = other?.link(device);
		if (other === undefined || child === undefined) continue;
		const addresses = other.addresses(device).map((each) => each.address.text);
		if (wants(child, addresses)) return { place, device };
	}
	return null;
}

function frameOf(
	skb: Skb,
	vlan: number | null,
): { source: string; destination: string; vlan: number | null; packet: Skb["packet"] } {
	const { source, destination } = skb.ethernet ?? { source: "", destination: "" };
	return { source, destination, vlan, packet: skb.packet };
}

function intoIp(walk: Walk, skb: Skb, link: Link): Next {
	if (skb.vlan !== null) {
		return end(skb, "dropped", because("vlan-filtered", { vlan: skb.vlan, device: link.name }, link.origin));
	}
	const destination = skb.ethernet?.destination;
	const forUs =
		destination === undefined ||
		link.mac === null ||
		destination === link.mac ||
		destination === BROADCAST_MAC ||
		isMulticast(skb.packet.dst);
	if (!forUs) {
		const why = because("other-mac", { device: link.name, mac: destination, own: link.mac ?? "none" });
		if (walk.recording) walk.hop(skb, "receive", link.name, why);
		return end(skb, "dropped", why);
	}
	return go("ip-receive", skb);
}
