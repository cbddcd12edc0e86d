/** Which node has which blocks of addresses, and which pods' addresses are of another node's block. */
import type { Address } from "../../address/address.ts";
import { compareAddresses } from "../../address/address.ts";
import { hostPrefix, type Prefix, prefixOf } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Assumption } from "../../state/network.ts";
import { hasNamespace } from "../pod-namespace.ts";
import type { Pool, Pools } from "./pools.ts";

/** A block of a node, or one address that the node has of somebody else's block. */
export interface Block {
	readonly cidr: Prefix;
	readonly node: string;
	readonly pool: Pool | undefined;
	/** Another node gives out the block's other addresses. */
	readonly borrowed: boolean;
}

export interface Blocks {
	/** A node's own and what it has borrowed, by address. */
	of(node: string): readonly Block[];
	readonly all: readonly Block[];
	readonly assumptions: readonly Assumption[];
}

/** From BlockAffinities and IPAMBlocks; where the input holds neither, from the addresses of the pods. */
export function blocksOf(cluster: Cluster, pools: Pools): Blocks {
	const { blockAffinities, ipamBlocks } = cluster.calico;
	const owners = new Map<string, { readonly cidr: Prefix; readonly node: string }>();
	for (const { cidr, node } of ipamBlocks) if (node !== "") owners.set(cidr.text, { cidr, node });
	for (const { cidr, node, state } of blockAffinities) {
		if (state === "confirmed" || state === "") owners.set(cidr.text, { cidr, node });
	}
	const said = blockAffinities.length > 0 || ipamBlocks.length > 0;
	if (!said) for (const each of blocksOfPods(cluster, pools)) owners.set(each.cidr.text, each);
	const own = [...owners.values()].map(
		({ cidr, node }): Block => ({ cidr, node, pool: pools.of(cidr.address), borrowed: false }),
	);
	const all = [...own, ...borrowed(cluster, pools, own)];
	const byNode = Map.groupBy(all, (block) => block.node);
	for (const blocks of byNode.values()) blocks.sort((a, b) => compareAddresses(a.cidr.address, b.cidr.address));
	return {
		all,
		of: (node) => byNode.get(node) ?? [],
		assumptions: said || own.length === 0 ? [] : [ASSUMED],
	};
}

const ASSUMED: Assumption = {
	code: "ipam-blocks-assumed",
	message:
		"the input holds no IPAMBlock and no BlockAffinity: each node is taken to have the blocks that its pods' addresses are in",
};

/** A block goes to the first node, in the order of the input, with an address in it. */
function* blocksOfPods(cluster: Cluster, pools: Pools): Generator<{ readonly cidr: Prefix; readonly node: string }> {
	const taken = new Set<string>();
	for (const { address, node } of podAddresses(cluster)) {
		const pool = pools.of(address);
		if (pool === undefined) continue;
		const cidr = prefixOf(address, pool.blockSize);
		if (taken.size === taken.add(cidr.text).size) continue;
		yield { cidr, node };
	}
}

function* podAddresses(cluster: Cluster): Generator<{ readonly address: Address; readonly node: string }> {
	for (const { name: node } of cluster.nodes) {
		for (const pod of cluster.podsOn(node)) {
			if (hasNamespace(pod)) for (const address of pod.podIPs) yield { address, node };
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
