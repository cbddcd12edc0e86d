/**
 * The chains of nftables mode that no Service has a part in (pkg/proxy/nftables/proxier.go setupNFTables, as of the layout
 * in which filtering runs at netfilter's filter priority and only the firewall check before DNAT).
 */
import type { Family } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import type { Hook } from "../../netfilter/hook.ts";
import { PRIORITY } from "../../netfilter/hook.ts";
import { proxyOrigin } from "../masquerade.ts";
import * as nft from "./statements.ts";
import type { ProxyNftChain } from "./table.ts";
import * as names from "./table.ts";

/** What of these chains depends on settings and node. */
export interface BaseInput {
	readonly family: Family;
	/** The mark that asks for masquerading. */
	readonly mark: number;
	/** Where Services' addresses come from; an address of these that no Service has is a mistake. */
	readonly serviceCIDRs: readonly Prefix[];
	/** Node ports are served on every local address, not only on those in the set nodeport-ips. */
	readonly allNodePortAddresses: boolean;
}

/** The loopback addresses that node ports are never served on: nftables mode does without route_localnet. */
const LOOPBACK = { 4: { prefix: { addr: "127.0.0.0", len: 8 } }, 6: "::1" } as const;

function base(
	name: string,
	type: "filter" | "nat",
	hook: Hook,
	priority: number,
	jumps: readonly string[],
): ProxyNftChain {
	// NAT chains see new connections alone; the others are told to.
	const first = type === "filter" ? [nft.CT_STATE_NEW] : [];
	const rules = jumps.map((target) => nft.nftRule(proxyOrigin(), [...first, nft.jump(target)]));
	return { name, base: { type, hook, priority }, rules };
}

/** Filtering by the address that the client asked for must come before DNAT where forward hooks cannot (prerouting). */
const PRE_DNAT = PRIORITY.natDestination - 10;

const BASE_CHAINS: readonly ProxyNftChain[] = [
	base("filter-prerouting-pre-dnat", "filter", "prerouting", PRE_DNAT, [names.FIREWALL_CHECK]),
	base("filter-output-pre-dnat", "filter", "output", PRE_DNAT, [names.FIREWALL_CHECK]),
	base("filter-input", "filter", "input", PRIORITY.filter, [
		names.NODEPORT_ENDPOINTS_CHECK,
		names.SERVICE_ENDPOINTS_CHECK,
	]),
	base("filter-forward", "filter", "forward", PRIORITY.filter, [
		names.SERVICE_ENDPOINTS_CHECK,
		names.CLUSTER_IPS_CHECK,
	]),
	base("filter-output", "filter", "output", PRIORITY.filter, [names.SERVICE_ENDPOINTS_CHECK, names.CLUSTER_IPS_CHECK]),
	base("nat-prerouting", "nat", "prerouting", PRIORITY.natDestination, [names.SERVICES]),
	base("nat-output", "nat", "output", PRIORITY.natDestination, [names.SERVICES]),
	base("nat-postrouting", "nat", "postrouting", PRIORITY.natSource, [names.MASQUERADING]),
];

/** All of them, those that netfilter calls first. */
export function baseChains(input: BaseInput): readonly ProxyNftChain[] {
	const { family } = input;
	const byAddress = nft.concat(nft.daddr(family), nft.L4PROTO, nft.DPORT);
	const rule = (...statements: readonly nft.NftStatement[]): nft.ProxyNftRule => nft.nftRule(proxyOrigin(), statements);
	return [
		...BASE_CHAINS,
		{ name: names.SERVICE_ENDPOINTS_CHECK, rules: [rule(nft.vmap(byAddress, `@${names.NO_ENDPOINT_SERVICES}`))] },
		{ name: names.FIREWALL_CHECK, rules: [rule(nft.vmap(byAddress, `@${names.FIREWALL_IPS}`))] },
		{
			name: names.SERVICES,
			rules: [
				rule(nft.vmap(byAddress, `@${names.SERVICE_IPS}`)),
				rule(...nodePortDispatch(input, true), byPort(names.SERVICE_NODEPORTS)),
			],
		},
		{
			name: names.NODEPORT_ENDPOINTS_CHECK,
			rules: [rule(...nodePortDispatch(input, false), byPort(names.NO_ENDPOINT_NODEPORTS))],
		},
		clusterIPsCheck(input),
		...masqueradeChains(input.mark),
		{
			name: names.REJECT_CHAIN,
			comment: "helper for @no-endpoint-services / @no-endpoint-nodeports",
			rules: [rule(nft.reject(family))],
		},
	];
}

function byPort(map: string): nft.NftStatement {
	return nft.vmap(nft.concat(nft.L4PROTO, nft.DPORT), `@${map}`);
}

/** The packet is for an address that node ports are served on. At the input hook it is local already. */
function nodePortDispatch({ family, allNodePortAddresses }: BaseInput, askFib: boolean): readonly nft.NftStatement[] {
	if (!allNodePortAddresses) return [nft.match(nft.daddr(family), `@${names.NODEPORT_IPS}`)];
	const notLoopback = nft.match(nft.daddr(family), LOOPBACK[family], "!=");
	return askFib ? [nft.fibLocal("daddr"), notLoopback] : [notLoopback];
}

function clusterIPsCheck({ family, serviceCIDRs }: BaseInput): ProxyNftChain {
	const invalidPort = "Reject traffic to invalid ports of ClusterIPs";
	const toSet = nft.match(nft.daddr(family), `@${names.CLUSTER_IPS}`);
	const rules = [nft.nftRule(proxyOrigin(invalidPort), [toSet, nft.reject(family)], invalidPort)];
	if (serviceCIDRs.length > 0) {
		const unallocated = "Drop traffic to unallocated ClusterIPs";
		const toBlock = nft.match(nft.daddr(family), { set: serviceCIDRs.map(nft.block) });
		rules.push(nft.nftRule(proxyOrigin(unallocated), [toBlock, nft.DROP_STATEMENT], unallocated));
	}
	return { name: names.CLUSTER_IPS_CHECK, rules };
}

/** Marks what is to be masqueraded, and does it. The mark is taken off, so that it happens once. */
function masqueradeChains(mark: number): readonly ProxyNftChain[] {
	const rule = (...statements: readonly nft.NftStatement[]): nft.ProxyNftRule => nft.nftRule(proxyOrigin(), statements);
	return [
		{
			name: names.MARK_FOR_MASQUERADE,
			rules: [rule({ mangle: { key: nft.MARK, value: { "|": [nft.MARK, mark] } } })],
		},
		{
			name: names.MASQUERADING,
			rules: [
				rule(nft.match({ "&": [nft.MARK, mark] }, 0), { return: null }),
				rule({ mangle: { key: nft.MARK, value: { "^": [nft.MARK, mark] } } }),
				rule({ masquerade: { flags: "fully-random" } }),
			],
		},
	];
}
