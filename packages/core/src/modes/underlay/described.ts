/** The underlay as the kinds `VPC` and `Segment` describe it. */

import { type Address, type Family, parseAddress } from "../../address/address.ts";
import { contains, nthAddress } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { SegmentObject, SegmentPortObject, VpcObject } from "../../cluster/settings.ts";
import type { Origin } from "../../origin/origin.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Attachment, SwitchPort, VpcRoute, VSwitch } from "../../state/fabric.ts";
import type { Place } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Subnet } from "./card.ts";
import type { UnderlayNetwork } from "./underlay.ts";

/** One network for each VPC and Segment of the cluster; empty where it has none. */
export function describedNetworks(
	cluster: Cluster,
	options: { readonly podRoutesInVpc: readonly Family[] },
): readonly UnderlayNetwork[] {
	return [
		...cluster.vpcs.map((vpc) => vpcNetwork(vpc, cluster, options)),
		...cluster.segments.map((each) => segmentNetwork(each, cluster)),
	];
}

/** A VPC with these vSwitches, whose routes lead to machines. */
export function vpcOf(parts: {
	readonly place: Place;
	readonly vSwitches: readonly VSwitch[];
	readonly prefixes: VpcObject["cidrs"];
	readonly routes: readonly VpcRoute[];
	readonly mtu: number;
	readonly assumptions: readonly Assumption[];
	readonly origin: Origin;
}): UnderlayNetwork {
	const { place, vSwitches, prefixes, routes, mtu, assumptions, origin } = parts;
	return {
		place,
		subnets: vSwitches.map(({ id, prefix, gateway }): Subnet => ({ fabric: place, id, prefix, gateway, mtu, origin })),
		assumptions,
		build: (attachments) => ({ kind: "vpc", place, prefixes, vSwitches, routes, attachments, mtu, origin }),
	};
}

function vpcNetwork(
	vpc: VpcObject,
	cluster: Cluster,
	options: { readonly podRoutesInVpc: readonly Family[] },
): UnderlayNetwork {
	const place = `vpc/${vpc.name}`;
	const origin: Origin = { component: "vpc", object: place, source: vpc.source };
	const given = vpc.vSwitches.map(({ id, cidr, gateway }): VSwitch => ({ id, prefix: cidr, gateway }));
	const managed = vpc.managedRoutes ? podRoutes(cluster, options.podRoutesInVpc) : [];
	return vpcOf({
		place,
		vSwitches: given.length > 0 ? given : vpc.cidrs.map(wholeBlock),
		prefixes: vpc.cidrs,
		routes: [...managed, ...customRoutes(vpc, cluster, origin)],
		mtu: vpc.mtu,
		assumptions: given.length > 0 ? [] : [noVSwitches(vpc)],
		origin,
	});
}

function wholeBlock(prefix: VpcObject["cidrs"][number]): VSwitch {
	// The third address from the end: Alibaba Cloud keeps the last three of a vSwitch for itself, this one as its gateway.
	return { id: prefix.text, prefix, gateway: nthAddress(prefix, -3) };
}

function noVSwitches(vpc: VpcObject): Assumption {
	return {
		code: "vswitch-assumed",
		message: phrase("vswitch-assumed", { vpc: vpc.name }),
		place: `vpc/${vpc.name}`,
	};
}

/** The entries that the cloud controller keeps: each node's pod CIDRs lead to its instance (seed 001 L139). */
export function podRoutes(cluster: Cluster, families: readonly Family[]): readonly VpcRoute[] {
	return cluster.nodes.flatMap((node) =>
		node.podCIDRs
			.filter(({ family }) => families.includes(family))
			.map((destination) => ({
				destination,
				nextHop: `node/${node.name}`,
				origin: { component: "cloud-controller-manager", object: `node/${node.name}` },
			})),
	);
}

function customRoutes(vpc: VpcObject, cluster: Cluster, origin: Origin): readonly VpcRoute[] {
	return vpc.routes.map(({ destination, nextHop, line }) => ({
		destination,
		nextHop: machineNamed(nextHop, cluster),
		origin: { ...origin, source: { file: vpc.source.file, line } },
	}));
}

/** A route's next hop as people write it: a place, a node's or host's name, an ENI's or instance's id or an address. */
function machineNamed(name: string, cluster: Cluster): Place {
	if (cluster.eni(name) !== undefined) return `eni/${name}`;
	if (cluster.node(name) !== undefined) return `node/${name}`;
	if (cluster.host(name) !== undefined) return `host/${name}`;
	const address = parseAddress(name);
	const node = cluster.nodes.find(
		({ providerID, internalIPs }) =>
			(providerID !== "" && providerID.split(/[./]/).at(-1) === name) ||
			internalIPs.some((each) => each.text === address?.text),
	);
	if (node !== undefined) return `node/${node.name}`;
	const host = cluster.hosts.find(({ addresses }) => addresses.some((each) => each.text === address?.text));
	return host === undefined ? name : `host/${host.name}`;
}

function segmentNetwork(segment: SegmentObject, cluster: Cluster): UnderlayNetwork {
	const place = `segment/${segment.name}`;
	const origin: Origin = { component: "segment", object: place, source: segment.source };
	const { cidrs: prefixes, gateways, mtu } = segment;
	// A gateway that is a machine of the input answers for itself.
	const isMachine = ({ text }: Address): boolean =>
		cluster.hosts.some(({ addresses }) => addresses.some((each) => each.text === text));
	const others = gateways.filter((gateway) => !isMachine(gateway));
	const vlans = segment.vlans.map(({ id, cidrs, gateways }) => ({ id, prefixes: cidrs, gateways }));
	return {
		place,
		subnets: [{ prefixes, gateways }, ...vlans].flatMap((network) =>
			network.prefixes.map((prefix): Subnet => {
				const gateway = network.gateways.find((candidate) => contains(prefix, candidate));
				return { fabric: place, prefix, ...(gateway && { gateway }), mtu, origin };
			}),
		),
		assumptions: [],
		build: (attachments) => {
			const base = { kind: "segment", place, prefixes, gateways: others, attachments, mtu, origin } as const;
			if (vlans.length === 0 && segment.ports.length === 0) return base;
			return { ...base, vlans, ports: attachments.flatMap((each) => switchPort(each, segment.ports)) };
		},
	};
}

/** What is said of the port that a card is on; of one card before what is said of all of its machine's. */
function switchPort({ place, device }: Attachment, ports: readonly SegmentPortObject[]): readonly SwitchPort[] {
	const own = ports.filter(({ machine }) => machine === place || machine === place.slice(place.indexOf("/") + 1));
	const port = own.find((each) => each.device === device) ?? own.find((each) => each.device === "");
	return port === undefined ? [] : [{ place, device, untagged: port.untagged, tagged: port.tagged }];
}
