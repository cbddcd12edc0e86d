/** IP gets a packet from a device: the PREROUTING hooks (ip_rcv, ipv6_rcv). */
import { runHook } from "./netfilter.ts";
import type { Skb } from "./skb.ts";
import { go, type Next, type Walk } from "./walk.ts";

export function ipReceive(walk: Walk, skb: Skb): Next {
	walk.passedStack(skb.view);
	skb.inDevice = skb.device;
	// br_netfilter ran them on the bridge port; ip_sabotage_in keeps them from running again.
	if (skb.prerouted) {
		skb.prerouted = false;
		return go("route", skb);
	}
	const outcome = runHook(walk, skb, "prerouting", { in: skb.device.name, out: null, bridged: false });
	return outcome ?? go("route", skb);
}
