/** Layer 2 resolution of the next hop (net/core/neighbour.c). */
import { type Because, because } from "./because.ts";
import { askFor } from "./layer2.ts";
import { icmpRefusal } from "./reject.ts";
import { type FilteredAt, filteredFacts } from "./segment-vlan.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

function nobodyAnswers(address: string, device: string, filtered: FilteredAt | undefined): Because {
	if (filtered === undefined) return because("no-answer", { address, device });
	return because("no-answer-in-vlan", { address, device, ...filteredFacts(filtered) });
}

export function neighbour(walk: Walk, skb: Skb): Next {
	const { view } = skb;
	const { device, nextHop } = skb.out as OutRoute;
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
	const answer = askFor(walk.network, view, device, nextHop);
	switch (answer.kind) {
		case "answer": {
			skb.ethernet = { source: device.mac, destination: answer.mac };
			const facts = { address: nextHop.text, device: device.name, mac: answer.mac, by: answer.by };
			if (walk.recording) walk.hop(skb, "neighbour", device.name, because("neighbour-answered", facts));
			return go("transmit", skb);
		}
		case "outside":
			walk.crossed(skb, device.name, "out");
			return end(skb, "exits", because("outside", { device: device.name, nextHop: nextHop.text, why: answer.why }));
		case "nobody": {
			const why = nobodyAnswers(nextHop.text, device.name, answer.filtered);
			if (walk.recording) walk.hop(skb, "neighbour", device.name, why);
			// A process of this stack gets EHOSTUNREACH instead of a packet.
			if (skb.local) return end(skb, "unreachable", why);
			const kind = skb.packet.family === 4 ? "icmp-host-unreachable" : "icmp6-addr-unreachable";
			return icmpRefusal(skb, "unreachable", kind, why);
		}
	}
}
