/** The fabric of a lab: a namespace for each fabric device that stacks are connected to, and the cables between these. */
import {
	assembleNamespace,
	type DeviceAt,
	type FabricDevice,
	hostPrefix,
	type LoadBalancer,
	type Namespace,
	type Network,
	type Phrase,
	type Place,
	phrase,
	type Said,
} from "@podpath/core";
import { type Cable, type Layout, OUTSIDE } from "../layout.ts";
import { internetSite, type Neighbourhood } from "./internet.ts";
import { ETHERNET_MTU, portLink, UPLINK } from "./port.ts";
import type { FabricSites, Surroundings } from "./router.ts";
import { segmentSites } from "./segment.ts";
import { vpcSites } from "./vpc.ts";

export interface LabFabric {
	readonly states: readonly Namespace[];
	/** All of the lab: the layout's too, whose ends in the fabric are found here. */
	readonly cables: readonly Cable[];
	/** Where ports of a fabric device are that are not in its own namespace, by the device's place and the port's name. */
	readonly ends: ReadonlyMap<string, DeviceAt>;
	/** Load balancers, which are rules of the router before their backends. */
	readonly folded: readonly Place[];
	readonly omitted: readonly Said[];
}

/** `places`: what was asked for, which says what load balancers the lab has. */
export function fabricOf(network: Network, layout: Layout, places: ReadonlySet<Place>): LabFabric {
	const devices = [...layout.ports.keys()].flatMap((place) => network.fabric(place) ?? []);
	const internet = devices.find((device) => device.kind === "internet");
	const routers = devices.filter((device) => device.kind === "vpc" || device.kind === "segment");
	const omitted: Said[] = [...unconnected(network, layout, places)];
	const balancers = network.loadBalancers.filter(({ place }) => places.has(place));
	const homes = new Map(balancers.map((each) => [each, homeOf(each, routers, layout, omitted)]));
	const around = (place: Place): Surroundings => ({
		balancers: balancers.filter((each) => homes.get(each) === place),
		internet: internet !== undefined,
	});
	const sites = routers.map((device) => siteOf(device, layout, around(device.place)));
	const uplinks = routers.filter(hasUplink);
	const states = sites.flatMap((site) => site.states);
	const cables: Cable[] = [
		...layout.cables.map((cable) => reachingIn(cable, routers, sites)),
		...sites.flatMap((site) => site.cables),
	];
	let looseEnds = layout.looseEnds;
	if (internet !== undefined) {
		const neighbours = uplinks.map((fabric, i): Neighbourhood => {
			const addresses = around(fabric.place).balancers.flatMap((each) => each.addresses);
			return { device: `w${i + 1}`, fabric, balanced: addresses.map(hostPrefix) };
		});
		states.push(internetSite(network, internet, layout.ports.get(internet.place) ?? [], neighbours));
		for (const { device, fabric } of neighbours) cables.push(uplink(fabric.place, internet.place, device));
	} else {
		// A segment's gateway can lead nowhere by itself; a VPC answers for every address, and so needs a way there.
		for (const { place } of uplinks.filter(({ kind }) => kind === "vpc")) {
			const device = `e${looseEnds.length + 1}`;
			looseEnds = [...looseEnds, device];
			cables.push(uplink(place, OUTSIDE, device));
		}
	}
	if (looseEnds.length > 0) states.push(outside(looseEnds));
	const ends = new Map(
		sites.flatMap((site, i) => [...site.ends].map(([device, end]) => [`${routers[i]?.place} ${device}`, end] as const)),
	);
	const folded = balancers.map(({ place }) => place);
	return { states, cables, ends, folded, omitted: [...omitted, ...sites.flatMap((site) => site.omitted)] };
}

type Router = Extract<FabricDevice, { readonly kind: "vpc" | "segment" }>;

/** A port's cable may end in a namespace before the fabric device's own. */
function reachingIn(cable: Cable, routers: readonly Router[], sites: readonly FabricSites[]): Cable {
	const end = sites[routers.findIndex(({ place }) => place === cable.to.place)]?.ends.get(cable.to.device);
	return end === undefined ? cable : { from: cable.from, to: end };
}

function siteOf(device: Router, layout: Layout, around: Surroundings): FabricSites {
	const ports = layout.ports.get(device.place) ?? [];
	return device.kind === "vpc" ? vpcSites(device, ports, around) : segmentSites(device, ports, around);
}

function hasUplink(device: Router): boolean {
	return device.kind === "vpc" || device.gateways.length > 0;
}

function uplink(from: Place, to: Place, device: string): Cable {
	return { from: { place: from, device: UPLINK }, to: { place: to, device } };
}

/** The router behind which the load balancer's backends are. */
function homeOf(
	balancer: LoadBalancer,
	routers: readonly Router[],
	layout: Layout,
	omitted: Said[],
): Place | undefined {
	const connected = new Map(
		routers.flatMap(({ place }) =>
			(layout.ports.get(place) ?? []).map(({ to }) => [`${to.place} ${to.device}`, place]),
		),
	);
	let home: Place | undefined;
	const missing = new Set<Place>();
	for (const { place, device } of balancer.listeners.flatMap(({ backends }) => backends)) {
		const router = connected.get(`${place} ${device}`);
		home ??= router;
		if (router === undefined || router !== home) missing.add(place);
	}
	const [first] = missing;
	if (first !== undefined) {
		const which =
			missing.size === 1 ? phrase("a-backend", { place: first }) : phrase("n-backends", { n: missing.size, first });
		const why = phrase("left-out", { what: which, why: phrase("backend-elsewhere") });
		omitted.push(phrase("left-out", { what: balancer.place, why }));
	}
	return home;
}

/** Fabric devices that were asked for and that nothing of the lab is connected to. */
function* unconnected(network: Network, layout: Layout, places: ReadonlySet<Place>): Generator<Phrase> {
	for (const place of places) {
		const device = network.fabric(place);
		if (
			device === undefined ||
			device.kind === "load-balancer" ||
			device.kind === "internet" ||
			layout.ports.has(place)
		)
			continue;
		yield phrase("left-out", { what: place, why: phrase("nothing-connected") });
	}
}

/** Where cables end that lead nowhere: its devices are up, and hold nothing. */
function outside(ends: readonly string[]): Namespace {
	const links = ends.map((name) => portLink(name, { mac: null, mtu: ETHERNET_MTU }));
	const silent = new Map(ends.map((name) => [`net.ipv6.conf.${name}.disable_ipv6`, "1"]));
	return assembleNamespace(OUTSIDE, [{ links, sysctls: silent }]);
}
