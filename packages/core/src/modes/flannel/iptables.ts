/** flanneld's iptables rules, in its order (flannel pkg/trafficmngr/iptables/iptables.go). */
import type { Family } from "../../address/address.ts";
import { type Prefix, prefix } from "../../address/prefix.ts";
import {
	accept,
	chain,
	comment,
	destination,
	jump,
	mark,
	masquerade,
	returnTarget,
	rule,
	source,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain } from "../../netfilter/xtables/table.ts";
import type { Origin } from "../../origin/origin.ts";
import type { XtContribution } from "../../state/contribution.ts";
import type { Lease } from "./leases.ts";

export const MULTICAST: Readonly<Record<Family, Prefix>> = { 4: prefix("224.0.0.0/4"), 6: prefix("ff00::/8") };
/** kube-proxy's mark for packets that it will masquerade itself. */
export const KUBE_PROXY_MARK = 0x4000;

const MASQ_CHAIN = "FLANNEL-POSTRTG";
const FORWARD_CHAIN = "FLANNEL-FWD";
const FORWARD: Origin = { component: "flannel", note: "flanneld forward" };

const masqComment = comment("flanneld masq");
const forwardComment = comment("flanneld forward");
const MARKED = mark(KUBE_PROXY_MARK, KUBE_PROXY_MARK);
const FULLY_RANDOM = true;
const MASQUERADE = masquerade(FULLY_RANDOM);

/** nat: what leaves the flannel network, or enters it from elsewhere, gets the node's address. What nodes have in common is made once. */
export function masqueradeRules(network: Prefix): (lease: Lease) => XtContribution {
	const { family } = network;
	const [from, notFrom, to] = [source(network), source(network, true), destination(network)];
	const notMulticast = destination(MULTICAST[family], true);
	return ({ subnet, place }) => {
		const origin: Origin = { component: "flannel", object: place, note: "flanneld masq" };
		const here = destination(subnet);
		const rules = [
			rule(origin, [MARKED, masqComment], returnTarget),
			rule(origin, [source(subnet), to, masqComment], returnTarget),
			rule(origin, [from, here, masqComment], returnTarget),
			rule(origin, [notFrom, here, masqComment], returnTarget),
			rule(origin, [from, notMulticast, masqComment], MASQUERADE),
			rule(origin, [notFrom, to, masqComment], MASQUERADE),
		];
		return {
			family,
			table: "nat",
			chains: new Map([[MASQ_CHAIN, chain(MASQ_CHAIN, rules)]]),
			hooks: [{ chain: "POSTROUTING", how: "append", rule: rule(origin, [masqComment], jump(MASQ_CHAIN)) }],
		};
	};
}

/** filter: what comes from or goes to the flannel network is forwarded. The same on every node. */
export function forwardRules(network: Prefix): XtContribution {
	const rules = [
		rule(FORWARD, [source(network), forwardComment], accept),
		rule(FORWARD, [destination(network), forwardComment], accept),
	];
	return {
		family: network.family,
		table: "filter",
		chains: new Map<string, XtChain>([[FORWARD_CHAIN, chain(FORWARD_CHAIN, rules)]]),
		hooks: [{ chain: "FORWARD", how: "append", rule: rule(FORWARD, [forwardComment], jump(FORWARD_CHAIN)) }],
	};
}
