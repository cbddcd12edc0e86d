/** Blocks that must not overlap. */
import { compareAddresses } from "../../address/address.ts";
import { contains, containsPrefix, type Prefix } from "../../address/prefix.ts";
import { formatPosition, InputError } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import type { Cluster } from "../cluster.ts";

interface Block {
	readonly prefix: Prefix;
	/** `the service CIDR`, `node/a`: whose it is. */
	readonly of: string;
	readonly where: SourcePosition | undefined;
}

/** @throws {InputError} Naming the first two that overlap. */
export function checkOverlaps(cluster: Cluster): void {
	const where = cluster.settings?.source;
	const serviceBlocks = cluster.serviceCIDRs.map((prefix): Block => ({ prefix, of: "the service CIDR", where }));
	const podBlocks = cluster.podCIDRs.map((prefix): Block => ({ prefix, of: "the pod CIDR", where }));
	const nodeBlocks = cluster.nodes.flatMap((node) =>
		node.podCIDRs.map((prefix): Block => ({ prefix, of: `the podCIDR of node/${node.name}`, where: node.source })),
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
				return { prefix, of: `VLAN ${vlan.id} of segment/${name}`, where: { file: source.file, line: vlan.line } };
			}),
		),
	]);
	const vSwitches = cluster.vpcs.map((vpc) =>
		vpc.vSwitches.map(({ id, cidr }): Block => ({ prefix: cidr, of: `vSwitch "${id}"`, where: vpc.source })),
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
		else if (outer.of !== block.of || outer.prefix.text !== block.prefix.text) fail(block, outer);
	}
}

function fail(block: Block, outer: Block): never {
	throw new InputError({
		code: "overlapping-cidrs",
		message: `${block.prefix.text} of ${block.of} overlaps ${outer.prefix.text} of ${outer.of}`,
		...(block.where !== undefined && { where: block.where }),
		...(outer.where !== undefined &&
			outer.where !== block.where && { hint: `the other is at ${formatPosition(outer.where)}` }),
	});
}

function checkNodesOutside(cluster: Cluster, blocks: readonly Block[]): void {
	for (const node of cluster.nodes) {
		for (const address of node.internalIPs) {
			const block = blocks.find(({ prefix }) => contains(prefix, address));
			if (block === undefined) continue;
			throw new InputError({
				code: "overlapping-cidrs",
				message: `node/${node.name} has ${address.text}, which is in ${block.of} ${block.prefix.text}`,
				where: node.source,
			});
		}
	}
}
