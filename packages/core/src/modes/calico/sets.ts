/** Felix's IP sets of the whole cluster (felix/rules/rule_defs.go, felix/dataplane/linux/masq_mgr.go). */
import type { Address, Family } from "../../address/address.ts";
import { type Ipset, ipset } from "../../netfilter/ipset.ts";
import type { NodeFacts } from "./calico-nodes.ts";
import { FELIX } from "./origin.ts";
import type { Pools } from "./pools.ts";

export type SetId = "all-ipam-pools" | "masq-ipam-pools" | "all-hosts-net" | "all-vxlan-net" | "this-host";

/** `cali40all-ipam-pools`. */
export function setName(family: Family, id: SetId): string {
	return `cali${family}0${id}`;
}

/** Felix's MaxIPSetSize. */
export const LARGEST = 1048576;

function set(family: Family, id: SetId, type: "hash:net" | "hash:ip", members: readonly string[]): Ipset {
	const options = `family ${family === 4 ? "inet" : "inet6"} maxelem ${LARGEST}`;
	return ipset(setName(family, id), type, [...new Set(members)], FELIX, options);
}

/** All pools, and those whose pods get the node's address on their way out. */
export function poolSets(family: Family, pools: Pools): readonly Ipset[] {
	const own = pools.all.filter(({ cidr }) => cidr.family === family);
	const texts = (natOutgoing: boolean): readonly string[] =>
		own.filter((pool) => pool.natOutgoing || !natOutgoing).map(({ cidr }) => cidr.text);
	return [
		set(family, "all-ipam-pools", "hash:net", texts(false)),
		set(family, "masq-ipam-pools", "hash:net", texts(true)),
	];
}

/** The addresses by which nodes are reached. */
export function allHosts(family: Family, nodes: readonly NodeFacts[]): Ipset {
	return set(family, "all-hosts-net", "hash:net", addressesOf(family, nodes));
}

/** Those of the nodes that have a VXLAN device, but for this node's own. */
export function vxlanHosts(family: Family, nodes: readonly NodeFacts[], own: NodeFacts): Ipset {
	const others = nodes.filter((facts) => facts !== own && facts.vxlanTunnel[family] !== undefined);
	return set(family, "all-vxlan-net", "hash:net", addressesOf(family, others));
}

/** All that the node itself has. */
export function thisHost(family: Family, addresses: readonly Address[]): Ipset {
	const own = addresses.filter((each) => each.family === family).map(({ text }) => text);
	return set(family, "this-host", "hash:ip", own);
}

function addressesOf(family: Family, nodes: readonly NodeFacts[]): readonly string[] {
	return nodes.flatMap(({ address }) => address[family]?.text ?? []);
}
