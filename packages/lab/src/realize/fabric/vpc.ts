/**
 * A VPC as a router: every card has a port of its own, and the router answers for everything behind it, so that also
 * neighbours of one vSwitch reach each other through it, as in the cloud.
 */
import {
	type Address,
	assembleNamespace,
	defaultPrefix,
	hostPrefix,
	type Neighbour,
	type Route,
	unicastRoute,
	type VlanLink,
	VPC_MAC,
	type Vpc,
} from "@podpath/core";
import { balancingRules } from "./balancing.ts";
import { type AttachedPort, attachedPorts, type FabricPort, LAB_ORIGIN, portLink, UPLINK } from "./port.ts";
import { type FabricSite, ROUTER_SYSCTLS, type Surroundings } from "./router.ts";
import { fabricTables } from "./tables.ts";

export function vpcSite(vpc: Vpc, all: readonly FabricPort[], around: Surroundings): FabricSite {
	const omitted: string[] = [];
	const ports = attachedPorts(all, vpc.attachments);
	const cables = [...all.map(({ device }) => device), UPLINK].map((name) =>
		portLink(name, { mac: VPC_MAC, mtu: vpc.mtu, ...(name === UPLINK && { noArp: true }) }),
	);
	for (const { eni } of ports.map(({ attachment }) => attachment)) {
		if ((eni?.securityGroups ?? []).length > 0)
			omitted.push(`${vpc.place}: security groups of ${eni?.place}: not made`);
	}
	const state = assembleNamespace(vpc.place, [
		{
			links: [...cables, ...ports.flatMap((port) => memberLink(vpc, port))],
			routes: [...routesOf(vpc, ports, omitted), ...defaultRoutes()],
			neighbours: [...ports.flatMap(cards), ...proxied(vpc, ports, omitted)],
			sysctls: new Map([...ROUTER_SYSCTLS, ...devicesOf(all, ports).flatMap(answersForAll)]),
		},
	]);
	// The cloud's router is not one that packets notice: it takes nothing from their TTL.
	const everything = ["-A PREROUTING"];
	const xtables = fabricTables({ keepsTtl: { 4: everything, 6: everything }, ...balancingRules(around) }, [
		...vpc.prefixes,
		...vpc.routes.map(({ destination }) => destination),
	]);
	return { state: { ...state, xtables }, omitted };
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
function routesOf(vpc: Vpc, ports: readonly AttachedPort[], omitted: string[]): readonly Route[] {
	const routes = new Map<string, Route>();
	for (const { destination, nextHop } of vpc.routes) {
		const port = ports.find(({ attachment }) => attachment.place === nextHop);
		// Machines that the lab does not have get no packets; the others' answers do not change by that.
		if (port === undefined) continue;
		const via = port.attachment.addresses.find(({ family }) => family === destination.family);
		if (via === undefined) {
			omitted.push(`${vpc.place}: route ${destination.text}: ${nextHop} has no IPv${destination.family} address`);
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

/** The cloud asks no card for its MAC. */
function cards({ device, attachment }: AttachedPort): readonly Neighbour[] {
	return attachment.addresses.map((address) => ({
		family: address.family,
		device,
		address,
		mac: attachment.mac,
		state: "permanent",
		proxy: false,
		origin: LAB_ORIGIN,
	}));
}

/** Proxy ARP for all that is routed; `pvlan` also where the way leads back out of the same port. */
function answersForAll(device: string): readonly (readonly [string, string])[] {
	const name = device.replaceAll(".", "/");
	return [
		[`net.ipv4.conf.${name}.proxy_arp`, "1"],
		[`net.ipv4.conf.${name}.proxy_arp_pvlan`, "1"],
		[`net.ipv4.neigh.${name}.proxy_delay`, "0"],
		[`net.ipv6.conf.${name}.proxy_ndp`, "1"],
		[`net.ipv6.neigh.${name}.proxy_delay`, "0"],
	];
}

/** IPv6 has proxy entries for single addresses only. */
function proxied(vpc: Vpc, ports: readonly AttachedPort[], omitted: string[]): readonly Neighbour[] {
	const gateways = vpc.vSwitches.map(({ gateway }) => gateway).filter(({ family }) => family === 6);
	if (vpc.prefixes.some(({ family }) => family === 6)) {
		const why = "the kernel proxies single IPv6 addresses only, so those of cards and gateways";
		omitted.push(`${vpc.place}: answers to neighbour solicitations for addresses that nobody has: ${why}`);
	}
	return ports.flatMap(({ device }) => {
		const others = ports.filter((port) => port.device !== device).flatMap(({ attachment }) => attachment.addresses);
		return [...gateways, ...others.filter(({ family }) => family === 6)].map((each) => proxy(device, each));
	});
}

function proxy(device: string, address: Address): Neighbour {
	return { family: address.family, device, address, mac: null, state: "none", proxy: true, origin: LAB_ORIGIN };
}
