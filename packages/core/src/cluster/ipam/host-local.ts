/** Plug-in host-local on the node's podCIDR, as flannel has it: the network, the gateway and the broadcast address are nobody's. */

import { addressBits, addressPlus } from "../../address/address.ts";
import { contains, containsPrefix, lastAddress, overlaps, type Prefix, prefixOf } from "../../address/prefix.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Node, Pod } from "../objects.ts";
import { type AddressSource, byFamily, type IpamFacts, subnetPool } from "./source.ts";

/** `--node-cidr-mask-size-ipv4` and `-ipv6` of kube-controller-manager; SubnetLen and IPv6SubnetLen of flannel's net-conf.json. */
const BLOCK_LENGTH = { 4: 24, 6: 64 } as const;

export function hostLocal(facts: IpamFacts): AddressSource {
	const blocks = nodeBlocks(facts);
	const pools = new Map<string, readonly AddressPool[]>();
	const of = (node: string): readonly AddressPool[] => {
		const known = pools.get(node);
		if (known !== undefined) return known;
		const own = blocks.get(node) ?? [];
		const made = own.map((block) => subnetPool(phrase("own-pod-cidr", { node: `node/${node}` }), block, undefined));
		pools.set(node, made);
		return made;
	};
	return {
		choices: (_, node) => byFamily(of(node.name)),
		fixedFrom: (pod) => of(pod.nodeName),
	};
}

/** What each Node says; else the block that its pods' addresses are of; else the next that nobody has, by the nodes' names. */
function nodeBlocks(facts: IpamFacts): ReadonlyMap<string, readonly Prefix[]> {
	const blocks = new Map<string, readonly Prefix[]>();
	const taken: Prefix[] = [];
	const without: Node[] = [];
	const pods = Map.groupBy(facts.pods, ({ nodeName }) => nodeName);
	for (const node of facts.nodes) {
		const own = node.podCIDRs.length > 0 ? node.podCIDRs : blocksOfPods(pods.get(node.name) ?? []);
		if (own.length === 0) without.push(node);
		else blocks.set(node.name, own);
		taken.push(...own);
	}
	for (const node of without.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const own = facts.podCIDRs.flatMap((cidr) => nextBlock(cidr, taken));
		taken.push(...own);
		blocks.set(node.name, own);
	}
	return blocks;
}

/** Of a Node that names no podCIDR (with etcd flannel's do not), its pods still show which block of the usual size it has. */
export function blocksOfPods(pods: readonly Pod[]): readonly Prefix[] {
	const addresses = pods
		.filter((pod) => !pod.hostNetwork && pod.defaultNetwork === undefined)
		.flatMap(({ podIPs }) => podIPs);
	return ([4, 6] as const).flatMap((family) => {
		const first = addresses.find((each) => each.family === family);
		return first === undefined ? [] : prefixOf(first, BLOCK_LENGTH[family]);
	});
}

function nextBlock(cidr: Prefix, taken: readonly Prefix[]): readonly Prefix[] {
	const length = Math.min(addressBits(cidr.family), Math.max(cidr.length, BLOCK_LENGTH[cidr.family]));
	for (let block = prefixOf(cidr.address, length); containsPrefix(cidr, block); ) {
		if (!taken.some((each) => overlaps(each, block))) return [block];
		const last = lastAddress(block);
		if (!contains(cidr, last) || last.text === lastAddress(cidr).text) return [];
		block = prefixOf(addressPlus(last, 1), length);
	}
	return [];
}
