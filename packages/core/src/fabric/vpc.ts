/**
 * A VPC: to the card that owns the destination address, else by the longest custom route entry, else out
 * (seed 001 L139: the entry podCIDR -> ECS is what carries pods' packets between nodes).
 */
import { contains } from "../address/prefix.ts";
import { PrefixMap } from "../address/prefix-map.ts";
import { because } from "../kernel/because.ts";
import type { Next, Walk } from "../kernel/walk.ts";
import type { Frame } from "../packet/packet.ts";
import type { Vpc, VpcRoute } from "../state/fabric.ts";
import type { Arrival } from "./arrival.ts";
import { attachmentOf, deliverTo } from "./deliver.ts";
import { fabricEnd } from "./end.ts";
import { toInternet } from "./internet.ts";
import { sessionAnswered } from "./load-balancer.ts";

const routeTables = new WeakMap<Vpc, PrefixMap<VpcRoute>>();

export function throughVpc(walk: Walk, vpc: Vpc, arrival: Arrival): Next {
	const { packet } = arrival.frame;
	const frame: Frame = arrival.frame;
	// A load balancer's own traffic does not follow the VPC's routes: answers go to where the session is.
	if (sessionAnswered(walk, packet) !== undefined) return toInternet(walk, vpc.place, frame);
	const card = attachmentOf(vpc.attachments, packet.dst.text);
	if (card !== undefined) {
		const why = because("vpc-address", { to: packet.dst.text, place: card.place }, vpc.origin);
		return deliverTo(walk, vpc.place, "vpc-route", card, frame, why);
	}
	const route = routesOf(vpc).longestMatch(packet.dst);
	if (route !== undefined) return byRoute(walk, vpc, route, frame);
	if (vpc.prefixes.some((prefix) => contains(prefix, packet.dst))) {
		const why = because("vpc-nowhere", { to: packet.dst.text }, vpc.origin);
		if (walk.recording) walk.fabricHop(vpc.place, "vpc-route", frame, why);
		return fabricEnd(vpc.place, frame, "dropped", why);
	}
	if (walk.recording)
		walk.fabricHop(vpc.place, "vpc-route", frame, because("internet", { to: packet.dst.text }, vpc.origin));
	return toInternet(walk, vpc.place, frame);
}

function byRoute(walk: Walk, vpc: Vpc, route: VpcRoute, frame: Frame): Next {
	const target = vpc.attachments.find((each) => each.place === route.nextHop);
	const facts = { to: frame.packet.dst.text, route: route.destination.text, place: route.nextHop };
	if (target === undefined) {
		const why = because("vpc-nowhere", { to: frame.packet.dst.text }, route.origin);
		if (walk.recording) walk.fabricHop(vpc.place, "vpc-route", frame, why);
		return fabricEnd(vpc.place, frame, "dropped", why);
	}
	return deliverTo(walk, vpc.place, "vpc-route", target, frame, because("vpc-route", facts, route.origin));
}

function routesOf(vpc: Vpc): PrefixMap<VpcRoute> {
	let table = routeTables.get(vpc);
	if (table === undefined) {
		table = new PrefixMap();
		for (const route of vpc.routes) table.set(route.destination, route);
		routeTables.set(vpc, table);
	}
	return table;
}
