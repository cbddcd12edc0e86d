/** What Calico's objects say of each other and of pods. */
import type { Address } from "../../address/address.ts";
import { overlaps } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import { otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import { type Phrase, phrase, type Said } from "../../wording/phrase.ts";
import { isFinished } from "../address-owners.ts";
import type { IpPool } from "../calico-objects.ts";
import type { Cluster } from "../cluster.ts";
import { keyOf } from "../inventory.ts";
import type { ObjectMeta, Pod } from "../objects.ts";

/** @throws {InputError} For the first that is wrong. */
export function checkCalico(cluster: Cluster): void {
	checkPools(cluster.calico.ipPools);
	checkOwners(cluster);
	if (cluster.mode.startsWith("calico-")) checkPods(cluster);
}

function checkPools(pools: readonly IpPool[]): void {
	for (const [i, pool] of pools.entries()) {
		const other = pools.slice(0, i).find((each) => overlaps(each.cidr, pool.cidr));
		if (other === undefined) continue;
		const [of, otherOf] = [named("IPPool", pool), named("IPPool", other)];
		const message = phrase("overlaps", { cidr: pool.cidr.text, of, other: other.cidr.text, otherOf });
		refuse("overlapping-cidrs", message, pool.source, otherAt(other));
	}
}

/** A block is one node's. */
function checkOwners(cluster: Cluster): void {
	const { blockAffinities, ipamBlocks } = cluster.calico;
	const owners = new Map<string, { readonly node: string; readonly by: ObjectMeta & { readonly kind: string } }>();
	const confirmed = blockAffinities.filter(({ state }) => state === "confirmed" || state === "");
	for (const by of [...ipamBlocks.filter(({ node }) => node !== ""), ...confirmed]) {
		const { cidr, node } = by;
		const other = owners.get(cidr.text);
		if (other !== undefined && other.node !== node) {
			const own = { one: named(by.kind, by), cidr: cidr.text, node: `node/${node}` };
			const others = { other: named(other.by.kind, other.by), otherNode: `node/${other.node}` };
			const message = phrase("gives-block-to", { ...own, ...others });
			refuse("conflicting-settings", message, by.source, otherAt(other.by));
		}
		owners.set(cidr.text, { node, by });
	}
}

/** An address that the pod brings itself is in no block, and perhaps in no pool (cni-plugin/pkg/k8s ipAddrsNoIpam). */
const OWN_ADDRESSES = "cni.projectcalico.org/ipAddrsNoIpam";

/** Where the input holds pools, and where it holds blocks, each pod's addresses are in one of them. */
function checkPods(cluster: Cluster): void {
	const { ipPools, blockAffinities, ipamBlocks } = cluster.calico;
	const pools = mapOf(ipPools);
	const allBlocks = [...blockAffinities, ...ipamBlocks];
	const blocks = mapOf(allBlocks);
	const families = new Set(allBlocks.map(({ cidr }) => cidr.family));
	for (const pod of cluster.pods) {
		if (
			pod.hostNetwork ||
			isFinished(pod) ||
			pod.defaultNetwork !== undefined ||
			Object.hasOwn(pod.annotations, OWN_ADDRESSES)
		)
			continue;
		refuseStray(pod, pod.podIPs, pools, "IPPool", ipPools);
		const ofBlocks = pod.podIPs.filter(({ family }) => families.has(family));
		refuseStray(pod, ofBlocks, blocks, phrase("block-or-affinity"), []);
	}
}

function mapOf(objects: readonly Pick<IpPool, "cidr">[]): PrefixMap<true> | undefined {
	if (objects.length === 0) return undefined;
	const map = new PrefixMap<true>();
	for (const { cidr } of objects) map.set(cidr, true);
	return map;
}

function refuseStray(
	pod: Pod,
	addresses: readonly Address[],
	map: PrefixMap<true> | undefined,
	kind: Said,
	pools: readonly IpPool[],
): void {
	const stray = map && addresses.find((each) => map.longestMatch(each) === undefined);
	if (stray === undefined) return;
	const names = pools.map(({ cidr }) => cidr.text);
	const what = phrase("no-such-holder", { kind });
	const message = phrase("in-no-cidr", { place: `pod/${keyOf(pod)}`, address: stray.text, what, more: "" });
	refuse("address-in-no-cidr", message, pod.source, names.length === 0 ? undefined : phrase("pools-are", { names }));
}

function named(kind: string, { name }: ObjectMeta): Phrase {
	return phrase("named-kind", { kind, name });
}
