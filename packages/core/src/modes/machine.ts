/** What every machine has in every mode: its cards, addresses and default route, and how its kernel is set. */
import type { Address } from "../address/address.ts";
import { defaultPrefix, lastAddress, prefixOf } from "../address/prefix.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Node } from "../cluster/objects.ts";
import type { HostObject } from "../cluster/settings.ts";
import type { Contribution } from "../state/contribution.ts";
import type { InterfaceAddress, Route } from "../state/ip.ts";
import type { PhysicalLink } from "../state/link.ts";
import { unicastRoute } from "./route.ts";
import { CARD, type Card, type CardAddress, cardAddress, onLink } from "./underlay/card.ts";

/** A machine's card, its addresses and its way out. */
export function machine(card: Card): Contribution {
	return {
		links: [physicalLink(card)],
		addresses: card.addresses.map((each) => interfaceAddress(each, card)),
		routes: defaultRoutes(card),
	};
}

/** A node's further cards: up, and without an address, which is for the network mode to give. */
export function furtherCards(cards: readonly Card[]): Contribution {
	return { links: cards.filter(({ device }) => device !== CARD).map(physicalLink) };
}

/** The card that has the next hop on its link. */
function deviceTo(via: Address, cards: readonly Card[]): string {
	return cards.find((card) => onLink(card, via))?.device ?? CARD;
}

function physicalLink({ device, mac, mtu, origin }: Card): PhysicalLink {
	return { kind: "physical", name: device, index: 0, mtu, mac, up: true, carrier: true, origin };
}

/**
 * A machine outside the cluster: its cards and the routes that it is said to have. A further card has the primary address of
 * its ENI, as the images' own network scripts set it up; the way out is by eth0.
 */
export function host(object: HostObject, card: Card, cards: readonly Card[]): Contribution {
	const further = cards.filter((each) => each !== card);
	const base = machine(card);
	const origin = { component: "host", object: `host/${object.name}`, source: object.source };
	const routes = object.routes.map(({ destination, via }) =>
		unicastRoute(destination, { via, device: deviceTo(via, cards), protocol: "static", origin }),
	);
	return {
		links: [...(base.links ?? []), ...further.map(physicalLink)],
		addresses: [...(base.addresses ?? []), ...further.flatMap(ownAddresses)],
		routes: [...routes, ...(base.routes ?? [])],
		...(object.forwarding === true && { sysctls: FORWARDING }),
	};
}

const FORWARDING: ReadonlyMap<string, string> = new Map([
	["net.ipv4.ip_forward", "1"],
	["net.ipv6.conf.all.forwarding", "1"],
]);

/**
 * How a node's kernel is set for Kubernetes: it forwards, and bridged packets go through iptables (kubeadm's preflight
 * checks ask for both). What the cluster's settings say comes last and wins.
 */
export function nodeSysctls(node: Node): ReadonlyMap<string, string> {
	const hasIPv6 = [...node.internalIPs, ...node.podCIDRs].some((each) => each.family === 6);
	return new Map([
		["net.ipv4.ip_forward", "1"],
		["net.bridge.bridge-nf-call-iptables", "1"],
		["net.bridge.bridge-nf-call-ip6tables", "1"],
		...(hasIPv6 ? ([["net.ipv6.conf.all.forwarding", "1"]] as const) : []),
	]);
}

/** Sysctls that the cluster's settings give this node. */
export function administratorSysctls(cluster: Cluster, node: Node): ReadonlyMap<string, string> {
	const { nodeSysctls: all = {}, sysctlsByNode: single = {} } = cluster.settings ?? {};
	return new Map([...Object.entries(all), ...Object.entries(single[node.name] ?? {})]);
}

/**
 * What a pod's new namespace takes over from its node: the IPv4 settings for all devices, forwarding among them
 * (net/ipv4/devinet.c devinet_init_net, unless net.core.devconf_inherit_init_net says otherwise).
 */
export function inheritedSysctls(cluster: Cluster, node: Node): ReadonlyMap<string, string> {
	const own = [...nodeSysctls(node), ...administratorSysctls(cluster, node)];
	return new Map(own.filter(([key]) => key === "net.ipv4.ip_forward" || /^net\.ipv4\.conf\.(all|default)\./.test(key)));
}

/** Of an ENI the primary one of each family; of a card that is none, all. */
function ownAddresses(card: Card): readonly InterfaceAddress[] {
	return card.eni === undefined ? card.addresses.map((each) => interfaceAddress(each, card)) : primaryAddresses(card);
}

/** The first of each family. */
function primaryAddresses(card: Card): readonly InterfaceAddress[] {
	const first = ([4, 6] as const).map((family) => cardAddress(card, family));
	return first.filter((each) => each !== undefined).map((each) => interfaceAddress(each, card));
}

function interfaceAddress({ address, prefixLength }: CardAddress, card: Card): InterfaceAddress {
	const subnet = prefixOf(address, prefixLength);
	const hasBroadcast = address.family === 4 && prefixLength < 31;
	return {
		device: card.device,
		address,
		prefixLength,
		scope: "global",
		...(hasBroadcast && { broadcast: lastAddress(subnet) }),
		secondary: false,
		noPrefixRoute: false,
		origin: card.origin,
	};
}

function defaultRoutes(card: Card): readonly Route[] {
	return ([4, 6] as const).flatMap((family) => {
		const own = card.addresses.filter((each) => each.address.family === family);
		// A machine that is its segment's gateway has no way out but by routes of its own.
		const isOwn = ({ gateway }: CardAddress): boolean => own.some(({ address }) => address.text === gateway?.text);
		if (own.some(isOwn)) return [];
		const via = own.find((each) => each.gateway !== undefined)?.gateway;
		const route = { device: CARD, protocol: "static", origin: card.origin };
		if (via !== undefined) return [unicastRoute(defaultPrefix(family), { ...route, via })];
		// Where the input does not hold the network around a machine, its packets leave by the card, and the answer ends there.
		return card.fabric === undefined && own.length > 0 ? [unicastRoute(defaultPrefix(family), route)] : [];
	});
}
