/** Source validation of packets that come in (ip_route_input_slow). IPv6 has none in its routing. */
import { deviceSysctlKey } from "../state/sysctl.ts";
import { because } from "./because.ts";
import type { Lookup } from "./fib.ts";
import type { Skb } from "./skb.ts";
import { validateSource } from "./source-validation.ts";
import { end, type Next, type Walk } from "./walk.ts";

/** Null: the source may come in by this device. Asked only of packets that have a route. */
export function reversePath(walk: Walk, skb: Skb, forward: Extract<Lookup, { kind: "route" }>): Next | null {
	const { packet, view, device, mark } = skb;
	if (packet.family === 6 || device.kind === "loopback") return null;
	const { src, dst, protocol, sport, dport } = packet;
	const out = forward.route.type === "unicast" ? (forward.nextHop?.device ?? null) : null;
	const verdict = validateSource(view, { src, dst, protocol, sport, dport, mark, device: device.name }, out);
	switch (verdict.kind) {
		case "fine":
			return null;
		case "martian":
			return end(skb, "dropped", because("martian-source", { source: src.text, device: device.name }));
		case "unknown":
			return end(skb, "unknown", because("cannot-evaluate", { what: verdict.unknown }));
		case "reverse-path": {
			const { wanted, value } = verdict;
			const sysctl = deviceSysctlKey(4, device.name, "rp_filter");
			const why = because("reverse-path", { source: src.text, device: device.name, wanted, sysctl, value });
			walk.hop(skb, "route", device.name, why);
			return end(skb, "dropped", why);
		}
	}
}
