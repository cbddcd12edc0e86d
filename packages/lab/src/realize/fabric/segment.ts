/**
 * A segment as a bridge, which knows its cards' MACs; where it has gateways, the bridge itself is the router, with a VLAN
 * device for each VLAN that has one.
 */
import {
	assembleNamespace,
	type BridgeLink,
	type Contribution,
	contains,
	DEFAULT_BRIDGE_PORT,
	defaultPrefix,
	type FdbEntry,
	hardwareAddress,
	type InterfaceAddress,
	type Route,
	type Segment,
	unicastRoute,
	VPC_MAC,
} from "@podpath/core";
import { balancingRules } from "./balancing.ts";
import {
	type AttachedPort,
	attachedPorts,
	type FabricPort,
	LAB_ORIGIN,
	pointToPoint,
	portLink,
	UPLINK,
} from "./port.ts";
import { type FabricSites, ROUTER_SYSCTLS, type Surroundings } from "./router.ts";
import {
	BRIDGE,
	bridgeVlans,
	deviceTowards,
	isReached,
	portVlans,
	routedVlans,
	vlanDevice,
	vlanLinks,
} from "./segment-vlans.ts";
import { fabricTables } from "./tables.ts";

export function segmentSites(segment: Segment, all: readonly FabricPort[], around: Surroundings): FabricSites {
	const { place, mtu } = segment;
	const ports = attachedPorts(all, segment.attachments);
	const isRouter = segment.gateways.length > 0 || routedVlans(segment).length > 0;
	const links = all.map((port) => {
		const link = portLink(port.device, { mac: hardwareAddress(place, port.device), mtu, master: BRIDGE });
		const vlans = portVlans(segment, port.to);
		return vlans === undefined ? link : { ...link, bridgePort: { ...DEFAULT_BRIDGE_PORT, vlans } };
	});
	const switching: Contribution = {
		links: [bridge(segment), ...links, ...vlanLinks(segment)],
		fdb: ports.map(cardEntry),
		// Ports speak IPv6 for themselves unless they are told not to; a switch's ports do not.
		sysctls: new Map(all.map(({ device }) => [`net.ipv6.conf.${device}.disable_ipv6`, "1"])),
	};
	const state = assembleNamespace(place, [switching, ...(isRouter ? [routing(segment, ports, around)] : [])]);
	const speaks = new Set([BRIDGE, ...routedVlans(segment).map(({ id }) => vlanDevice(id))]);
	const addresses = state.addresses.filter(({ device, scope }) => scope !== "link" || speaks.has(device));
	const prefixes = [...segment.prefixes, ...routedVlans(segment).flatMap((vlan) => vlan.prefixes)];
	const xtables = isRouter ? fabricTables({ keepsTtl: balanced(around), ...balancingRules(around) }, prefixes) : [];
	return { states: [{ ...state, addresses, xtables }], cables: [], ends: new Map(), omitted: [] };
}

function bridge(segment: Segment): BridgeLink {
	const { place, mtu, gateways } = segment;
	const vlans = bridgeVlans(segment);
	return {
		kind: "bridge",
		name: BRIDGE,
		index: 0,
		mtu,
		mac: gateways.length > 0 || routedVlans(segment).length > 0 ? VPC_MAC : hardwareAddress(place, BRIDGE),
		up: true,
		carrier: true,
		vlanFiltering: vlans !== undefined,
		defaultPvid: vlans === undefined ? 1 : 0,
		...(vlans !== undefined && { vlans }),
		origin: LAB_ORIGIN,
	};
}

/** So that not even the first frame to a card is flooded to all of them. */
function cardEntry({ device, attachment }: AttachedPort): FdbEntry {
	return { device, mac: attachment.mac, master: BRIDGE, self: false, state: "static", origin: LAB_ORIGIN };
}

function routing(segment: Segment, ports: readonly AttachedPort[], around: Surroundings): Contribution {
	return {
		links: around.internet ? [pointToPoint(UPLINK, segment.mtu)] : [],
		addresses: [
			...segment.gateways.map((gateway) => gatewayAddress(gateway, segment, BRIDGE)),
			...routedVlans(segment).flatMap((vlan) =>
				vlan.gateways.map((gateway) => gatewayAddress(gateway, vlan, vlanDevice(vlan.id))),
			),
		],
		routes: [
			...(segment.routes ?? []).map(({ destination, via }) =>
				// Its nodes tell it of them.
				({
					...unicastRoute(destination, { via, device: deviceTowards(segment, via), origin: LAB_ORIGIN }),
					protocol: "bgp",
				}),
			),
			...([4, 6] as const).map((family) => wayOut(family, around.internet)),
		],
		neighbours: ports.flatMap(({ attachment }) =>
			attachment.addresses
				.filter((address) => isReached(segment, attachment, address))
				.map((address) => ({
					family: address.family,
					device: deviceTowards(segment, address),
					address,
					mac: attachment.mac,
					state: "permanent" as const,
					proxy: false,
					origin: LAB_ORIGIN,
				})),
		),
		sysctls: new Map([
			...ROUTER_SYSCTLS,
			// Frames that are only switched are nobody's connections here.
			...(around.balancers.length > 0 || around.internet ? NOT_BRIDGED : []),
		]),
	};
}

const NOT_BRIDGED = [
	["net.bridge.bridge-nf-call-iptables", "0"],
	["net.bridge.bridge-nf-call-ip6tables", "0"],
] as const;

function gatewayAddress(
	address: Segment["gateways"][number],
	{ prefixes }: Pick<Segment, "prefixes">,
	device: string,
): InterfaceAddress {
	const block = prefixes.find((prefix) => contains(prefix, address));
	return {
		device,
		address,
		prefixLength: block?.length ?? (address.family === 4 ? 32 : 128),
		scope: "global",
		secondary: false,
		noPrefixRoute: false,
		origin: LAB_ORIGIN,
	};
}

/** To the Internet where the lab has clients there; else nowhere, without a word, as the input does not say what is there. */
function wayOut(family: 4 | 6, internet: boolean): Route {
	const route = unicastRoute(defaultPrefix(family), { device: UPLINK, origin: LAB_ORIGIN });
	return internet ? route : { ...route, type: "blackhole", scope: "global", nextHops: [] };
}

/** From outside to a load balancer and on to its backend is one step, not two. */
function balanced({ balancers }: Surroundings): Readonly<Record<4 | 6, readonly string[]>> {
	const from = (family: 4 | 6): readonly string[] =>
		balancers
			.flatMap(({ addresses }) => addresses.filter((address) => address.family === family))
			.map((address) => `-A PREROUTING -d ${address.text} -i ${UPLINK}`);
	return { 4: from(4), 6: from(6) };
}
