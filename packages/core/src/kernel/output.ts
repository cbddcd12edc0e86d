/** A packet that this stack makes: its route, its source address, the OUTPUT hooks (ip_queue_xmit, __ip_local_out). */
import { sameAddress } from "../address/watched.ts";
import { atHook } from "./hooks.ts";
import { runHook } from "./netfilter.ts";
import { policiesOnTheWay } from "./policy-stage.ts";
import { again, againFlow, outFlow, routeOut } from "./route-out.ts";
import type { OutRoute, Skb } from "./skb.ts";
import { go, type Next, type Walk } from "./walk.ts";

export function output(walk: Walk, skb: Skb): Next {
	walk.passedStack(skb.view);
	if (skb.out === null) {
		const failed = routeOut(walk, skb, outFlow(skb));
		if (failed !== null) return failed;
	}
	const judged = policiesOnTheWay(walk, skb);
	if (judged !== null) return judged;
	const devices = { in: null, out: (skb.out as OutRoute).device.name, bridged: false };
	const outcome = runHook(walk, skb, "output", devices);
	if (outcome !== null) return outcome;
	const mark = skb.rerouteMark ?? (natChangesDestination(skb) ? skb.mark : null);
	if (mark !== null) {
		const failed = routeOut(walk, skb, againFlow(skb, mark));
		if (failed !== null) return again(failed, skb);
	}
	return go("postrouting", skb);
}

/**
 * nf_nat_ipv4_local_fn and its twin for IPv6 route every packet anew whose connection has another destination than it asked
 * for, also where IPVS did that and not NAT: so a policy rule `from` may lead a packet elsewhere that IPVS had routed by its
 * destination alone.
 */
function natChangesDestination({ view, packet, tracked }: Skb): boolean {
	if (tracked === null || !atHook(view, packet.family, "output").entries.some(({ kind }) => kind === "nat"))
		return false;
	const { original, reply } = tracked.connection;
	const [own, other] = tracked.direction === "original" ? [original, reply] : [reply, original];
	return !sameAddress(own.dst, other.src);
}
