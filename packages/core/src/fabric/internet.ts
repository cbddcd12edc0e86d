/** Beyond the machines' own network: load balancers by their addresses, clients on the Internet by theirs. */
import { because } from "../kernel/because.ts";
import { VPC_MAC } from "../kernel/layer2.ts";
import type { Next, Walk } from "../kernel/walk.ts";
import type { Frame } from "../packet/packet.ts";
import type { Internet } from "../state/fabric.ts";
import type { Place } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import type { Arrival } from "./arrival.ts";
import { fabricEnd } from "./end.ts";
import { balance, balancerOf, sessionAnswered, unbalance } from "./load-balancer.ts";

export function throughInternet(walk: Walk, internet: Internet, arrival: Arrival): Next {
	const { frame } = arrival;
	const { src, dst } = frame.packet;
	const session = walk.memory.outgoing.find((each) => each.inside.text === dst.text && each.outside.text === src.text);
	if (session !== undefined) {
		return { kind: "fabric", fabric: session.fabric, from: arrival.from, frame: { ...frame, destination: VPC_MAC } };
	}
	return toInternet(walk, internet.place, frame);
}

/** A packet for an address that no machine of the cluster's network has. */
export function toInternet(walk: Walk, from: Place, frame: Frame): Next {
	const session = sessionAnswered(walk, frame.packet);
	const out = session === undefined ? frame : unbalance(walk, session, frame);
	const { src, dst } = out.packet;
	const balancer = balancerOf(walk.network.loadBalancers, dst.text);
	if (balancer !== undefined) return balance(walk, balancer, out);
	const place = `internet/${dst.text}`;
	const card = walk.asked.has(place) ? cardOf(walk, place) : null;
	if (card !== null) {
		if (session === undefined) {
			walk.memory.outgoing.push({ fabric: from, inside: src, outside: dst });
			walk.remark("gateway-assumed", phrase("gateway-assumed", { fabric: from, address: src.text }), from);
		}
		// Which router of the Internet hands it over is not known.
		const delivered = { ...out, source: "", destination: card.mac };
		return { kind: "wire", place, device: card.device, frame: delivered };
	}
	const why = because("outside", {
		device: from,
		nextHop: dst.text,
		why: phrase("address-nowhere", { address: dst.text }),
	});
	return fabricEnd(from, out, "exits", why);
}

/** The card of a machine that has just one. */
function cardOf(walk: Walk, place: Place): { readonly device: string; readonly mac: string } | null {
	const link = walk.view(place)?.state.links.find((each) => each.kind === "physical");
	return link?.mac == null ? null : { device: link.name, mac: link.mac };
}
