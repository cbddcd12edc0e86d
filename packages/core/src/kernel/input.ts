/** The packet is for this stack: INPUT hooks, then a tunnel's end or a socket (ip_local_deliver). */
import { because } from "./because.ts";
import { destinationOf } from "./endpoint.ts";
import { runHook } from "./netfilter.ts";
import { policiesToNode } from "./policy-stage.ts";
import { icmpRefusal, portUnreachable } from "./reject.ts";
import type { Skb } from "./skb.ts";
import { tunnelFor, vxlansListening } from "./tunnel.ts";
import { type End, end, go, type Next, type Walk } from "./walk.ts";

export function input(walk: Walk, skb: Skb): Next {
	const outcome = runHook(walk, skb, "input", { in: skb.device.name, out: null, bridged: false });
	if (outcome !== null) return outcome;
	// After the hooks: what IPVS takes there is not for the node, and is judged on its way out.
	const judged = policiesToNode(walk, skb);
	if (judged !== null) return judged;
	if (tunnelFor(skb) !== null) return go("decapsulate", skb);
	if (skb.packet.payload?.kind === "vxlan" || skb.packet.payload?.kind === "ipip") return noTunnel(skb);
	if (isServedUnseen(skb)) {
		const what = `who serves ${skb.packet.dst.text}: ipvsadm-save of ${skb.view.place} is missing`;
		return end(skb, "unknown", because("cannot-evaluate", { what }));
	}
	const why = because("delivered", { to: destinationOf(skb.packet) });
	if (walk.recording) walk.hop(skb, "deliver", skb.device.name, why);
	const { packet, view, mark } = skb;
	const delivered: End = { kind: "end", outcome: "delivered", at: view.place, because: why, packet, view };
	return mark === 0 ? delivered : { ...delivered, mark };
}

/**
 * A tunnel's packet for no tunnel that is here: a VXLAN socket drops an unknown network without a word (vxlan_rcv), without one
 * there is no socket, and tunnel4_rcv says the same of IP in IP.
 */
function noTunnel(skb: Skb): End {
	const { packet, view } = skb;
	const why = because("not-listening", { to: destinationOf(packet), place: view.place });
	if (packet.payload?.kind === "vxlan" && vxlansListening(view, packet).length > 0) return end(skb, "dropped", why);
	return icmpRefusal(skb, "refused", portUnreachable(packet.family), why);
}

/** The address is on a dummy device, so IPVS serves it, and the input does not hold IPVS's table. */
function isServedUnseen({ view, packet }: Skb): boolean {
	if (!view.state.missing.has("ipvsadm-save") || packet.sport + packet.dport === 0) return false;
	const device = view.localRoute(packet.dst)?.nextHops[0]?.device;
	return device !== undefined && view.link(device)?.kind === "dummy";
}
