/** The BGP network of a cluster: BIRD on each node, as confd configures it (bird.cfg, bird_ipam.cfg, bird_aggr.cfg). */
import { type Address, address, type Family } from "../../address/address.ts";
import { contains, type Prefix } from "../../address/prefix.ts";
import { BgpNetwork } from "../../bgp/network.ts";
import type { FelixSettings } from "../../cluster/calico-objects.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Assumption } from "../../state/assumption.ts";
import { stableHash } from "../../state/hardware-address.ts";
import type { FilterRule, RouteFilter, Speaker } from "../../state/speaker.ts";
import { phrase } from "../../wording/phrase.ts";
import { sessionDown } from "../session-down.ts";
import type { Block, Blocks } from "./blocks.ts";
import type { CalicoNodes, NodeFacts } from "./calico-nodes.ts";
import { peeringsOf } from "./peerings.ts";
import type { Pools } from "./pools.ts";
import { felixPrograms } from "./routes.ts";

export interface BirdNetwork {
	readonly network: BgpNetwork;
	/** Undefined where the node has no address of the family. */
	speakerOf(facts: NodeFacts): Speaker | undefined;
}

export interface BirdSources {
	readonly cluster: Cluster;
	readonly pools: Pools;
	readonly blocks: Blocks;
	readonly nodes: CalicoNodes;
	settingsOf(node: string): FelixSettings;
	/** Speakers that are no nodes. */
	readonly others: readonly Speaker[];
}

/** The speakers of one family. */
export function birdNetwork(sources: BirdSources, family: Family): BirdNetwork {
	const peerings = peeringsOf(sources.cluster, sources.nodes, family);
	const services = serviceBlocks(sources.cluster, family);
	const shared = sharedRules(sources.pools, services, family);
	const byPlace = new Map<string, Speaker>();
	const distances = new Map<string, Distance>();
	for (const facts of sources.nodes.all) {
		const own = facts.address[family];
		if (own === undefined) continue;
		const blocks = sources.blocks.of(facts.node.name).filter(({ cidr }) => cidr.family === family);
		byPlace.set(facts.place, {
			name: facts.place,
			routerId: facts.address[4] ?? hashedId(facts.place),
			asn: facts.asn,
			addresses: [own],
			...(facts.clusterId && { clusterId: facts.clusterId }),
			neighbours: peerings.of(facts),
			networks: [...blocks.map(({ cidr }) => cidr), ...services],
			exports: exportFilter(blocks, shared),
			kernel: kernelFilter(sources, facts),
			installs: "all-equal",
			distanceTo: distanceFrom(facts, family, distances),
		});
	}
	return {
		network: new BgpNetwork([...byPlace.values(), ...sources.others]),
		speakerOf: (facts) => byPlace.get(facts.place),
	};
}

/** CALICO_ROUTER_ID=hash, which nodes without an IPv4 address have. */
function hashedId(place: string): Address {
	const [word] = stableHash(place);
	return address([24, 16, 8, 0].map((bit) => (word >>> bit) & 0xff).join("."));
}

type Distance = (nextHop: Address) => number;

/**
 * BIRD knows how far devices' subnets are, and of routes that others put into the kernel nothing. Nodes of one subnet have
 * one function, so that they share what follows from it.
 */
function distanceFrom(facts: NodeFacts, family: Family, known: Map<string, Distance>): Distance {
	const subnet = facts.subnet[family];
	const key = subnet?.text ?? "";
	let distance = known.get(key);
	if (distance === undefined) {
		distance = (nextHop) => (subnet !== undefined && contains(subnet, nextHop) ? 0 : 1);
		known.set(key, distance);
	}
	return distance;
}

function serviceBlocks(cluster: Cluster, family: Family): readonly Prefix[] {
	const settings = cluster.calico.bgpConfigurations.find(({ name }) => name === "default");
	if (settings === undefined) return [];
	const { serviceClusterIPs, serviceExternalIPs, serviceLoadBalancerIPs } = settings;
	return [...serviceClusterIPs, ...serviceExternalIPs, ...serviceLoadBalancerIPs].filter(
		(each) => each.family === family,
	);
}

/** calico_kernel_programming: what Felix programs is not BIRD's to. */
function kernelFilter({ pools, settingsOf }: BirdSources, { node }: NodeFacts): RouteFilter {
	const { programClusterRoutes } = settingsOf(node.name);
	const felix = pools.all.filter((pool) => felixPrograms(pool, programClusterRoutes));
	return {
		rules: felix.map(({ cidr }) => ({ prefix: cidr, match: "within", action: "reject" })),
		otherwise: "accept",
	};
}

interface SharedRules {
	readonly first: readonly FilterRule[];
	readonly last: readonly FilterRule[];
}

/** reject_disabled_pools() comes first; the static routes of Services and what is in a pool come last. */
function sharedRules(pools: Pools, services: readonly Prefix[], family: Family): SharedRules {
	const own = pools.all.filter(({ cidr }) => cidr.family === family);
	const within = (prefix: Prefix, action: FilterRule["action"]): FilterRule => ({ prefix, match: "within", action });
	return {
		first: own.filter(({ exported }) => !exported).map(({ cidr }) => within(cidr, "reject")),
		last: [...services, ...own.map(({ cidr }) => cidr)].map((cidr) => within(cidr, "accept")),
	};
}

/** calico_aggr(): of the node's own blocks the block, and nothing that is in it. */
function exportFilter(blocks: readonly Block[], { first, last }: SharedRules): RouteFilter {
	const aggregated = blocks
		.filter(({ borrowed }) => !borrowed)
		.flatMap(({ cidr: prefix }): readonly FilterRule[] => [
			{ prefix, match: "exact", action: "accept" },
			{ prefix, match: "within", action: "reject" },
		]);
	return { rules: [...first, ...aggregated, ...last], otherwise: "reject" };
}

/** Sessions that are configured and do not stand, and routes that never settle. */
export function bgpRemarks({ network }: BirdNetwork): readonly Assumption[] {
	const down = network.speakers
		.flatMap((speaker) => network.sessionsDown(speaker))
		.map((each) => ({
			code: "bgp-session-down",
			place: each.self.name,
			severity: "warning" as const,
			message: sessionDown(each),
		}));
	const unsettled = [...network.unsettled].map((prefix) => ({
		code: "bgp-unsettled",
		message: phrase("bgp-unsettled", { prefix }),
		severity: "warning" as const,
	}));
	return [...down, ...unsettled];
}
