/** Calico: Felix's and BIRD's state on each node, and the CNI plugin's for each pod. Which way packets travel is said by the pools. */

import type { Family } from "../../address/address.ts";
import { prefixOf } from "../../address/prefix.ts";
import { passes } from "../../bgp/filter.ts";
import type { SelectedRoute } from "../../bgp/select.ts";
import { DEFAULT_FELIX, type FelixSettings } from "../../cluster/calico-objects.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { HostObject } from "../../cluster/settings.ts";
import { FELIX_ENFORCEMENT } from "../../policy/enforcement.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import type { Route } from "../../state/ip.ts";
import type { Cause, LostPacket } from "../../state/network.ts";
import { podPlace } from "../../state/place.ts";
import type { Speaker } from "../../state/speaker.ts";
import { phrase } from "../../wording/phrase.ts";
import { hostRoutes, hostSpeakers } from "../host-speakers.ts";
import { administratorSysctls } from "../machine.ts";
import type { ModePlan, NetworkMode, PodWire } from "../mode.ts";
import { isJoined } from "../pod-namespace.ts";
import { type Card, gatewayOf, type Underlay } from "../underlay/underlay.ts";
import { filterRemarks } from "./bgp-filters.ts";
import { type Blocks, blocksOf } from "./blocks.ts";
import { type CalicoNodes, calicoNodes, type NodeFacts } from "./calico-nodes.ts";
import { calicoCauses } from "./causes.ts";
import { felixRules } from "./felix.ts";
import { FelixPolicies } from "./policies.ts";
import { type Pools, poolsOf } from "./pools.ts";
import { birdRoute, blackholes, FAMILIES, felixPrograms, felixRoute } from "./routes.ts";
import { type BirdNetwork, bgpRemarks, birdNetwork } from "./speakers.ts";
import { podMtu, tunnelDevices, vxlanPeer } from "./tunnels.ts";
import { hostEnds, hostInterface, POD_DEVICE, podEnd } from "./workload.ts";

/** `calico-ipip`, `calico-vxlan`, `calico-bgp`: they differ in what is assumed where the input holds no IPPool. IPIP carries IPv4 alone. */
export const CALICO_MODES: readonly NetworkMode[] = [
	calicoMode("calico-ipip", [4]),
	calicoMode("calico-vxlan", [4, 6]),
	calicoMode("calico-bgp", [4, 6]),
];

function calicoMode(id: string, families: readonly Family[]): NetworkMode {
	return {
		id,
		capabilities: {
			families,
			fixedAddress: "annotation cni.projectcalico.org/ipAddrs",
			podAddresses: "cluster",
			podRoutesInVpc: false,
			networkPolicy: "iptables",
			enforcement: FELIX_ENFORCEMENT,
		},
		plan: (cluster, underlay) => new CalicoPlan(families, cluster, underlay),
	};
}

/** The MTU of a machine's card where the input does not say: Ethernet's. */
const ETHERNET_MTU = 1500;

class CalicoPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly families: readonly Family[];
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	readonly #pools: Pools;
	readonly #blocks: Blocks;
	readonly #nodes: CalicoNodes;
	readonly #policies: FelixPolicies;
	/** BIRD runs unless all that it could tell is Felix's to program. */
	readonly #bird: Readonly<Record<Family, BirdNetwork>> | undefined;
	/** By what of a node has a part in it: what its kernel gets of a route. */
	readonly #kernelRoutes = new Map<string, WeakMap<SelectedRoute, Route | null>>();

	constructor(families: readonly Family[], cluster: Cluster, underlay: Underlay) {
		this.#cluster = cluster;
		this.#underlay = underlay;
		this.#pools = poolsOf(cluster);
		this.#blocks = blocksOf(cluster, this.#pools);
		const sources = { cluster, underlay, pools: this.#pools, blocks: this.#blocks };
		this.#nodes = calicoNodes(sources);
		this.#policies = new FelixPolicies(cluster);
		this.#bird = this.#usesBird() ? this.#birdNetworks() : undefined;
		this.families = FAMILIES.filter(
			(family) => families.includes(family) || this.#pools.all.some(({ cidr }) => cidr.family === family),
		);
		this.assumptions = [
			...this.#pools.assumptions,
			...this.#blocks.assumptions,
			...this.#nodes.assumptions,
			...filterRemarks(cluster),
			...(this.#bird === undefined ? [] : FAMILIES.flatMap((family) => this.#bird?.[family] ?? []).flatMap(bgpRemarks)),
		];
	}

	node(node: Node): readonly Contribution[] {
		const facts = this.#nodes.of(node.name);
		const card = this.#underlay.cardOf(`node/${node.name}`);
		if (facts === undefined || card === undefined) return [];
		const settings = this.#settingsOf(node.name);
		return [
			...tunnelDevices(facts, card.mtu, this.#pools, settings),
			hostEnds(this.#podsOn(node.name), {
				mtu: podMtu(card.mtu, this.#pools, settings),
				rpFilter: administratorSysctls(this.#cluster, node).get("net.ipv4.conf.default.rp_filter") ?? "0",
				ebpf: settings.bpfEnabled,
			}),
			{ routes: blackholes(this.#blocks.of(node.name), (pool) => felixPrograms(pool, settings.programClusterRoutes)) },
			this.#felixPeers(facts, settings),
			{ routes: this.#birdRoutes(facts, card) },
		];
	}

	afterKubeProxy(node: Node): readonly Contribution[] {
		const facts = this.#nodes.of(node.name);
		if (facts === undefined) return [];
		const card = this.#underlay.cardOf(facts.place);
		const pods = this.#podsOn(node.name);
		const tunnels = [facts.ipipTunnel, facts.vxlanTunnel[4], facts.vxlanTunnel[6]];
		const own = [...(card?.addresses.map((each) => each.address) ?? []), ...tunnels];
		const input = {
			facts,
			nodes: this.#nodes.all,
			pods,
			pools: this.#pools,
			settings: this.#settingsOf(node.name),
			policy: this.#policies.of(pods),
			addresses: own.filter((each) => each !== undefined),
			ipvs: this.#cluster.kubeProxy.mode === "ipvs",
		};
		return [felixRules(input)];
	}

	pod(pod: Pod): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${pod.nodeName}`)?.mtu ?? ETHERNET_MTU;
		return [podEnd(pod, podMtu(card, this.#pools, this.#settingsOf(pod.nodeName)))];
	}

	host(host: HostObject): readonly Contribution[] {
		const networks = FAMILIES.flatMap((family) => this.#bird?.[family].network ?? []);
		return [{ routes: networks.flatMap((network) => hostRoutes(host, network, this.#underlay)) }];
	}

	wires(pod: Pod): readonly PodWire[] {
		if (this.#cluster.node(pod.nodeName) === undefined) {
			const why = phrase("node-of-pod-not-held", {
				node: `node/${pod.nodeName}`,
				pod: podPlace(pod),
			});
			return [{ device: POD_DEVICE, to: { kind: "outside", why } }];
		}
		const to = { kind: "device", place: `node/${pod.nodeName}`, device: hostInterface(pod) } as const;
		return [{ device: POD_DEVICE, to }];
	}

	causesOf(lost: LostPacket): readonly Cause[] {
		const objects = { cluster: this.#cluster, underlay: this.#underlay, nodes: this.#nodes, bird: this.#bird };
		return calicoCauses({ ...objects, pools: this.#pools, blocks: this.#blocks }, lost);
	}

	speakers(): readonly Speaker[] {
		return FAMILIES.flatMap((family) => this.#bird?.[family].network.speakers ?? []);
	}

	stackedOn(): readonly [] {
		return [];
	}

	#usesBird(): boolean {
		const { bgpPeers, bgpConfigurations } = this.#cluster.calico;
		return (
			bgpPeers.length > 0 ||
			bgpConfigurations.length > 0 ||
			this.#pools.all.some(({ encapsulation }) => encapsulation !== "vxlan")
		);
	}

	#birdNetworks(): Readonly<Record<Family, BirdNetwork>> {
		const sources = {
			cluster: this.#cluster,
			pools: this.#pools,
			blocks: this.#blocks,
			nodes: this.#nodes,
			settingsOf: (node: string) => this.#settingsOf(node),
		};
		const network = (family: Family): BirdNetwork =>
			birdNetwork({ ...sources, others: hostSpeakers(this.#cluster, this.#underlay, family) }, family);
		return { 4: network(4), 6: network(6) };
	}

	/** What Felix knows of the other nodes from the datastore, without BGP. */
	#felixPeers(own: NodeFacts, settings: FelixSettings): Contribution {
		const routes: Route[] = [];
		const ends: Contribution[] = [];
		for (const other of this.#nodes.all) {
			if (other === own) continue;
			for (const block of this.#blocks.of(other.node.name)) {
				const isFelixs = felixPrograms(block.pool, settings.programClusterRoutes);
				const route = isFelixs ? felixRoute(block, own, other) : undefined;
				if (route !== undefined) routes.push(route);
			}
			ends.push(...FAMILIES.map((family) => vxlanPeer(other, family)));
		}
		return {
			routes,
			neighbours: ends.flatMap((end) => end.neighbours ?? []),
			fdb: ends.flatMap((end) => end.fdb ?? []),
		};
	}

	#birdRoutes(own: NodeFacts, card: Card): readonly Route[] {
		const found: Route[] = [];
		for (const family of FAMILIES) {
			const bird = this.#bird?.[family];
			const speaker = bird?.speakerOf(own);
			if (bird === undefined || speaker === undefined) continue;
			const made = this.#routesMade(own, card, family);
			for (const selected of bird.network.routesOf(speaker).values()) {
				const { prefix } = selected.best;
				if (!passes(speaker.kernel, prefix, true)) continue;
				const pool = this.#pools.of(prefix.address);
				let route = made.get(selected);
				if (route === undefined) {
					route = birdRoute(prefix, selected, { own, card, pool }) ?? null;
					made.set(selected, route);
				}
				if (route !== null) found.push(route);
			}
		}
		return found;
	}

	/** What nodes in the same subnets, with the same gateway, make of routes. */
	#routesMade({ subnet }: NodeFacts, card: Card, family: Family): WeakMap<SelectedRoute, Route | null> {
		const links = card.addresses.map(({ address, prefixLength }) => prefixOf(address, prefixLength).text);
		const key = [subnet[family]?.text, gatewayOf(card, family)?.text, ...links].join(" ");
		let made = this.#kernelRoutes.get(key);
		if (made === undefined) {
			made = new WeakMap();
			this.#kernelRoutes.set(key, made);
		}
		return made;
	}

	/** Those of `default`, over them those of `node.NAME`. */
	#settingsOf(nodeName: string): FelixSettings {
		const { felixConfigurations } = this.#cluster.calico;
		const named = (name: string): Partial<FelixSettings> =>
			felixConfigurations.find((each) => each.name === name)?.settings ?? {};
		return { ...DEFAULT_FELIX, ...named("default"), ...named(`node.${nodeName}`) };
	}

	#podsOn(nodeName: string): readonly Pod[] {
		return this.#cluster.podsOn(nodeName).filter(isJoined);
	}
}
