/**
 * The chains of nftables mode that no Service has a part in (pkg/proxy/nftables/proxier.go setupNFTables, as of the layout
 * in which filtering runs at netfilter's filter priority and only the firewall check before DNAT).
 */
import type { Family } from "../../address/address.ts";
import { type Prefix, prefix } from "../../address/prefix.ts";
import type { Hook } from "../../netfilter/hook.ts";
import { PRIORITY } from "../../netfilter/hook.ts";
import * as nft from "../../netfilter/nftables/build.ts";
import type { NftChain, NftRule } from "../../netfilter/nftables/ruleset.ts";
import type { Statement } from "../../netfilter/nftables/statement.ts";
import { proxyOrigin } from "../masquerade.ts";
import { block, CT_STATE_NEW, commentedRule, DPORT, fibLocal, L4PROTO, MARK } from "./expressions.ts";
import * as names from "./table-names.ts";

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
const LOOPBACK: Readonly<Record<Family, Prefix>> = { 4: prefix("127.0.0.0/8"), 6: prefix("::1/128") };

function base(name: string, type: "filter" | "nat", hook: Hook, priority: number, jumps: readonly string[]): NftChain {
	// NAT chains see new connections alone; the others are told to.
	const first = type === "filter" ? [CT_STATE_NEW] : [];
	const rules = jumps.map((target) => nft.nftRule(proxyOrigin(), ...first, nft.jumpTo(target)));
	return { name, base: { type, hook, priority, policy: "accept" }, rules };
}

/** Filtering by the address that the client asked for must come before DNAT where forward hooks cannot (prerouting). */
const PRE_DNAT = PRIORITY.natDestination - 10;

const BASE_CHAINS: readonly NftChain[] = [
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
export function baseChains(input: BaseInput): readonly NftChain[] {
	const { family } = input;
	const byAddress = nft.concatenation(nft.destinationAddress(family), L4PROTO, DPORT);
	const rule = (...statements: readonly Statement[]): NftRule => nft.nftRule(proxyOrigin(), ...statements);
	return [
		...BASE_CHAINS,
		{ name: names.SERVICE_ENDPOINTS_CHECK, rules: [rule(nft.verdictMap(byAddress, names.NO_ENDPOINT_SERVICES))] },
		{ name: names.FIREWALL_CHECK, rules: [rule(nft.verdictMap(byAddress, names.FIREWALL_IPS))] },
		{
			name: names.SERVICES,
			rules: [
				rule(nft.verdictMap(byAddress, names.SERVICE_IPS)),
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
			rules: [rule(nft.REJECT)],
		},
	];
}

function byPort(map: string): Statement {
	return nft.verdictMap(nft.concatenation(L4PROTO, DPORT), map);
}

/** The packet is for an address that node ports are served on. At the input hook it is local already. */
function nodePortDispatch({ family, allNodePortAddresses }: BaseInput, askFib: boolean): readonly Statement[] {
	if (!allNodePortAddresses) return [nft.isIn(nft.destinationAddress(family), names.NODEPORT_IPS)];
	const notLoopback = nft.isNot(nft.destinationAddress(family), block(LOOPBACK[family]));
	return askFib ? [fibLocal("daddr"), notLoopback] : [notLoopback];
}

function clusterIPsCheck({ family, serviceCIDRs }: BaseInput): NftChain {
	const invalidPort = "Reject traffic to invalid ports of ClusterIPs";
	const toSet = nft.isIn(nft.destinationAddress(family), names.CLUSTER_IPS);
	const rules = [commentedRule(proxyOrigin(invalidPort), [toSet, nft.REJECT], invalidPort)];
	if (serviceCIDRs.length > 0) {
		const unallocated = "Drop traffic to unallocated ClusterIPs";
		const toBlock = nft.isOneOf(nft.destinationAddress(family), serviceCIDRs.map(block));
		rules.push(commentedRule(proxyOrigin(unallocated), [toBlock, nft.DROP_VERDICT], unallocated));
	}
	return { name: names.CLUSTER_IPS_CHECK, rules };
}

/** Marks what is to be masqueraded, and does it. The mark is taken off, so that it happens once. */
function masqueradeChains(mark: number): readonly NftChain[] {
	const rule = (...statements: readonly Statement[]): NftRule => nft.nftRule(proxyOrigin(), ...statements);
	return [
		{
			name: names.MARK_FOR_MASQUERADE,
			rules: [rule(nft.setMark(nft.binary(MARK, "|", mark)))],
		},
		{
			name: names.MASQUERADING,
			rules: [
				rule(nft.is(nft.binary(MARK, "&", mark), 0), nft.RETURN_VERDICT),
				rule(nft.setMark(nft.binary(MARK, "^", mark))),
				rule(nft.masqueradeStatement("fully-random")),
			],
		},
	];
}
