/** flanneld's nftables tables, with EnableNFTables (flannel pkg/trafficmngr/nftables/nftables.go). */
import type { Family } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import { PRIORITY } from "../../netfilter/hook.ts";
import {
	ACCEPT_VERDICT,
	destinationAddress,
	is,
	isNot,
	masqueradeStatement,
	meta,
	nftChain,
	nftRule,
	RETURN_VERDICT,
	sourceAddress,
} from "../../netfilter/nftables/build.ts";
import type { NftBase, NftChain, NftTable } from "../../netfilter/nftables/ruleset.ts";
import type { Origin } from "../../origin/origin.ts";
import { KUBE_PROXY_MARK, MULTICAST } from "./iptables.ts";
import type { Lease } from "./leases.ts";

const POSTROUTING: NftBase = { type: "nat", hook: "postrouting", priority: PRIORITY.natSource, policy: "accept" };
const FORWARD: NftBase = { type: "filter", hook: "forward", priority: PRIORITY.filter, policy: "accept" };
const MASQUERADE = masqueradeStatement("fully-random");

/** `ip flannel-ipv4` or `ip6 flannel-ipv6` of one node. */
export function flannelTable(family: Family, origin: Origin, chains: readonly NftChain[]): NftTable {
	return {
		family: family === 4 ? "ip" : "ip6",
		name: `flannel-ipv${family}`,
		chains: new Map(chains.map((chain) => [chain.name, chain])),
		sets: new Map(),
		origin,
	};
}

/**
 * The rules of iptables but for the fourth: it returns for whatever comes from outside the node's own subnet and goes to
 * the flannel network. So the last one is never reached, and what comes from elsewhere for another node's pod keeps its source.
 */
export function masqueradeChain({ family, subnet, network, place }: Lease): NftChain {
	const origin: Origin = { component: "flannel", object: place };
	const from = sourceAddress(family);
	const to = destinationAddress(family);
	return nftChain(
		"postrtg",
		[
			nftRule(origin, is(meta("mark"), KUBE_PROXY_MARK), RETURN_VERDICT),
			nftRule(origin, is(from, subnet), is(to, network), RETURN_VERDICT),
			nftRule(origin, is(from, network), is(to, subnet), RETURN_VERDICT),
			nftRule(origin, isNot(from, subnet), is(to, network), RETURN_VERDICT),
			nftRule(origin, is(from, network), isNot(to, MULTICAST[family]), MASQUERADE),
			nftRule(origin, isNot(from, network), is(to, network), MASQUERADE),
		],
		POSTROUTING,
	);
}

/** What comes from or goes to the flannel networks of a family is forwarded. The same on every node. */
export function forwardChain(networks: readonly Prefix[]): NftChain {
	const origin: Origin = { component: "flannel" };
	const rules = networks.flatMap((network) => [
		nftRule(origin, is(sourceAddress(network.family), network), ACCEPT_VERDICT),
		nftRule(origin, is(destinationAddress(network.family), network), ACCEPT_VERDICT),
	]);
	return nftChain("forward", rules, FORWARD);
}
