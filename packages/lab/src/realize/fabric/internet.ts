/** The Internet as one router between its clients and the networks of the lab; it takes nothing from a packet's TTL. */
import {
	assembleNamespace,
	defaultPrefix,
	type FabricDevice,
	hostPrefix,
	type Internet,
	type Namespace,
	type Network,
	type Prefix,
	type Route,
	type Rule,
	unicastRoute,
} from "@podpath/core";
import { ETHERNET_MTU, type FabricPort, LAB_ORIGIN, pointToPoint, portLink } from "./port.ts";
import { ROUTER_SYSCTLS } from "./router.ts";
import { ALL_KEEP_TTL, fabricTables } from "./tables.ts";

/** A network that the Internet is joined to, and by which device. */
export interface Neighbourhood {
	readonly device: string;
	readonly fabric: FabricDevice;
	/** Addresses of load balancers behind it. */
	readonly balanced: readonly Prefix[];
}

/** Only clients' packets see the way to private addresses: networks are not joined to each other by the Internet. */
const INWARD_TABLE = 100;

export function internetSite(
	network: Network,
	internet: Internet,
	ports: readonly FabricPort[],
	around: readonly Neighbourhood[],
): Namespace {
	const routes = new Map<string, Route>();
	const add = (destination: Prefix, device: string, table?: number): void => {
		const route = unicastRoute(destination, { device, origin: LAB_ORIGIN });
		const key = `${table} ${destination.text}`;
		if (!routes.has(key)) routes.set(key, table === undefined ? route : { ...route, table });
	};
	for (const port of ports) for (const own of addressesOf(network, port)) add(own, port.device);
	for (const { device, fabric, balanced } of around) {
		for (const address of balanced) add(address, device);
		for (const prefix of privatePrefixes(fabric)) add(prefix, device, INWARD_TABLE);
	}
	const state = assembleNamespace(internet.place, [
		{
			links: [...ports.map(clientPort), ...around.map(({ device }) => pointToPoint(device, ETHERNET_MTU))],
			routes: [...routes.values(), ...([4, 6] as const).map(nowhere)],
			rules: ports.flatMap(({ device }) => ([4, 6] as const).map((family) => inward(family, device))),
			sysctls: new Map(ROUTER_SYSCTLS),
		},
	]);
	const nothing = { 4: [], 6: [] };
	const xtables = fabricTables(
		{ keepsTtl: ALL_KEEP_TTL, nat: nothing, filter: nothing },
		[...routes.values()].map(({ destination }) => destination),
	);
	return { ...state, xtables };
}

/**
 * The client resolves no neighbours, so its frames bear its own MAC as destination. The port has that MAC too: it takes
 * them, and what it sends without resolving anybody in turn reaches the client.
 */
function clientPort({ device, link }: FabricPort): ReturnType<typeof portLink> {
	return portLink(device, { mac: link.mac, mtu: link.mtu, noArp: true });
}

function addressesOf(network: Network, { to }: FabricPort): readonly Prefix[] {
	const own = network.namespace(to.place)?.addresses ?? [];
	return own
		.filter(({ device, scope }) => device === to.device && scope === "global")
		.map((each) => hostPrefix(each.address));
}

function privatePrefixes(fabric: FabricDevice): readonly Prefix[] {
	switch (fabric.kind) {
		case "segment":
			return fabric.prefixes;
		case "vpc":
			return [...fabric.prefixes, ...fabric.routes.map(({ destination }) => destination)];
		case "internet":
		case "load-balancer":
			return [];
	}
}

function inward(family: 4 | 6, iif: string): Rule {
	const action = { kind: "lookup", table: INWARD_TABLE } as const;
	return { family, priority: INWARD_TABLE, invert: false, iif, action, origin: LAB_ORIGIN };
}

function nowhere(family: 4 | 6): Route {
	const route = unicastRoute(defaultPrefix(family), { device: "", origin: LAB_ORIGIN });
	return { ...route, type: "blackhole", scope: "global", nextHops: [] };
}
