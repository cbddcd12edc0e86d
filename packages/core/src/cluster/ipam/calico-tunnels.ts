/**
 * The addresses of Calico's tunnel devices: what the node says, what IPAM has noted, else the first address of the node's
 * blocks that nobody has (node/pkg/allocateip asks IPAM for one of a pool of the device's kind before any pod does).
 */
import { type Address, addressBits, type Family } from "../../address/address.ts";
import { contains, nthAddress, type Prefix } from "../../address/prefix.ts";
import type { BlockTunnel, CalicoObjects } from "../calico-objects.ts";
import type { CalicoPool, Encapsulation } from "./calico-pools.ts";

/** One tunnel device of a node. */
export interface TunnelDevice {
	readonly node: string;
	readonly kind: Exclude<Encapsulation, "none">;
	readonly family: Family;
}

/** IPIP carries IPv4 alone. */
export const TUNNELS: readonly Omit<TunnelDevice, "node">[] = [
	{ kind: "ipip", family: 4 },
	{ kind: "vxlan", family: 4 },
	{ kind: "vxlan", family: 6 },
];

/** The address that the input says: the Node's own object, or the IPAMBlock that it is of. */
export function saidTunnel(calico: CalicoObjects, { node: name, kind, family }: TunnelDevice): Address | undefined {
	const node = calico.nodes.get(name);
	const byFamily = family === 4 ? node?.ipv4VXLANTunnelAddr : node?.ipv6VXLANTunnelAddr;
	const said = kind === "ipip" ? node?.ipv4IPIPTunnelAddr : byFamily;
	if (said !== undefined) return said;
	const type: BlockTunnel["type"] =
		kind === "ipip" ? "ipipTunnelAddress" : family === 4 ? "vxlanTunnelAddress" : "vxlanV6TunnelAddress";
	const tunnels = calico.ipamBlocks.flatMap((block) => block.tunnels);
	return tunnels.find((each) => each.node === name && each.type === type && each.address.family === family)?.address;
}

/** Of a node's own blocks, that out of which the device gets its address. */
export function tunnelBlock<Block extends { readonly cidr: Prefix; readonly pool: CalicoPool | undefined }>(
	blocks: readonly Block[],
	{ kind, family }: Omit<TunnelDevice, "node">,
): Block | undefined {
	return blocks.find(({ cidr, pool }) => cidr.family === family && pool?.encapsulation === kind);
}

/** The block's first address that nobody has. */
export function freeAddress(cidr: Prefix, isTaken: (address: Address) => boolean): Address | undefined {
	const size = 2 ** Math.min(30, addressBits(cidr.family) - cidr.length);
	for (let n = 0; n < size; n++) {
		const candidate = nthAddress(cidr, n);
		if (!contains(cidr, candidate)) return undefined;
		if (!isTaken(candidate)) return candidate;
	}
	return undefined;
}
