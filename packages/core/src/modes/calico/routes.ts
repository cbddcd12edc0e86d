/** A node's routes to its own blocks and to those of other nodes: what BIRD programs, and what Felix does. */
import type { Address, Family } from "../../address/address.ts";
import { contains, type Prefix } from "../../address/prefix.ts";
import type { SelectedRoute } from "../../bgp/network.ts";
import type { CalicoPool } from "../../cluster/ipam/calico-pools.ts";
import type { Origin } from "../../origin/origin.ts";
import { type NextHop, type Route, TABLE_MAIN } from "../../state/ip.ts";
import { unicastRoute } from "../route.ts";
import { CARD, type Card, gatewayOf, onLink } from "../underlay/underlay.ts";
import type { Block } from "./blocks.ts";
import { type NodeFacts, vxlanDevice } from "./calico-nodes.ts";
import { IPIP_DEVICE } from "./tunnels.ts";

/** RTPROT of Felix's routes (dataplanedefs.DefaultRouteProto); iproute2 has no name for it. */
const FELIX_PROTOCOL = "80";
const BIRD_PROTOCOL = "bird";
const IPV6_DEFAULT_METRIC = 1024;

/** Routes to addresses that nobody has: what is in a block of the node and is no pod's goes nowhere. */
export function blackholes(
	blocks: readonly Block[],
	isFelixs: (pool: CalicoPool | undefined) => boolean,
): readonly Route[] {
	return blocks
		.filter(({ borrowed, cidr }) => !borrowed && cidr.length < (cidr.family === 4 ? 32 : 128))
		.map(({ cidr, node, pool }): Route => {
			const felix = isFelixs(pool);
			return {
				family: cidr.family,
				table: TABLE_MAIN,
				type: "blackhole",
				destination: cidr,
				protocol: felix ? FELIX_PROTOCOL : BIRD_PROTOCOL,
				scope: "global",
				metric: cidr.family === 4 ? 0 : IPV6_DEFAULT_METRIC,
				nextHops: [],
				origin: { component: felix ? "felix" : "bird", object: `node/${node}`, note: "own block of addresses" },
			};
		});
}

/** Felix's route to another node's block; undefined where it does not know the way there. */
export function felixRoute(block: Block, own: NodeFacts, other: NodeFacts): Route | undefined {
	const { cidr, pool } = block;
	const remote = other.address[cidr.family];
	if (pool === undefined || remote === undefined) return undefined;
	const origin: Origin = { component: "felix", object: other.place };
	const base = { protocol: FELIX_PROTOCOL, origin };
	if (pool.encapsulation === "none" || (pool.crossSubnet && inSubnet(own, remote))) {
		return unicastRoute(cidr, { ...base, via: remote, device: CARD });
	}
	if (pool.encapsulation === "ipip") {
		return unicastRoute(cidr, { ...base, via: remote, device: IPIP_DEVICE, onlink: true });
	}
	const via = other.vxlanTunnel[cidr.family];
	return via && unicastRoute(cidr, { ...base, via, device: vxlanDevice(cidr.family), onlink: true });
}

function inSubnet(own: NodeFacts, remote: Address): boolean {
	const subnet = own.subnet[remote.family];
	return subnet !== undefined && contains(subnet, remote);
}

/** What BIRD has learned, as `filter calico_kernel_programming` has it programmed. */
export function birdRoute(
	prefix: Prefix,
	selected: SelectedRoute,
	at: { readonly own: NodeFacts; readonly card: Card; readonly pool: CalicoPool | undefined },
): Route | undefined {
	const { learned } = selected.best;
	if (learned === null) return undefined;
	const hops = selected.nextHops.map((nextHop) => kernelHop(nextHop, at)).filter((hop) => hop !== undefined);
	const distinct = hops.filter((hop, i) => hops.findIndex((each) => sameHop(each, hop)) === i);
	if (distinct.length === 0) return undefined;
	return {
		family: prefix.family,
		table: TABLE_MAIN,
		type: "unicast",
		destination: prefix,
		protocol: BIRD_PROTOCOL,
		scope: "global",
		metric: prefix.family === 4 ? 0 : IPV6_DEFAULT_METRIC,
		nextHops: distinct,
		origin: { component: "bird", object: learned.peer.name, note: `BGP route from ${learned.own.address.text}` },
	};
}

/** `krt_tunnel` sends it into tunl0; else the next hop is looked up in turn, as BIRD's `gateway recursive` does. */
function kernelHop(
	nextHop: Address,
	{ own, card, pool }: { readonly own: NodeFacts; readonly card: Card; readonly pool: CalicoPool | undefined },
): NextHop | undefined {
	const tunnelled = pool?.encapsulation === "ipip" && !(pool.crossSubnet && inSubnet(own, nextHop));
	if (tunnelled) return { gateway: nextHop, device: IPIP_DEVICE, onlink: true, weight: 1 };
	const gateway = onLink(card, nextHop) ? nextHop : gatewayOf(card, nextHop.family);
	return gateway && { gateway, device: CARD, onlink: false, weight: 1 };
}

function sameHop(a: NextHop, b: NextHop): boolean {
	return a.gateway?.text === b.gateway?.text && a.device === b.device;
}

/** The pools whose routes Felix programs: those of VXLAN always, others where it is told to. */
export function felixPrograms(
	pool: CalicoPool | undefined,
	programClusterRoutes: "Enabled" | "EnabledIPIPOnly" | "Disabled",
): boolean {
	if (pool === undefined) return false;
	if (pool.encapsulation === "vxlan" || programClusterRoutes === "Enabled") return true;
	return pool.encapsulation === "ipip" && programClusterRoutes === "EnabledIPIPOnly";
}

/** The families of a cluster's routes. */
export const FAMILIES: readonly Family[] = [4, 6];
