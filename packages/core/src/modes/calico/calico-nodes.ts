/** What Calico knows of each node: by which address others reach it, its AS, and the addresses of its tunnel devices. */
import type { Address, Family } from "../../address/address.ts";
import { addressBits } from "../../address/address.ts";
import { type Prefix, prefixOf } from "../../address/prefix.ts";
import type { CalicoNode, SubnetAddress } from "../../cluster/calico-objects.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { freeAddress, saidTunnel, type TunnelDevice, tunnelBlock } from "../../cluster/ipam/calico-tunnels.ts";
import type { Node } from "../../cluster/objects.ts";
import { sha1Hex } from "../../digest/sha1.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Place } from "../../state/place.ts";
import { phrase } from "../../wording/phrase.ts";
import { cardAddress, type Underlay } from "../underlay/underlay.ts";
import type { Blocks } from "./blocks.ts";
import type { Pools } from "./pools.ts";

export interface NodeFacts {
	readonly place: Place;
	readonly node: Node;
	readonly labels: CalicoNode["labels"];
	readonly asn: number;
	/** Of a route reflector. */
	readonly clusterId?: Address;
	/** Where other nodes find it; absent: it has no address of the family. */
	readonly address: Readonly<Partial<Record<Family, Address>>>;
	/** The subnet that Calico takes it to be in. */
	readonly subnet: Readonly<Partial<Record<Family, Prefix>>>;
	/** Of tunl0, vxlan.calico and vxlan-v6.calico. */
	readonly ipipTunnel?: Address;
	readonly vxlanTunnel: Readonly<Partial<Record<Family, Address>>>;
	readonly vtepMac: Readonly<Record<Family, string>>;
}

export interface CalicoNodes {
	readonly all: readonly NodeFacts[];
	of(name: string): NodeFacts | undefined;
	readonly assumptions: readonly Assumption[];
}

/** Calico's own default. */
export const DEFAULT_AS = 64512;

export interface NodeSources {
	readonly cluster: Cluster;
	readonly underlay: Underlay;
	readonly pools: Pools;
	readonly blocks: Blocks;
}

/** All nodes, in the order of the input. */
export function calicoNodes(sources: NodeSources): CalicoNodes {
	const assumptions: Assumption[] = [];
	const all = sources.cluster.nodes.map((node) => factsOf(node, sources, assumptions));
	const byName = new Map(all.map((facts) => [facts.node.name, facts]));
	return { all, of: (name) => byName.get(name), assumptions };
}

function factsOf(node: Node, sources: NodeSources, assumptions: Assumption[]): NodeFacts {
	const { cluster, underlay } = sources;
	const calico = cluster.calico.nodes.get(node.name);
	const place = `node/${node.name}`;
	const card = underlay.cardOf(place);
	const ends = ([4, 6] as const).map((family) => {
		const said = family === 4 ? calico?.ipv4Address : calico?.ipv6Address;
		const own = card && cardAddress(card, family);
		return [family, withSubnet(said, own), node.internalIPs.find((each) => each.family === family)] as const;
	});
	const addresses = ends.map(([family, end, internal]) => [family, end?.address ?? internal] as const);
	const tunnel = (kind: TunnelDevice["kind"], family: Family): Address | undefined =>
		tunnelAddress({ node: node.name, kind, family }, sources, assumptions);
	const ipipTunnel = tunnel("ipip", 4);
	return {
		place,
		node,
		labels: calico?.labels ?? node.labels,
		asn: calico?.asNumber ?? clusterAs(cluster),
		...(calico?.routeReflectorClusterID && { clusterId: calico.routeReflectorClusterID }),
		address: definedOnly(addresses),
		subnet: definedOnly(ends.map(([family, end]) => [family, end && prefixOf(end.address, end.prefixLength)] as const)),
		...(ipipTunnel && { ipipTunnel }),
		vxlanTunnel: definedOnly(([4, 6] as const).map((family) => [family, tunnel("vxlan", family)] as const)),
		vtepMac: {
			4: calico?.vxlanTunnelMACAddr ?? vtepMac(node.name),
			6: calico?.vxlanTunnelMACAddrV6 ?? vtepMac(`${node.name}-v6`),
		},
	};
}

/** The AS of nodes that say none. */
export function clusterAs(cluster: Cluster): number {
	return cluster.calico.bgpConfigurations.find(({ name }) => name === "default")?.asNumber ?? DEFAULT_AS;
}

/** An address that names no prefix length has that of the card. */
function withSubnet(said: SubnetAddress | undefined, card: SubnetAddress | undefined): SubnetAddress | undefined {
	if (said === undefined) return card;
	const isBare = said.prefixLength === addressBits(said.address.family);
	return isBare && card?.address.text === said.address.text ? card : said;
}

/** `vtepMACForHost` of felix/calc/vxlan_resolver.go: `f` and five bytes of SHA-1 over the node's name. */
function vtepMac(name: string): string {
	return ["66", ...(sha1Hex(name).slice(0, 10).match(/../g) ?? [])].join(":");
}

/** Where the input does not say it, IPAM's choice. */
function tunnelAddress(device: TunnelDevice, sources: NodeSources, assumptions: Assumption[]): Address | undefined {
	const { kind, family, node } = device;
	const { cluster, pools, blocks } = sources;
	if (!pools.uses(kind, family)) return undefined;
	const said = saidTunnel(cluster.calico, device);
	if (said !== undefined) return said;
	const own = blocks.of(node).filter(({ borrowed }) => !borrowed);
	const block = tunnelBlock(own, device);
	const assumed = block && freeAddress(block.cidr, (address) => cluster.ownersOf(address).length > 0);
	const place = `node/${node}`;
	const name = kind === "ipip" ? "tunl0" : vxlanDevice(family);
	const what =
		assumed === undefined ? phrase("tunnel-address-none") : phrase("tunnel-address-first", { address: assumed.text });
	const message = phrase("tunnel-address-assumed", { device: name, place, what });
	assumptions.push({ code: "tunnel-address-assumed", message, place });
	return assumed;
}

/** `vxlan.calico`, and for IPv6 `vxlan-v6.calico` (felix/dataplane/linux/dataplanedefs). */
export function vxlanDevice(family: Family): string {
	return family === 4 ? "vxlan.calico" : "vxlan-v6.calico";
}

function definedOnly<Value>(
	pairs: readonly (readonly [Family, Value | undefined])[],
): Readonly<Partial<Record<Family, Value>>> {
	return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
