/** The fabric is what the objects describe, or assumed as it is for manifests; which cards stand in it, the nodes' own state tells. */

import type { Address } from "../address/address.ts";
import { contains } from "../address/prefix.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { EniObject } from "../cluster/settings.ts";
import { loadBalancersOf } from "../modes/load-balancers.ts";
import { podRouteFamilies } from "../modes/mode.ts";
import { networkMode } from "../modes/registry.ts";
import { assumedNetworks } from "../modes/underlay/assumed.ts";
import { describedNetworks } from "../modes/underlay/described.ts";
import { eniCards, eniFactory, enisOf } from "../modes/underlay/enis.ts";
import type { UnderlayNetwork } from "../modes/underlay/underlay.ts";
import type { Assumption } from "../state/assumption.ts";
import type { Attachment, DeviceAt, FabricDevice } from "../state/fabric.ts";
import type { Link } from "../state/link.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import { type Place, placeKind } from "../state/place.ts";
import type { Wire } from "../state/static-network.ts";
import { isEni, snapshotCards } from "./cards.ts";
import type { Stack } from "./stack.ts";

export interface ShownFabric {
	readonly devices: readonly FabricDevice[];
	/** Cards whose cable leads into a namespace that stands for the fabric, as in a lab. */
	readonly wires: readonly Wire[];
	readonly assumptions: readonly Assumption[];
}

interface Shown {
	readonly stacks: readonly Stack[];
	readonly wires: readonly Wire[];
	readonly predicted: Network | null;
}

export function shownFabric(cluster: Cluster, { stacks, wires, predicted }: Shown): ShownFabric {
	const mode = networkMode(cluster.mode);
	const options = { podRoutesInVpc: podRouteFamilies(mode), enis: knownEnis(cluster) };
	const described = describedNetworks(cluster, options);
	const joined = joinedDevices(stacks, wires, described.length > 0);
	const namespaces = stacks.map(({ namespace }) => namespace);
	const isCard = cardsOf(joined, options.enis);
	const cards = snapshotCards(namespaces, options.enis, eniFactory(cluster), isCard);
	const networks = described.length > 0 ? described : assumed(cluster, options, cards, namespaces);
	const others = elsewhere(predicted, stacks, cluster);
	const devices = networks.map((network) => {
		const own = cards.filter(({ addresses }) => holds(network, addresses));
		return withLearned(network.build([...own, ...(others.get(network.place) ?? [])]), predicted);
	});
	return {
		devices: [...devices, ...loadBalancersOf(cluster, eniCards(devices)).devices],
		wires: devices.flatMap((device) =>
			device.kind !== "vpc" && device.kind !== "segment"
				? []
				: device.attachments.map((from): Wire => ({ from, to: { kind: "fabric", fabric: device.place } })),
		),
		assumptions: described.length > 0 ? [] : networks.flatMap((network) => network.assumptions),
	};
}

/** What a segment's router learned from the nodes, no node shows: it is as the mode would have told it. */
function withLearned(device: FabricDevice, predicted: Network | null): FabricDevice {
	const other = predicted?.fabric(device.place);
	if (device.kind !== "segment" || other?.kind !== "segment") return device;
	const routes = device.routes ?? [];
	const known = new Set(routes.map(({ destination }) => destination.text));
	const learned = (other.routes ?? []).filter(({ destination }) => !known.has(destination.text));
	return learned.length === 0 ? device : { ...device, routes: [...routes, ...learned] };
}

function holds({ subnets }: UnderlayNetwork, addresses: readonly Address[]): boolean {
	return subnets.some(({ prefix }) => addresses.some((address) => contains(prefix, address)));
}

/** ENIs that the input names. What a mode would have made besides is not looked at: the nodes show what they have. */
function knownEnis(cluster: Cluster): readonly EniObject[] {
	const named = new Set([
		...cluster.enis.map(({ name }) => name),
		...cluster.podENIs.flatMap(({ allocations }) => allocations.map(({ eniID }) => eniID)),
	]);
	return enisOf(cluster, networkMode(cluster.mode)).filter(({ name }) => named.has(name));
}

