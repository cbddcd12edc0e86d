/** Blocks that must not overlap. */
import { compareAddresses } from "../../address/address.ts";
import { contains, containsPrefix, type Prefix } from "../../address/prefix.ts";
import { otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import { phrase, type Said, worded } from "../../wording/phrase.ts";
import type { Cluster } from "../cluster.ts";

interface Block {
	readonly prefix: Prefix;
	/** Whose it is: `the service CIDR`, `segment/a`. */
	readonly of: Said;
	readonly where: SourcePosition | undefined;
}

/** @throws {InputError} Naming the first two that overlap. */
export function checkOverlaps(cluster: Cluster): void {
	const where = cluster.settings?.source;
	const serviceBlocks = cluster.serviceCIDRs.map((prefix): Block => ({ prefix, of: phrase("service-cidr"), where }));
	const podBlocks = cluster.podCIDRs.map((prefix): Block => ({ prefix, of: phrase("pod-cidr"), where }));
	const nodeBlocks = cluster.nodes.flatMap((node) =>
		node.podCIDRs.map((prefix): Block => {
			return { prefix, of: phrase("pod-cidr-of", { node: `node/${node.name}` }), where: node.source };
		}),
	);
	const underlay = underlayBlocks(cluster);
	// Pods of an overlay or of routed blocks have addresses of their own; elsewhere theirs are the underlay's.
	const apart = cluster.mode.startsWith("flannel-") ? podBlocks : [];
	checkApart(nodeBlocks);
	checkApart([...serviceBlocks, ...podBlocks]);
	checkApart([...serviceBlocks, ...nodeBlocks]);
	checkApart([...serviceBlocks, ...apart, ...underlay]);
	checkNodesOutside(cluster, [...serviceBlocks, ...apart]);
}

/** Segments, and the vSwitches of each VPC: two VPCs may use the same addresses, but a Segment stands beside them all. */
function underlayBlocks(cluster: Cluster): readonly Block[] {
	const segments = cluster.segments.flatMap(({ name, cidrs, vlans, source }) => [
		...cidrs.map((prefix): Block => ({ prefix, of: `segment/${name}`, where: source })),
		...vlans.flatMap((vlan) =>
			vlan.cidrs.map((prefix): Block => {
				const of = phrase("vlan-of", { vlan: vlan.id, place: `segment/${name}` });
				return { prefix, of, where: { file: source.file, line: vlan.line } };
			}),
		),
	]);
	const vSwitches = cluster.vpcs.map((vpc) =>
		vpc.vSwitches.map(({ id, cidr }): Block => {
			return { prefix: cidr, of: phrase("named-kind", { kind: "vSwitch", name: id }), where: vpc.source };
		}),
	);
	for (const ofOneVpc of vSwitches) checkApart([...segments, ...ofOneVpc]);
	return vSwitches.length === 1 ? [...segments, ...vSwitches.flat()] : segments;
}

/** Sorted, a block that overlaps another comes after one that holds it. */
function checkApart(blocks: readonly Block[]): void {
	const sorted = [...blocks].sort(
		(a, b) => compareAddresses(a.prefix.address, b.prefix.address) || a.prefix.length - b.prefix.length,
	);
	let outer: Block | undefined;
	for (const block of sorted) {
		if (outer === undefined || !containsPrefix(outer.prefix, block.prefix)) outer = block;
		else if (worded(outer.of) !== worded(block.of) || outer.prefix.text !== block.prefix.text) fail(block, outer);
	}
}

function fail(block: Block, outer: Block): never {
	const facts = { cidr: block.prefix.text, of: block.of, other: outer.prefix.text, otherOf: outer.of };
	const apart = outer.where !== undefined && outer.where !== block.where;
	const hint = apart ? otherAt({ source: outer.where }) : undefined;
	refuse("overlapping-cidrs", phrase("overlaps", facts), block.where, hint);
}

function checkNodesOutside(cluster: Cluster, blocks: readonly Block[]): void {
	for (const node of cluster.nodes) {
		for (const address of node.internalIPs) {
			const block = blocks.find(({ prefix }) => contains(prefix, address));
			if (block === undefined) continue;
			const facts = { place: `node/${node.name}`, address: address.text, of: block.of, cidr: block.prefix.text };
			refuse("overlapping-cidrs", phrase("address-in-block", facts), node.source);
		}
	}
}
