/**
 * Addresses of the network that the machines stand in: pools of single addresses that the Cluster object lists (seed 004's
 * "detail" pools), or blocks of pods that are part of a Segment or a vSwitch.
 */

import type { Address, Family } from "../../address/address.ts";
import { addressPlus } from "../../address/address.ts";
import { contains, containsPrefix, lastAddress, type Prefix } from "../../address/prefix.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Node, Pod } from "../objects.ts";
import type { AddressPoolSettings } from "../settings.ts";
import { type AddressSource, byFamily, familyOf, gatewayIn, type IpamFacts, subnetPool } from "./source.ts";

/** For macvlan, ipvlan and Bifrost. */
export function dataCentrePools(facts: IpamFacts, families: readonly Family[]): AddressSource {
	const listed = (facts.settings?.addressPools ?? []).map((each) => ({ each, pool: listedPool(each) }));
	const blocks = listed.length > 0 ? [] : segmentBlocks(facts);
	const ofPod = (pod: Pod): readonly AddressPool[] => {
		const own = listed.filter(({ each }) => each.namespaces.length === 0 || each.namespaces.includes(pod.namespace));
		// Those for the pod's namespace come before those for everybody.
		const sorted = [...own].sort(
			(a, b) => Number(a.each.namespaces.length === 0) - Number(b.each.namespaces.length === 0),
		);
		return listed.length > 0 ? sorted.map(({ pool }) => pool) : blocks;
	};
	const carried = (pool: AddressPool): boolean => families.some((family) => family === familyOf(pool));
	return {
		// Of several blocks of one family nothing says which: then the pod gets none.
		choices: (pod) => byFamily(ofPod(pod).filter(carried)).filter((each) => listed.length > 0 || each.length === 1),
		fixedFrom: ofPod,
	};
}

function listedPool({ name, range, exclude }: AddressPoolSettings): AddressPool {
	return {
		name: phrase("pool-range", { pool: phrase("address-pool", { name }), range: range.text }),
		ranges: [range],
		excluded: new Set(exclude.map(({ text }) => text)),
	};
}

/** The cluster's pod CIDRs that are a Segment's, or one of its VLANs'. */
function segmentBlocks({ podCIDRs, segments }: IpamFacts): readonly AddressPool[] {
	const networks = segments.flatMap(({ name, cidrs, gateways, vlans }) => [
		{ name: `segment/${name}`, cidrs, gateways },
		...vlans.map((vlan) => ({ ...vlan, name: phrase("vlan-of", { vlan: vlan.id, place: `segment/${name}` }) })),
	]);
	return podCIDRs.flatMap((block) => {
		const network = networks.find(({ cidrs }) => cidrs.some((cidr) => containsPrefix(cidr, block)));
		return network === undefined ? [] : [subnetPool(network.name, block, gatewayIn(block, network.gateways))];
	});
}

/** For Terway: the vSwitches of `eni-config`, else that of the node itself. */
export function vSwitchPools(facts: IpamFacts): AddressSource {
	const vSwitches = facts.vpcs.flatMap((vpc) => vpc.vSwitches);
	const pools = new Map(vSwitches.map((each) => [each.id, vSwitchPool(each)]));
	const wanted = facts.terway?.vSwitches ?? [];
	const own = (node: Node): readonly AddressPool[] => {
		const ids = wanted.length > 0 ? wanted : vSwitches.filter(({ cidr }) => isIn(cidr, node)).map(({ id }) => id);
		return ids.flatMap((id) => pools.get(id) ?? []);
	};
	return {
		// Which PodNetworking a pod gets, and so which vSwitch, is Terway's own matter.
		choices: (_, node) => (facts.podNetworkings.length > 0 ? [] : byFamily(own(node))),
		fixedFrom: () => [...pools.values()],
	};
}

function isIn(cidr: Prefix, { internalIPs }: Node): boolean {
	return internalIPs.some((each) => contains(cidr, each));
}

/** A vSwitch keeps its first and its last three IPv4 addresses for itself (VPC user guide, "Create and manage a vSwitch"). */
function vSwitchPool({ id, cidr, gateway }: { id: string; cidr: Prefix; gateway: Address }): AddressPool {
	const pool = subnetPool(phrase("named-kind", { kind: "vSwitch", name: id }), cidr, gateway);
	const last = lastAddress(cidr);
	const kept = cidr.family === 4 && cidr.length < 30 ? [-1, -2].map((n) => addressPlus(last, n).text) : [];
	return { ...pool, excluded: new Set([...pool.excluded, ...kept]) };
}
