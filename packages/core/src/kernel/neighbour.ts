/** Layer 2 resolution of the next hop (net/core/neighbour.c). */
import type { Address } from "../address/address.ts";
import type { Link } from "../state/link.ts";
import { type Because, because } from "./because.ts";
import { type Answer, askFor } from "./layer2.ts";
import { icmpRefusal } from "./reject.ts";
import { type FilteredAt, filteredFacts } from "./segment-vlan.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { type Answered, askingAddress } from "./solicitation.ts";
import { selectAddress } from "./source-address.ts";
import type { View } from "./view.ts";
import { type End, end, go, type Next, type Walk } from "./walk.ts";

function nobodyAnswers(address: string, device: string, filtered?: FilteredAt): Because {
	if (filtered === undefined) return because("no-answer", { address, device });
	return because("no-answer-in-vlan", { address, device, ...filteredFacts(filtered) });
}

export function neighbour(walk: Walk, skb: Skb): Next {
	const { view } = skb;
	const out = skb.out as OutRoute;
	const { device, nextHop } = out;
	if (device.kind === "other") {
		return end(skb, "unknown", because("device-unknown", { device: device.name, what: device.driver }, device.origin));
	}
	if (
		device.kind === "loopback" ||
		device.kind === "ipip" ||
		device.kind === "tun" ||
		device.mac === null ||
		device.noArp === true
	) {
		skb.ethernet = device.mac === null ? null : { source: device.mac, destination: device.mac };
		return go("transmit", skb);
	}
	const entry = view.neighbour(device.name, nextHop);
	if (entry?.mac != null) {
		skb.ethernet = { source: device.mac, destination: entry.mac };
		const facts = { address: nextHop.text, device: device.name, mac: entry.mac, state: entry.state };
		if (walk.recording) walk.hop(skb, "neighbour", device.name, because("neighbour-static", facts, entry.origin));
		return go("transmit", skb);
	}
	const unread = view.unread("ip-neigh");
	if (unread !== undefined) {
		const what = `${unread.source.file}:${unread.source.line} "${unread.text}" is not understood and might be the neighbour ${nextHop.text}`;
		return end(skb, "unknown", because("cannot-evaluate", { what }));
	}
	const learned = walk.memory.neighbours.get(view, device.name, nextHop);
	if (learned !== undefined) {
		skb.ethernet = { source: device.mac, destination: learned.mac };
		const facts = { address: nextHop.text, device: device.name, mac: learned.mac, by: learned.by };
		if (walk.recording) walk.hop(skb, "neighbour", device.name, because("neighbour-answered", facts));
		return go("transmit", skb);
	}
	const asker = askingAddress(view, device, nextHop, skb.packet.src);
	const answer = resolve(walk, view, device, nextHop, asker);
	switch (answer.kind) {
		case "answer": {
			walk.memory.neighbours.learn(answer, asker, { mac: device.mac, by: view.place });
			if (!walk.recording && asker !== null && !answersBack(walk, answer, asker, nextHop, device.mac))
				walk.memory.neighbours.matter = true;
			skb.ethernet = { source: device.mac, destination: answer.mac };
			const facts = { address: nextHop.text, device: device.name, mac: answer.mac, by: answer.by };
			if (walk.recording) walk.hop(skb, "neighbour", device.name, because("neighbour-answered", facts));
			return go("transmit", skb);
		}
		case "outside":
			walk.crossed(skb, device.name, "out");
			return end(skb, "exits", because("outside", { device: device.name, nextHop: nextHop.text, why: answer.why }));
		case "nobody":
			return unanswered(walk, skb, out, answer.filtered);
	}
}

/** Nobody is heard: whoever sent the packet is told. */
export function unanswered(walk: Walk, skb: Skb, { device, nextHop }: OutRoute, filtered?: FilteredAt): End {
	const why = nobodyAnswers(nextHop.text, device.name, filtered);
	if (walk.recording) walk.hop(skb, "neighbour", device.name, why);
	// A process of this stack gets EHOSTUNREACH instead of a packet.
	if (skb.local) return end(skb, "unreachable", why);
	const kind = skb.packet.family === 4 ? "icmp-host-unreachable" : "icmp6-addr-unreachable";
	return icmpRefusal(skb, "unreachable", kind, why);
}

/**
 * Asks for a neighbour, and remembers who answered. That one is known from then on (neigh_lookup), whatever source the next
 * question would have. Asked again it mostly answers alike, so the memory is looked into only where that may not be so.
 */
export function resolve(walk: Walk, view: View, device: Link, wanted: Address, asker: Address | null): Answer {
	const { neighbours } = walk.memory;
	const answer = askFor(walk.network, view, device, wanted, asker);
	if (answer.kind === "outside") return answer;
	if (answer.kind === "nobody" || answer.share !== undefined) {
		const before = neighbours.heard(view, device.name, wanted);
		if (before !== undefined) return before;
		if (walk.transits !== null) neighbours.unsure = true;
		if (!walk.recording) neighbours.matter = true;
	}
	if (answer.kind === "nobody") return answer;
	if (!answersThis(walk, answer, wanted)) return { kind: "nobody" };
	if (walk.transits === null) neighbours.hear(view, device.name, wanted, answer);
	return answer;
}

/** Whether this one asker is answered. */
function answersThis({ choices }: Walk, { share, by }: Answered, wanted: Address): boolean {
	return share === undefined || choices.choose([share, 1 - share], `next hop of ${by} to ${wanted.text}`) === 0;
}

/** Found out once for each answer, which is of one asker, for one address. */
const mutual = new WeakMap<Answer, boolean>();

/** Whether the asker answers alike when it is asked in turn: with the address that it asked for, or the device's own. */
function answersBack(walk: Walk, answer: Answered, asker: Address, wanted: Address, mac: string): boolean {
	let known = mutual.get(answer);
	if (known === undefined) {
		known = askBack(walk, answer, asker, wanted, mac);
		mutual.set(answer, known);
	}
	return known;
}

function askBack(walk: Walk, { by, device }: Answered, asker: Address, wanted: Address, mac: string): boolean {
	const view = walk.view(by);
	const link = device === null ? undefined : view?.link(device);
	// Fabric devices learn nobody.
	if (view === undefined || link === undefined) return true;
	const own = selectAddress(view, link.name, asker.family, asker);
	return [...(view.isLocal(wanted) ? [wanted] : []), ...(own === null ? [] : [own])].every((asking) => {
		const answer = askFor(walk.network, view, link, asker, asking);
		return answer.kind === "answer" && answer.mac === mac;
	});
}
