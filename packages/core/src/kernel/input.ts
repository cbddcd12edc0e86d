/** The packet is for this stack: INPUT hooks, then a tunnel's end or a socket (ip_local_deliver). */
import { because } from "./because.ts";
import { runHook } from "./netfilter.ts";
import type { Skb } from "./skb.ts";
import { tunnelFor } from "./tunnel.ts";
import { type End, go, type Next, type Walk } from "./walk.ts";

export function input(walk: Walk, skb: Skb): Next {
	const outcome = runHook(walk, skb, "input", { in: skb.device.name, out: null, bridged: false });
	if (outcome !== null) return outcome;
	if (tunnelFor(skb) !== null) return go("decapsulate", skb);
	const why = because("delivered", { to: skb.packet.dst.text, port: skb.packet.dport });
	walk.hop(skb, "deliver", skb.device.name, why);
	const delivered: End = {
		kind: "end",
		outcome: "delivered",
		at: skb.view.place,
		because: why,
		packet: skb.packet,
		view: skb.view,
	};
	return delivered;
}
