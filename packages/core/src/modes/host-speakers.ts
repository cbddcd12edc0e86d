/** Hosts that speak BGP, such as top-of-rack switches: as speakers, and what they make of the routes that they learn. */
import { type Address, address, type Family } from "../address/address.ts";
import { ACCEPT_ALL } from "../bgp/filter.ts";
import type { BgpNetwork } from "../bgp/network.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { HostBgp, HostObject } from "../cluster/settings.ts";
import { type NextHop, type Route, TABLE_MAIN } from "../state/ip.ts";
import type { Neighbour, Speaker } from "../state/speaker.ts";
import { type Card, onLink, type Underlay } from "./underlay/underlay.ts";

/** The hosts' speakers of one family. */
export function hostSpeakers(cluster: Cluster, underlay: Underlay, family: Family): readonly Speaker[] {
	return cluster.hosts.flatMap((host): readonly Speaker[] => {
		const { bgp } = host;
		const addresses = host.addresses.filter((each) => each.family === family);
		if (bgp === undefined || addresses.length === 0) return [];
		const cards = underlay.cards(`host/${host.name}`);
		return [
			{
				name: `host/${host.name}`,
				routerId: bgp.routerID ?? host.addresses.find((each) => each.family === 4) ?? UNSPECIFIED,
				asn: bgp.asNumber,
				addresses,
				...(bgp.clusterID && { clusterId: bgp.clusterID }),
				neighbours: neighboursOf(bgp, host.name, family),
				networks: bgp.networks.filter((each) => each.family === family),
				exports: ACCEPT_ALL,
				kernel: ACCEPT_ALL,
				installs: bgp.multipath ? "all-equal" : "one-of-equal",
				sharesLink: (a, b) => cards.some((card) => onLink(card, a) && onLink(card, b)),
				distanceTo: (nextHop) => (cards.some((card) => onLink(card, nextHop)) ? 0 : 1),
			},
		];
	});
}

const UNSPECIFIED: Address = address("0.0.0.0");

function neighboursOf(bgp: HostBgp, host: string, family: Family): readonly Neighbour[] {
	return bgp.neighbours
		.filter((each) => each.address.family === family)
		.map(({ address: peer, asNumber, routeReflectorClient, nextHopSelf, localPreference }) => ({
			address: peer,
			asn: asNumber,
			client: routeReflectorClient,
			nextHop: nextHopSelf ? "self" : "default",
			allowedOwnAs: 0,
			...(localPreference !== undefined && { localPreference }),
			object: `host/${host}`,
		}));
}

/** The routes that a host has learned: a next hop is on the link of one of its cards. */
export function hostRoutes(host: HostObject, network: BgpNetwork, underlay: Underlay): readonly Route[] {
	const place = `host/${host.name}`;
	const speaker = network.speakers.find(({ name }) => name === place);
	if (speaker === undefined) return [];
	const cards = underlay.cards(place);
	return [...network.routesOf(speaker).values()].flatMap(({ best, nextHops }): readonly Route[] => {
		const { learned, prefix } = best;
		const used = host.bgp?.multipath === true ? nextHops : nextHops.slice(0, 1);
		const hops = used.map((nextHop) => hopBy(nextHop, cards)).filter((hop) => hop !== undefined);
		if (learned === null || hops.length === 0) return [];
		return [
			{
				family: prefix.family,
				table: TABLE_MAIN,
				type: "unicast",
				destination: prefix,
				protocol: "bgp",
				scope: "global",
				metric: BGP_METRIC,
				nextHops: hops,
				origin: { component: "bgp", object: learned.peer.name, note: `BGP route from ${learned.own.address.text}` },
			},
		];
	});
}

/** What routing daemons give their routes, so that what an administrator writes comes first. */
const BGP_METRIC = 20;

function hopBy(gateway: Address, cards: readonly Card[]): NextHop | undefined {
	const card = cards.find((each) => onLink(each, gateway));
	return card && { gateway, device: card.device, onlink: false, weight: 1 };
}
