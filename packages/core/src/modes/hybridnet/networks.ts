/** Which network each address of a pod is from, and which networks a node is part of. */

import type { Address } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { HybridnetMode, HybridnetNetwork, HybridnetSubnet } from "../../cluster/hybridnet-objects.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { Assumption } from "../../state/assumption.ts";
import { hardwareAddress } from "../../state/hardware-address.ts";
import { podPlace } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import { isJoined } from "../pod-namespace.ts";
import { CARD } from "../underlay/underlay.ts";
import { assumedNetworks } from "./assumed-networks.ts";
import { POD_DEVICE } from "./constants.ts";

/** A subnet with the network that it is of. */
export interface PodSubnet {
	readonly name: string;
	readonly cidr: Prefix;
	readonly gateway: Address | null;
	readonly excludeIPs: readonly Address[];
	readonly autoNatOutgoing: boolean;
	readonly netID: number;
	readonly mode: HybridnetMode;
	readonly network: HybridnetNetwork;
}

export interface PodAddress {
	readonly address: Address;
	readonly subnet: PodSubnet;
}

export class PodNetworks {
	/** By name, those of overlay networks first: in this order their rules are made. */
	readonly subnets: readonly PodSubnet[];
	readonly assumptions: readonly Assumption[];
	readonly #addresses: ReadonlyMap<string, PodAddress>;
	readonly #macs: ReadonlyMap<string, string>;

	constructor(cluster: Cluster, mode: HybridnetMode) {
		const assumed = cluster.hybridnetSubnets.length > 0 ? undefined : assumedNetworks(cluster, mode);
		const networks = new Map((assumed?.networks ?? cluster.hybridnetNetworks).map((each) => [each.name, each]));
		const all = (assumed?.subnets ?? cluster.hybridnetSubnets).flatMap((each) => podSubnet(each, networks));
		this.subnets = [...all.filter(isOverlay), ...all.filter((each) => !isOverlay(each))];
		const subnetOf = subnetFinder(cluster, this.subnets);
		const strays: Assumption[] = [];
		const addresses = new Map<string, PodAddress>();
		for (const pod of cluster.pods) {
			if (!isJoined(pod)) continue;
			for (const address of pod.podIPs) {
				const subnet = subnetOf(address);
				if (subnet !== undefined) addresses.set(address.text, { address, subnet });
				else strays.push(stray(pod, address));
			}
		}
		this.#addresses = addresses;
		this.#macs = new Map(
			cluster.ipInstances.filter(({ mac }) => mac !== "").map(({ address, mac }) => [address.text, mac]),
		);
		this.assumptions = [...(assumed?.assumptions ?? []), ...strays];
	}

	/** Those of the pod's addresses that are from a subnet. */
	of(pod: Pod): readonly PodAddress[] {
		return pod.podIPs.flatMap((address) => this.#addresses.get(address.text) ?? []);
	}

	macOf(pod: Pod): string {
		const said = pod.podIPs.map(({ text }) => this.#macs.get(text)).find((mac) => mac !== undefined);
		return said ?? hardwareAddress(podPlace(pod), POD_DEVICE);
	}

	/** Every node is in an overlay network, and in those underlay networks that name or select it. */
	onNode(node: Node): readonly PodSubnet[] {
		return this.subnets.filter((subnet) => isOverlay(subnet) || holds(subnet.network, node));
	}
}

export function isOverlay({ mode }: Pick<PodSubnet, "mode">): boolean {
	return mode === "VXLAN";
}

/** By routes that BGP tells of. */
export function speaksBgp({ mode }: Pick<PodSubnet, "mode">): boolean {
	return mode === "BGP" || mode === "GlobalBGP";
}

/** The device by which packets of this subnet leave a node (containernetwork GenerateVxlanNetIfName, EnsureVlanIf). */
export function forwardDevice({ mode, netID }: Pick<PodSubnet, "mode" | "netID">): string {
	switch (mode) {
		case "VXLAN":
			return `${CARD}.vxlan${netID}`;
		case "VLAN":
			return netID === 0 ? CARD : `${CARD}.${netID}`;
		case "BGP":
		case "GlobalBGP":
			return CARD;
	}
}

function podSubnet(subnet: HybridnetSubnet, networks: ReadonlyMap<string, HybridnetNetwork>): readonly PodSubnet[] {
	const network = networks.get(subnet.network);
	if (network === undefined) return [];
	const { name, cidr, gateway, excludeIPs, autoNatOutgoing } = subnet;
	const netID = subnet.netID ?? network.netID ?? 0;
	return [{ name, cidr, gateway, excludeIPs, autoNatOutgoing, netID, mode: network.mode, network }];
}

/** What its IPInstance says, else the subnet that holds the address. */
function subnetFinder(cluster: Cluster, subnets: readonly PodSubnet[]): (address: Address) => PodSubnet | undefined {
	const byName = new Map(subnets.map((each) => [each.name, each]));
	const byInstance = new Map(cluster.ipInstances.map((each) => [each.address.text, byName.get(each.subnet)]));
	const byPrefix = new PrefixMap<PodSubnet>();
	for (const subnet of subnets) byPrefix.set(subnet.cidr, subnet);
	return (address) => byInstance.get(address.text) ?? byPrefix.longestMatch(address);
}

function holds({ nodeList, nodeSelector }: HybridnetNetwork, node: Node): boolean {
	if (nodeList.length > 0) return nodeList.includes(node.name);
	return Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value);
}

function stray(pod: Pod, address: Address): Assumption {
	const place = podPlace(pod);
	const message = phrase("in-no-hybridnet-subnet", { pod: place, address: address.text });
	return { code: "pod-network-missing", message, place };
}
