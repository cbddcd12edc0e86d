/** Traffic control at a device: filters with actions (net/sched/sch_ingress.c, clsact). Shaping changes no path. */
import { contains } from "../address/prefix.ts";
import type { TcFilter } from "../state/tc.ts";
import { phrase } from "../wording/phrase.ts";
import { because } from "./because.ts";
import type { Skb } from "./skb.ts";
import { runProgram } from "./tc-program.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

/** Runs the filters of a device in one direction. Null: the packet goes on. */
export function trafficControl(walk: Walk, skb: Skb, direction: "ingress" | "egress"): Next | null {
	return skb.view.state.tcFilters.length === 0 ? null : runFilters(walk, skb, direction);
}

function runFilters(walk: Walk, skb: Skb, direction: "ingress" | "egress"): Next | null {
	const filters = skb.view.state.tcFilters
		.filter((filter) => filter.device === skb.device.name && filter.direction === direction)
		.sort((a, b) => a.priority - b.priority);
	for (const filter of filters) {
		const matched = matches(filter, skb);
		if (matched === "unknown") {
			const what = `tc filter "${filter.notUnderstood}" on ${skb.device.name}`;
			return end(skb, "unknown", because("cannot-evaluate", { what }, filter.origin));
		}
		if (!matched) continue;
		return act(walk, skb, filter);
	}
	return null;
}

function matches(filter: TcFilter, skb: Skb): boolean | "unknown" {
	const protocol = skb.vlan !== null ? "802.1Q" : skb.packet.family === 4 ? "ip" : "ipv6";
	if (filter.protocol !== "all" && filter.protocol !== protocol) return false;
	if (filter.notUnderstood !== undefined) return "unknown";
	if (filter.vlan !== undefined && filter.vlan !== skb.vlan) return false;
	if (filter.source !== undefined && !contains(filter.source, skb.packet.src)) return false;
	return filter.destination === undefined || contains(filter.destination, skb.packet.dst);
}

function act(walk: Walk, skb: Skb, filter: TcFilter): Next | null {
	for (const action of filter.actions) {
		switch (action.kind) {
			case "vlan-push":
				skb.vlan = action.id;
				break;
			case "vlan-pop":
				skb.vlan = null;
				break;
			case "skbedit":
				// What IP does with the frame hangs on its type alone from here on.
				skb.ethernet = null;
				break;
			case "program": {
				const next = runProgram(walk, skb, action, filter);
				if (next !== null) return next;
				break;
			}
			case "pass":
				return null;
			case "drop":
				return end(
					skb,
					"dropped",
					because("rule-drop", { hook: `tc ${filter.direction}`, chain: filter.device }, filter.origin),
				);
			case "redirect": {
				const device = skb.view.link(action.device);
				if (device === undefined)
					return end(
						skb,
						"unknown",
						because("device-missing", { device: action.device, route: "tc redirect" }, filter.origin),
					);
				return go(action.direction === "ingress" ? "receive" : "transmit", { ...skb, device });
			}
			case "other":
				return end(
					skb,
					"unknown",
					because(
						"cannot-evaluate",
						{ what: phrase("what-tc-action", { action: action.text, device: filter.device }) },
						filter.origin,
					),
				);
		}
	}
	if (walk.recording)
		walk.hop(skb, "tc", skb.device.name, because("hook-passed", { hook: `tc ${filter.direction}` }, filter.origin));
	return null;
}