/** The assumed network's router has the addresses that the nodes' routes lead by. */
function assumed(
	cluster: Cluster,
	options: Parameters<typeof assumedNetworks>[1],
	cards: readonly Attachment[],
	namespaces: readonly Namespace[],
): readonly UnderlayNetwork[] {
	const own = new Set(namespaces.flatMap((each) => each.addresses.map(({ address }) => address.text)));
	const devices = new Set(cards.map(keyOf));
	const gateways = new Map<string, Address>();
	for (const { place, routes } of namespaces) {
		for (const { gateway, device } of routes.flatMap(({ nextHops }) => nextHops)) {
			if (gateway === undefined || device === undefined || own.has(gateway.text)) continue;
			if (devices.has(keyOf({ place, device }))) gateways.set(gateway.text, gateway);
		}
	}
	const nodes = new Set(cluster.nodes.flatMap(({ internalIPs }) => internalIPs.map(({ text }) => text)));
	return assumedNetworks(cluster, options).map((network) => {
		const routers = [...gateways.values()].filter((each) => !nodes.has(each.text) && holds(network, [each]));
		const build = (attachments: readonly Attachment[]): FabricDevice => {
			const device = network.build(attachments);
			return device.kind === "segment" && routers.length > 0 ? { ...device, gateways: routers } : device;
		};
		return { ...network, build };
	});
}

/** By fabric device: the predicted cards of machines that the snapshot does not show. */
function elsewhere(
	predicted: Network | null,
	stacks: readonly Stack[],
	cluster: Cluster,
): ReadonlyMap<Place, readonly Attachment[]> {
	if (predicted === null) return new Map();
	const shown = new Set(stacks.map(({ namespace }) => namespace.place));
	const isShown = (place: Place): boolean => {
		const node = cluster.podAt(place)?.nodeName;
		return shown.has(place) || (node !== undefined && shown.has(`node/${node}`));
	};
	return new Map(
		predicted.places().flatMap((place) => {
			const device = predicted.fabric(place);
			if (device?.kind !== "vpc" && device?.kind !== "segment") return [];
			return [[place, device.attachments.filter((each) => !isShown(each.place))] as const];
		}),
	);
}

function keyOf({ place, device }: DeviceAt): string {
	return `${place} ${device}`;
}

/**
 * Devices whose cable leads to a stack, so that they are no cards. One that leads to a namespace which nothing names is a
 * card all the same where the objects describe a fabric: the namespace then stands for it.
 */
function joinedDevices(stacks: readonly Stack[], wires: readonly Wire[], described: boolean): ReadonlySet<string> {
	const named = new Set(stacks.map(({ namespace }) => namespace.place).filter((place) => placeKind(place) !== "netns"));
	return new Set(
		wires.flatMap(({ from, to }) => (to.kind === "device" && (!described || named.has(to.place)) ? [keyOf(from)] : [])),
	);
}

/** A card, or in a lab and in nodes that are containers a veth that leads out of the machine; of a pod, one that is an ENI. */
function cardsOf(joined: ReadonlySet<string>, enis: readonly EniObject[]): (stack: Namespace, link: Link) => boolean {
	const ofEnis = new Set(enis.flatMap(({ addresses }) => addresses.map(({ text }) => text)));
	return (stack, link) => {
		const { place, addresses } = stack;
		if (link.mac === null) return false;
		if (link.kind === "physical") return true;
		if (link.kind !== "veth" || link.master !== undefined || joined.has(keyOf({ place, device: link.name })))
			return false;
		const isMachine = placeKind(place) === "node" || placeKind(place) === "host";
		const own = addresses.filter(({ device, scope }) => device === link.name && scope === "global");
		// An ENI that pods share by ipvlan has no address at its node.
		if (enis.some((each) => isEni(each, stack, link))) return true;
		return isMachine ? own.length > 0 : own.some(({ address }) => ofEnis.has(address.text));
	};
}
