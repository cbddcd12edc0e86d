/** Addresses: no two owners of one, and each in a block that it can be from. */

import type { Address } from "../../address/address.ts";
import { contains, type Prefix } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import { type Diagnostic, otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";
import { type AddressOwners, isFinished } from "../address-owners.ts";
import type { AddressOwner, Cluster } from "../cluster.ts";
import { keyOf } from "../inventory.ts";
import type { ObjectMeta, Pod } from "../objects.ts";

/** @throws {InputError} Where two have one address as their own. */
export function checkAddressOwners(owners: AddressOwners): void {
	for (const [text, claimants] of owners) {
		if (claimants.length === 1) continue;
		const exclusive = claimants.filter((owner) => isExclusive(owner, text));
		const [first, ...others] = exclusive.map(holderOf);
		const second = others.find((other) => other.object !== first?.object);
		if (first === undefined || second === undefined) continue;
		const message = phrase("has-too", { one: second.place, what: text, other: first.place });
		refuse("duplicate-address", message, second.object.source, otherAt(first.object));
	}
}

/**
 * Addresses that nobody may share. External addresses are handed out by hand and may be a Node's; a Pod that is leaving may
 * still name an address that another has already.
 */
function isExclusive(owner: AddressOwner, text: string): boolean {
	switch (owner.kind) {
		case "pod":
			return !owner.pod.hostNetwork && !owner.pod.terminating;
		case "node":
			return owner.node.internalIPs.some((each) => each.text === text);
		case "host":
			return true;
		case "service":
			return owner.via === "cluster-ip";
	}
}

function holderOf(owner: AddressOwner): { readonly object: ObjectMeta; readonly place: string } {
	const object = objectOf(owner);
	return { object, place: `${owner.kind}/${keyOf(object)}` };
}

function objectOf(owner: AddressOwner): ObjectMeta {
	switch (owner.kind) {
		case "pod":
			return owner.pod;
		case "node":
			return owner.node;
		case "host":
			return owner.host;
		case "service":
			return owner.service;
	}
}

/**
 * Addresses in no block that they can be from: warnings, one for each kind of object.
 * @throws {InputError} For a Pod whose network could not route its address at all.
 */
export function strayAddresses(cluster: Cluster): readonly Diagnostic[] {
	return [...strayPods(cluster), ...strayServices(cluster), ...strayMachines(cluster)];
}

function strayPods(cluster: Cluster): readonly Diagnostic[] {
	const blocks = blockMap([...cluster.podCIDRs, ...cluster.nodes.flatMap((node) => node.podCIDRs)]);
	if (blocks === undefined) return [];
	const strays = cluster.pods.flatMap((pod) => {
		if (pod.hostNetwork || isFinished(pod) || pod.defaultNetwork !== undefined) return [];
		const address = pod.podIPs.find((each) => blocks.longestMatch(each) === undefined);
		return address === undefined ? [] : [{ pod, address }];
	});
	const [first] = strays;
	if (first !== undefined && routesBlocks(cluster)) failForPod(first.pod, first.address, cluster);
	return oneWarning(
		phrase("no-pod-cidr"),
		strays.map(({ pod, address }) => ({ place: `pod/${keyOf(pod)}`, address, object: pod })),
	);
}

/** Flannel routes Nodes' pod CIDRs and nothing else; elsewhere Pods may have addresses of the underlay. */
function routesBlocks(cluster: Cluster): boolean {
	return cluster.mode.startsWith("flannel-");
}

function failForPod(pod: Pod, address: Address, cluster: Cluster): never {
	const blocks = cluster.podCIDRs.map(({ text }) => text);
	const what = phrase("no-pod-cidr");
	const message = phrase("in-no-cidr", { place: `pod/${keyOf(pod)}`, address: address.text, what, more: "" });
	const hint =
		blocks.length === 0 ? phrase("addresses-of-pod-cidr", { mode: cluster.mode }) : phrase("pod-cidrs-are", { blocks });
	refuse("address-in-no-cidr", message, pod.source, hint);
}

function strayServices(cluster: Cluster): readonly Diagnostic[] {
	const blocks = blockMap(cluster.serviceCIDRs);
	if (blocks === undefined) return [];
	const strays = cluster.services.flatMap((service) =>
		service.clusterIPs
			.filter((address) => blocks.longestMatch(address) === undefined)
			.map((address) => ({ place: `service/${keyOf(service)}`, address, object: service })),
	);
	return oneWarning(phrase("no-service-cidr"), strays);
}

/** Machines that stand in none of the networks that the input describes. */
function strayMachines(cluster: Cluster): readonly Diagnostic[] {
	const networks = blockMap([
		...cluster.vpcs.flatMap((vpc) => (vpc.vSwitches.length > 0 ? vpc.vSwitches.map(({ cidr }) => cidr) : vpc.cidrs)),
		...cluster.segments.flatMap(({ cidrs, vlans }) => [...cidrs, ...vlans.flatMap((vlan) => vlan.cidrs)]),
	]);
	if (networks === undefined) return [];
	const machines = [
		...cluster.nodes.map((node) => ({ place: `node/${node.name}`, object: node, addresses: node.internalIPs })),
		...cluster.hosts.map((host) => ({ place: `host/${host.name}`, object: host, addresses: host.addresses })),
	];
	const strays = machines.flatMap(({ place, object, addresses }) =>
		addresses
			.filter((address) => networks.longestMatch(address) === undefined)
			.map((address) => ({ place, object, address })),
	);
	return oneWarning(phrase("no-vswitch-no-segment"), strays);
}

/** Nothing where no block is known: then nothing can be said. */
function blockMap(blocks: readonly Prefix[]): PrefixMap<true> | undefined {
	if (blocks.length === 0) return undefined;
	const map = new PrefixMap<true>();
	for (const block of blocks) map.set(block, true);
	return map;
}

interface Stray {
	readonly place: string;
	readonly address: Address;
	readonly object: ObjectMeta;
}

function oneWarning(what: Phrase, strays: readonly Stray[]): readonly Diagnostic[] {
	const [first, ...others] = strays;
	if (first === undefined) return [];
	const more = others.length === 0 ? "" : phrase("more-strays", { n: others.length });
	const message = phrase("in-no-cidr", { place: first.place, address: first.address.text, what, more });
	return [{ code: "address-in-no-cidr", severity: "warning", message, where: first.object.source }];
}

/** Whether one of the blocks holds the address. */
export function inOneOf(blocks: readonly Prefix[], address: Address): boolean {
	return blocks.some((block) => contains(block, address));
}
