/**
 * A VPC. A frame belongs to the card that it comes from, by its tag where that is a member of a trunk. It is routed by the
 * longest prefix: a vSwitch's leads to the card that has the address, a custom entry's to its next hop (seed 001 L139: the
 * entry podCIDR -> ECS is what carries pods' packets between nodes), and else it goes out. Between equal prefixes the vSwitch's
 * wins; the API refuses custom entries that are inside one (help.aliyun.com CreateRouteEntry). The source address is not
 * looked at (seed 000 L334: a pod's packets leave by its node's eth0), unless the ENI's own check is on.
 */
import type { Address } from "../address/address.ts";
import { contains } from "../address/prefix.ts";
import { PrefixMap } from "../address/prefix-map.ts";
import { type Because, because } from "../kernel/because.ts";
import type { Next, Walk } from "../kernel/walk.ts";
import type { Frame } from "../packet/packet.ts";
import type { Attachment, Vpc, VpcRoute } from "../state/fabric.ts";
import type { Arrival } from "./arrival.ts";
import { attachmentAt, attachmentNamed, attachmentOf } from "./attachment.ts";
import { handOver, toCard } from "./deliver.ts";
import { fabricEnd } from "./end.ts";
import { pastEni } from "./eni.ts";
import { toInternet } from "./internet.ts";
import { balance, balancerOf, sessionAnswered, unbalance } from "./load-balancer.ts";

export function throughVpc(walk: Walk, vpc: Vpc, arrival: Arrival): Next {
	const { from } = arrival;
	const { vlan } = arrival.frame;
	const sender = attachmentAt(vpc.attachments, from, vlan);
	if (sender === undefined && vlan !== null) {
		const facts = { device: from.device, place: from.place, vlan };
		return dropped(walk, vpc, arrival.frame, because("vpc-no-member", facts, vpc.origin));
	}
	const frame: Frame = vlan === null ? arrival.frame : { ...arrival.frame, vlan: null };
	const refused = sender === undefined ? null : pastEni(walk, vpc, sender, "egress", frame);
	return refused ?? answered(walk, vpc, sender, frame) ?? routed(walk, vpc, sender, frame);
}

/** A load balancer's own traffic does not follow the VPC's routes: answers go to where the session is. */
function answered(walk: Walk, vpc: Vpc, sender: Attachment | undefined, frame: Frame): Next | null {
	const session = sessionAnswered(walk, frame.packet);
	if (session === undefined) return null;
	if (sender?.eni !== undefined && walk.recording) {
		walk.fabricHop(vpc.place, "vpc-route", frame, because("vpc-to-lb", { place: session.balancer }, vpc.origin));
	}
	const out = unbalance(walk, session, frame);
	const client = attachmentOf(vpc.attachments, out.packet.dst.text);
	return client === undefined ? toInternet(walk, vpc.place, out) : toCard(walk, vpc, client, out);
}

function routed(walk: Walk, vpc: Vpc, sender: Attachment | undefined, frame: Frame): Next {
	const { dst } = frame.packet;
	const route = routesOf(vpc).longestMatch(dst);
	if (route !== undefined && route !== DIRECT) return byEntry(walk, vpc, route, frame);
	const card = attachmentOf(vpc.attachments, dst.text);
	if (card !== undefined) return toCard(walk, vpc, card, frame);
	const inside = route === DIRECT || isInside(vpc, dst);
	const balancer = inside ? balancerOf(walk.network.loadBalancers, dst.text) : undefined;
	if (balancer !== undefined) {
		// As on the way back: of cards that are ENIs the VPC itself is a link.
		if (sender?.eni !== undefined && walk.recording) {
			const facts = { to: dst.text, place: balancer.place };
			walk.fabricHop(vpc.place, "vpc-route", frame, because("vpc-address", facts, vpc.origin));
		}
		return balance(walk, balancer, frame);
	}
	if (inside) return dropped(walk, vpc, frame, because("vpc-nowhere", { to: dst.text }, vpc.origin));
	if (walk.recording) walk.fabricHop(vpc.place, "vpc-route", frame, because("internet", { to: dst.text }, vpc.origin));
	return toInternet(walk, vpc.place, frame);
}

function isInside({ prefixes }: Vpc, address: Address): boolean {
	return prefixes.some((prefix) => contains(prefix, address));
}

function byEntry(walk: Walk, vpc: Vpc, route: VpcRoute, frame: Frame): Next {
	const target = attachmentNamed(vpc.attachments, route.nextHop);
	if (target === undefined) {
		return dropped(walk, vpc, frame, because("vpc-nowhere", { to: frame.packet.dst.text }, route.origin));
	}
	return handOver(walk, vpc, target, frame, () => {
		const facts = { to: frame.packet.dst.text, route: route.destination.text, place: route.nextHop };
		return because("vpc-route", facts, route.origin);
	});
}

function dropped(walk: Walk, vpc: Vpc, frame: Frame, why: Because): Next {
	if (walk.recording) walk.fabricHop(vpc.place, "vpc-route", frame, why);
	return fabricEnd(vpc.place, frame, "dropped", why);
}

/** A vSwitch's own entry: to the card that has the address. */
const DIRECT = "direct";

const routeTables = new WeakMap<Vpc, PrefixMap<VpcRoute | typeof DIRECT>>();

function routesOf(vpc: Vpc): PrefixMap<VpcRoute | typeof DIRECT> {
	let table = routeTables.get(vpc);
	if (table === undefined) {
		table = new PrefixMap();
		for (const route of vpc.routes) table.set(route.destination, route);
		for (const { prefix } of vpc.vSwitches) table.set(prefix, DIRECT);
		routeTables.set(vpc, table);
	}
	return table;
}
