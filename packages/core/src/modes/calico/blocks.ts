/** Which node has which blocks of addresses, and which pods' addresses are of another node's block. */
import type { Address } from "../../address/address.ts";
import { compareAddresses } from "../../address/address.ts";
import { hostPrefix, type Prefix } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { blockOwners, saysBlocks } from "../../cluster/ipam/calico-blocks.ts";
import type { CalicoPool } from "../../cluster/ipam/calico-pools.ts";
import type { Assumption } from "../../state/assumption.ts";
import { phrase } from "../../wording/phrase.ts";
import { isJoined } from "../pod-namespace.ts";
import type { Pools } from "./pools.ts";

/** A block of a node, or one address that the node has of somebody else's block. */
export interface Block {
	readonly cidr: Prefix;
	readonly node: string;
	readonly pool: CalicoPool | undefined;
	/** Another node gives out the block's other addresses. */
	readonly borrowed: boolean;
}

export interface Blocks {
	/** A node's own and what it has borrowed, by address. */
	of(node: string): readonly Block[];
	readonly all: readonly Block[];
	readonly assumptions: readonly Assumption[];
}

/** The blocks that IPAM has nodes own, and what they have borrowed of each other. */
export function blocksOf(cluster: Cluster, pools: Pools): Blocks {
	const own = [...blockOwners(cluster, pools.of).values()].map(
		({ cidr, node }): Block => ({ cidr, node, pool: pools.of(cidr.address), borrowed: false }),
	);
	const all = [...own, ...borrowed(cluster, pools, own)];
	const byNode = Map.groupBy(all, (block) => block.node);
	for (const blocks of byNode.values()) blocks.sort((a, b) => compareAddresses(a.cidr.address, b.cidr.address));
	return {
		all,
		of: (node) => byNode.get(node) ?? [],
		assumptions: saysBlocks(cluster.calico) || own.length === 0 ? [] : [ASSUMED],
	};
}

const ASSUMED: Assumption = {
	code: "ipam-blocks-assumed",
	message: phrase("ipam-blocks-assumed"),
};

function* podAddresses(cluster: Cluster): Generator<{ readonly address: Address; readonly node: string }> {
	for (const { name: node } of cluster.nodes) {
		for (const pod of cluster.podsOn(node)) {
			if (isJoined(pod)) for (const address of pod.podIPs) yield { address, node };
		}
	}
}

function borrowed(cluster: Cluster, pools: Pools, own: readonly Block[]): readonly Block[] {
	const owners = new PrefixMap<Block>();
	for (const block of own) owners.set(block.cidr, block);
	const found: Block[] = [];
	for (const { address, node } of podAddresses(cluster)) {
		const pool = pools.of(address);
		if (pool === undefined || owners.longestMatch(address)?.node === node) continue;
		found.push({ cidr: hostPrefix(address), node, pool, borrowed: true });
	}
	return found;
}
