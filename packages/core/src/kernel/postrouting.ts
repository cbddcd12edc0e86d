/** The last hooks before a device (ip_output). */
import { runHook } from "./netfilter.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { go, type Next, type Walk } from "./walk.ts";

export function postrouting(walk: Walk, skb: Skb): Next {
	const out = skb.out as OutRoute;
	skb.device = out.device;
	const outcome = runHook(walk, skb, "postrouting", { in: null, out: out.device.name, bridged: false });
	return outcome ?? go("neighbour", skb);
}
