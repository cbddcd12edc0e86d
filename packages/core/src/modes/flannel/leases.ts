/** What flanneld knows of the cluster: its configuration, and each node's subnets with the address they are reached by. */
import { type Address, type Family, parseAddress } from "../../address/address.ts";
import { contains, nthAddress, type Prefix } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { blocksOfPods } from "../../cluster/ipam/host-local.ts";
import type { Node } from "../../cluster/objects.ts";
import type { FlannelSettings } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import type { Place } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";

/** A node's subnet of one family, as its lease says it (pkg/lease). */
export interface Lease {
	readonly family: Family;
	readonly node: Node;
	readonly place: Place;
	readonly subnet: Prefix;
	/** The first address of the subnet: host-local gives it to cni0. */
	readonly gateway: Address;
	/** The flannel network that the subnet is part of. */
	readonly network: Prefix;
	/** Where other nodes find this one; absent: the Node object names no address of this family. */
	readonly publicAddress?: Address;
	/** The MAC of the node's VXLAN device. */
	readonly vtepMac: string;
}

export interface Leases {
	/** In the order of the nodes, IPv4 first. */
	readonly all: readonly Lease[];
	of(nodeName: string): readonly Lease[];
	readonly assumptions: readonly Assumption[];
}

/** The default of flanneld's --kube-annotation-prefix. */
const ANNOTATION = "flannel.alpha.coreos.com";

/** Flannel's settings with what it takes where nothing is said (Documentation/configuration.md, kube-flannel.yml). */
export function flannelSettings(cluster: Cluster, backend: FlannelSettings["backend"]): FlannelSettings {
	const defaults: Omit<FlannelSettings, "backend" | "networks"> = {
		vni: 1,
		port: 0,
		directRouting: false,
		ipMasq: true,
		enableNFTables: false,
		mtu: 0,
	};
	const networks = cluster.flannel?.networks ?? [];
	return {
		...defaults,
		...cluster.flannel,
		backend,
		networks: networks.length > 0 ? networks : cluster.podCIDRs,
	};
}

/** `flannel.1`, and for IPv6 `flannel-v6.1`. */
export function vxlanDevice(family: Family, settings: FlannelSettings): string {
	return `${family === 4 ? "flannel" : "flannel-v6"}.${settings.vni}`;
}

/** The leases of all nodes. */
export function leasesOf(cluster: Cluster, settings: FlannelSettings): Leases {
	const assumptions: Assumption[] = [];
	const byNode = new Map<string, readonly Lease[]>();
	for (const node of cluster.nodes) {
		const subnets =
			node.podCIDRs.length > 0 ? firstOfEachFamily(node.podCIDRs) : blocksOfPods(cluster.podsOn(node.name));
		if (node.podCIDRs.length === 0) assumptions.push(...subnets.map((subnet) => subnetAssumed(node, subnet)));
		byNode.set(
			node.name,
			subnets.map((subnet) => leaseOf(node, subnet, settings)),
		);
	}
	return { all: [...byNode.values()].flat(), of: (nodeName) => byNode.get(nodeName) ?? [], assumptions };
}

/** kube-subnet-mgr takes one block of each family (pkg/subnet/kube). */
function firstOfEachFamily(prefixes: readonly Prefix[]): readonly Prefix[] {
	return ([4, 6] as const).flatMap((family) => prefixes.find((each) => each.family === family) ?? []);
}

function subnetAssumed(node: Node, subnet: Prefix): Assumption {
	return {
		code: "pod-cidr-assumed",
		message: phrase("pod-cidr-assumed", { node: `node/${node.name}`, subnet: subnet.text }),
		place: `node/${node.name}`,
	};
}

function leaseOf(node: Node, subnet: Prefix, settings: FlannelSettings): Lease {
	const { family } = subnet;
	const place = `node/${node.name}`;
	const announced = node.annotations[`${ANNOTATION}/${family === 4 ? "public-ip" : "public-ipv6"}`];
	const publicAddress =
		(announced === undefined ? undefined : parseAddress(announced)) ??
		node.internalIPs.find((each) => each.family === family);
	return {
		family,
		node,
		place,
		subnet,
		gateway: nthAddress(subnet, 1),
		network: settings.networks.find((network) => contains(network, subnet.address)) ?? subnet,
		...(publicAddress && { publicAddress }),
		vtepMac: announcedMac(node, family) ?? hardwareAddress(place, vxlanDevice(family, settings)),
	};
}

/** `{"VNI":1,"VtepMAC":"…"}` in the node's backend-data annotation. */
function announcedMac(node: Node, family: Family): string | undefined {
	const data = node.annotations[`${ANNOTATION}/${family === 4 ? "backend-data" : "backend-v6-data"}`];
	return data === undefined
		? undefined
		: /"VtepMAC"\s*:\s*"((?:[0-9a-f]{2}:){5}[0-9a-f]{2})"/i.exec(data)?.[1]?.toLowerCase();
}
