/** The packet goes on to another device: TTL, size, FORWARD hooks (ip_forward, ip6_forward). */
import { isLinkLocal } from "../address/address.ts";
import { because } from "./because.ts";
import { runHook } from "./netfilter.ts";
import { policiesOnTheWay } from "./policy-stage.ts";
import { icmpRefusal } from "./reject.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { end, go, type Next, type Walk } from "./walk.ts";

export function forward(walk: Walk, skb: Skb): Next {
	const { packet } = skb;
	const out = skb.out as OutRoute;
	if (walk.wasHere(skb, out.device)) {
		return end(skb, "loop", because("loop", { to: packet.dst.text, device: out.device.name }, out.route.origin));
	}
	if (packet.ttl <= 1) {
		const kind = packet.family === 4 ? "icmp-ttl" : "icmp6-hop-limit";
		return icmpRefusal(skb, "loop", kind, because("ttl", { to: packet.dst.text }));
	}
	// ip6_forward: not where it goes back out of the device that it came in by, which is a redirect's matter.
	if (packet.family === 6 && isLinkLocal(packet.src) && out.device.name !== skb.device.name) {
		const why = because("martian-source", { source: packet.src.text, device: skb.device.name });
		return icmpRefusal(skb, "dropped", "icmp6-beyond-scope", why);
	}
	const tooLarge = tooBig(walk, skb);
	if (tooLarge !== null) return tooLarge;
	skb.packet = { ...packet, ttl: packet.ttl - 1 };
	const judged = policiesOnTheWay(walk, skb);
	if (judged !== null) return judged;
	const outcome = runHook(walk, skb, "forward", { in: skb.device.name, out: out.device.name, bridged: false });
	return outcome ?? go("postrouting", skb);
}

/** Null: the packet fits the device it leaves by, or may be cut. */
function tooBig(walk: Walk, skb: Skb): Next | null {
	const out = skb.out as OutRoute;
	const mtu = out.route.mtu ?? out.device.mtu;
	if (skb.packet.length <= mtu) return null;
	if (skb.packet.family === 4 && !skb.packet.dontFragment) return null;
	const why = because("too-big", { length: skb.packet.length, mtu, device: out.device.name });
	walk.hop(skb, "forward", out.device.name, why);
	return icmpRefusal(skb, "dropped", skb.packet.family === 4 ? "icmp-frag-needed" : "icmp6-too-big", why);
}
