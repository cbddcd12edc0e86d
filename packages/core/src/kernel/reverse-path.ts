/** Source validation of packets that come in (fib_validate_source, net/ipv4/fib_frontend.c). IPv6 has none in its routing. */
import { deviceSysctlKey } from "../state/sysctl.ts";
import { because } from "./because.ts";
import { hasCustomRules, type Lookup, lookup } from "./fib.ts";
import type { Skb } from "./skb.ts";
import { end, type Next, type Walk } from "./walk.ts";

/** Null: the source may come in by this device. */
export function reversePath(walk: Walk, skb: Skb, forward: Lookup): Next | null {
	const { packet, view, device } = skb;
	if (packet.family === 6 || device.kind === "loopback") return null;
	// Packets that this stack made and that come back in by a tunnel or by lo were checked where they were made.
	if (forward.kind === "unknown") return null;
	const { rpFilter, acceptLocal, srcValidMark } = view.settings(device.name);
	const filter = view.state.missing.has("sysctl") ? 0 : rpFilter;
	if (filter === 0 && !hasCustomRules(view, 4)) {
		return view.isLocal(packet.src) && !acceptLocal ? martian(skb) : null;
	}
	const flow = { to: packet.src, from: packet.dst, iif: device.name };
	const back = lookup(view, srcValidMark ? { ...flow, mark: skb.mark } : flow);
	if (back.kind === "unknown") return end(skb, "unknown", because("cannot-evaluate", { what: back.unknown }));
	if (back.kind === "route" && back.route.type === "local") return acceptLocal ? null : martian(skb);
	if (filter === 0) return null;
	if (back.kind === "route" && back.route.type === "unicast") {
		if (back.route.nextHops.some((hop) => hop.device === device.name)) return null;
		// Loose mode: any device will do.
		if (filter === 2) return null;
	}
	const wanted = back.kind === "route" ? (back.nextHop?.device ?? "none") : "none";
	const key = deviceSysctlKey(4, device.name, "rp_filter");
	const why = because("reverse-path", {
		source: packet.src.text,
		device: device.name,
		wanted,
		sysctl: key,
		value: filter,
	});
	walk.hop(skb, "route", device.name, why);
	return end(skb, "dropped", why);
}

function martian(skb: Skb): Next {
	return end(skb, "dropped", because("martian-source", { source: skb.packet.src.text, device: skb.device.name }));
}
