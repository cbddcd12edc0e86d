/** Where the pods of a network mode get their addresses. */

import type { Address, Family } from "../../address/address.ts";
import { contains, type Prefix } from "../../address/prefix.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import { hostRange } from "../../ipam/range.ts";
import { phrase, type Said } from "../../wording/phrase.ts";
import type { Cluster } from "../cluster.ts";
import type { Node, Pod } from "../objects.ts";

/** What IPAM goes by. */
export type IpamFacts = Pick<
	Cluster,
	| "mode"
	| "podCIDRs"
	| "namespaces"
	| "nodes"
	| "pods"
	| "services"
	| "hosts"
	| "segments"
	| "vpcs"
	| "calico"
	| "hybridnetNetworks"
	| "hybridnetSubnets"
	| "ipInstances"
	| "podNetworkings"
	| "settings"
	| "terway"
>;

export interface AddressSource {
	/**
	 * For each address that a pod on this node gets, the pools it may be from, in the order in which they are tried; made on
	 * demand, as a block is claimed only once those before it are full. Empty: the input describes no pool.
	 * @throws {InputError} Where the pod asks for a pool that is not there.
	 */
	choices(pod: Pod, node: Node): readonly Iterable<AddressPool>[];
	/** Pools out of which an address that the pod asks for by name may be; empty: the input describes none, and any will do. */
	fixedFrom(pod: Pod, address: Address): readonly AddressPool[];
	/** Addresses that the input gives the pod elsewhere than in its status, with who says so. */
	noted?(pod: Pod): readonly { readonly address: Address; readonly by: Said }[];
	/** Blocks that nodes have claimed for addresses that were given out. */
	claimed?(): readonly ClaimedBlock[];
}

export interface ClaimedBlock {
	readonly cidr: Prefix;
	readonly node: string;
}

/** A subnet out of which machines have addresses, its first one left to the gateway (host-local's range.go). */
export function subnetPool(pool: Said, subnet: Prefix, gateway: Address | undefined): AddressPool {
	const range = hostRange(subnet);
	return {
		name: phrase("pool-range", { pool, range: subnet.text }),
		ranges: [range],
		excluded: new Set([(gateway ?? range.first).text]),
	};
}

export function familyOf({ ranges }: AddressPool): Family | undefined {
	return ranges[0]?.family;
}

/** One list for each family, IPv4 first; none for a family that has no pool. */
export function byFamily(pools: readonly AddressPool[]): readonly (readonly AddressPool[])[] {
	return ([4, 6] as const)
		.map((family) => pools.filter((pool) => familyOf(pool) === family))
		.filter((each) => each.length > 0);
}

/** The gateway that stands in this block. */
export function gatewayIn(block: Prefix, gateways: readonly Address[]): Address | undefined {
	return gateways.find((each) => contains(block, each));
}
