/** Calico's kinds as they are read and gathered. */
import type {
	BgpConfiguration,
	BgpFilter,
	BgpPeer,
	BlockAffinity,
	CalicoNode,
	CalicoObjects,
	FelixConfiguration,
	IpamBlock,
	IpPool,
} from "../../calico-objects.ts";
import type { Field } from "../../field.ts";
import type { Inventory } from "../../inventory.ts";
import type { Node } from "../../objects.ts";
import { readBgpConfiguration } from "./bgp-configuration.ts";
import { readBgpFilter } from "./bgp-filter.ts";
import { readBgpPeer } from "./bgp-peer.ts";
import { calicoNodeOf, readCalicoNode } from "./calico-node.ts";
import { readFelixConfiguration } from "./felix-configuration.ts";
import { readIpPool } from "./ip-pool.ts";
import { readBlockAffinity, readIpamBlock } from "./ipam-block.ts";

/** What has been read of them so far, by name. */
export class CalicoInventory {
	readonly ipPools: Map<string, IpPool> = new Map();
	readonly ipamBlocks: Map<string, IpamBlock> = new Map();
	readonly blockAffinities: Map<string, BlockAffinity> = new Map();
	readonly bgpConfigurations: Map<string, BgpConfiguration> = new Map();
	readonly bgpPeers: Map<string, BgpPeer> = new Map();
	readonly bgpFilters: Map<string, BgpFilter> = new Map();
	readonly felixConfigurations: Map<string, FelixConfiguration> = new Map();
	readonly nodes: Map<string, CalicoNode> = new Map();
}

/** By kind. */
export const CALICO_READERS: Readonly<Record<string, (object: Field, into: Inventory) => void>> = {
	IPPool: (object, into) => into.add(into.calico.ipPools, readIpPool(object, into.spelling)),
	IPAMBlock: (object, into) => {
		const block = readIpamBlock(object);
		if (block !== undefined) into.add(into.calico.ipamBlocks, block);
	},
	BlockAffinity: (object, into) => {
		const affinity = readBlockAffinity(object);
		if (affinity !== undefined) into.add(into.calico.blockAffinities, affinity);
	},
	BGPConfiguration: (object, into) =>
		into.add(into.calico.bgpConfigurations, readBgpConfiguration(object, into.spelling)),
	BGPPeer: (object, into) => into.add(into.calico.bgpPeers, readBgpPeer(object, into.spelling)),
	BGPFilter: (object, into) => into.add(into.calico.bgpFilters, readBgpFilter(object, into.spelling)),
	FelixConfiguration: (object, into) => into.add(into.calico.felixConfigurations, readFelixConfiguration(object)),
	Node: (object, into) => into.add(into.calico.nodes, readCalicoNode(object)),
};

/** All of them, in the order of their names, as Calico's components list them. Throws an InputError for a bad annotation. */
export function calicoObjects(inventory: CalicoInventory, nodes: Iterable<Node>): CalicoObjects {
	return {
		ipPools: byName(inventory.ipPools),
		ipamBlocks: byName(inventory.ipamBlocks),
		blockAffinities: byName(inventory.blockAffinities),
		bgpConfigurations: byName(inventory.bgpConfigurations),
		bgpPeers: byName(inventory.bgpPeers),
		bgpFilters: byName(inventory.bgpFilters),
		felixConfigurations: byName(inventory.felixConfigurations),
		nodes: new Map([...nodes].map((node) => [node.name, calicoNodeOf(node, inventory.nodes.get(node.name))])),
	};
}

function byName<T extends { readonly name: string }>(objects: ReadonlyMap<string, T>): readonly T[] {
	return [...objects.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
