/** Which node has which of Calico's blocks. */
import type { Address } from "../../address/address.ts";
import { prefixOf } from "../../address/prefix.ts";
import { isFinished } from "../address-owners.ts";
import type { CalicoObjects } from "../calico-objects.ts";
import type { Cluster } from "../cluster.ts";
import type { CalicoPool } from "./calico-pools.ts";
import type { ClaimedBlock } from "./source.ts";

/** By CIDR: from IPAMBlocks and BlockAffinities; where the input holds neither, from the addresses of the pods. */
export function blockOwners(
	{ calico, nodes, pods }: Pick<Cluster, "calico" | "nodes" | "pods">,
	poolOf: (address: Address) => Pick<CalicoPool, "blockSize"> | undefined,
): Map<string, ClaimedBlock> {
	const owners = new Map<string, ClaimedBlock>();
	if (!saysBlocks(calico)) {
		for (const block of blocksOfPods({ nodes, pods }, poolOf)) {
			if (!owners.has(block.cidr.text)) owners.set(block.cidr.text, block);
		}
		return owners;
	}
	for (const { cidr, node } of calico.ipamBlocks) if (node !== "") owners.set(cidr.text, { cidr, node });
	for (const { cidr, node, state } of calico.blockAffinities) {
		if (state === "confirmed" || state === "") owners.set(cidr.text, { cidr, node });
	}
	return owners;
}

/** Whether the input says who has which block. */
export function saysBlocks({ blockAffinities, ipamBlocks }: CalicoObjects): boolean {
	return blockAffinities.length > 0 || ipamBlocks.length > 0;
}

/** A block goes to the first node, in the order of the input, with an address in it. */
function* blocksOfPods(
	{ nodes, pods }: Pick<Cluster, "nodes" | "pods">,
	poolOf: (address: Address) => Pick<CalicoPool, "blockSize"> | undefined,
): Generator<ClaimedBlock> {
	const byNode = Map.groupBy(pods, ({ nodeName }) => nodeName);
	for (const { name: node } of nodes) {
		for (const pod of byNode.get(node) ?? []) {
			if (pod.hostNetwork || isFinished(pod) || pod.defaultNetwork !== undefined) continue;
			for (const address of pod.podIPs) {
				const pool = poolOf(address);
				if (pool !== undefined) yield { cidr: prefixOf(address, pool.blockSize), node };
			}
		}
	}
}
