/**
 * A VPC as a router: every card has a port of its own, and the router answers for everything behind it, so that also
 * neighbours of one vSwitch reach each other through it, as in the cloud.
 */
import {
	assembleNamespace,
	defaultPrefix,
	hostPrefix,
	phrase,
	type Route,
	type Said,
	unicastRoute,
	type VlanLink,
	VPC_MAC,
	type Vpc,
} from "@podpath/core";
import { balancingRules } from "./balancing.ts";
import { cardSites, guardedPorts, othersOf } from "./card.ts";
import {
	type AttachedPort,
	answersForAll,
	cardNeighbours,
	type FabricPort,
	LAB_ORIGIN,
	pointToPoint,
	portLink,
	proxied,
	UPLINK,
} from "./port.ts";
import { type FabricSites, ROUTER_SYSCTLS, type Surroundings } from "./router.ts";
import { ALL_KEEP_TTL, fabricTables } from "./tables.ts";

/** The router, and between it and each card whose security groups the input says, a namespace for that card. */
export function vpcSites(vpc: Vpc, all: readonly FabricPort[], around: Surroundings): FabricSites {
	const omitted: Said[] = [];
	const { guarded, open } = guardedPorts(vpc, all);
	const ports = [...open, ...guarded.flatMap(({ attached }) => attached)];
	if (vpc.prefixes.some(({ family }) => family === 6)) {
		const why = phrase("left-out", { what: phrase("solicitations"), why: phrase("single-proxies") });
		omitted.push(phrase("left-out", { what: vpc.place, why }));
	}
	const unguarded = all.filter((port) => !guarded.some(({ card }) => card === port));
	const state = assembleNamespace(vpc.place, [
		{
			links: [
				...unguarded.map(({ device }) => portLink(device, { mac: VPC_MAC, mtu: vpc.mtu })),
				...guarded.flatMap(({ attached }) => attached).map(({ device }) => pointToPoint(device, vpc.mtu)),
				pointToPoint(UPLINK, vpc.mtu),
				...open.flatMap((port) => memberLink(vpc, port)),
			],
			routes: [...routesOf(vpc, ports, omitted), ...defaultRoutes()],
			neighbours: open.flatMap(({ device, attachment }) => [
				...cardNeighbours(device, attachment),
				...proxied(device, othersOf(vpc, attachment)),
			]),
			sysctls: new Map([...ROUTER_SYSCTLS, ...devicesOf(unguarded, open).flatMap(answersForAll)]),
		},
	]);
	const xtables = fabricTables({ keepsTtl: ALL_KEEP_TTL, ...balancingRules(around) }, [
		...vpc.prefixes,
		...vpc.routes.map(({ destination }) => destination),
	]);
	const cards = guarded.map((each) => cardSites(vpc, each));
	return {
		states: [{ ...state, xtables }, ...cards.flatMap(({ states }) => states)],
		cables: cards.flatMap(({ cables }) => cables),
		ends: new Map(cards.map(({ end }) => end)),
		omitted,
	};
}

/** The device for a member of a trunk: its frames come by the trunk's card with its tag. */
function memberLink(vpc: Vpc, { device, attachment }: AttachedPort): readonly VlanLink[] {
	const id = attachment.eni?.vlan ?? null;
	if (id === null) return [];
	const base = portLink(device, { mac: VPC_MAC, mtu: vpc.mtu });
	return [{ ...base, kind: "vlan", id, lower: { device: device.slice(0, device.lastIndexOf(".")) } }];
}

function devicesOf(all: readonly FabricPort[], ports: readonly AttachedPort[]): readonly string[] {
	return [...new Set([...all, ...ports].map(({ device }) => device))];
}

/** Cards by their addresses, as the cloud knows them; then the longest custom entry. */
function routesOf(vpc: Vpc, ports: readonly AttachedPort[], omitted: Said[]): readonly Route[] {
	const routes = new Map<string, Route>();
	for (const { destination, nextHop } of vpc.routes) {
		const port = ports.find(({ attachment: { place, eni } }) => place === nextHop || eni?.place === nextHop);
		// Machines that the lab does not have get no packets; the others' answers do not change by that.
		if (port === undefined) continue;
		const via = port.attachment.addresses.find(({ family }) => family === destination.family);
		if (via === undefined) {
			const what = phrase("a-route", { to: destination.text });
			const why = phrase("hop-without-address", { nextHop, family: destination.family });
			omitted.push(phrase("left-out", { what: vpc.place, why: phrase("left-out", { what, why }) }));
		} else {
			const options = { via, device: port.device, onlink: true, origin: LAB_ORIGIN };
			routes.set(destination.text, unicastRoute(destination, options));
		}
	}
	for (const { device, attachment } of ports) {
		for (const address of attachment.addresses) {
			const only = hostPrefix(address);
			routes.set(only.text, unicastRoute(only, { device, origin: LAB_ORIGIN }));
		}
	}
	return [...routes.values()];
}

function defaultRoutes(): readonly Route[] {
	return ([4, 6] as const).map((family) => unicastRoute(defaultPrefix(family), { device: UPLINK, origin: LAB_ORIGIN }));
}
