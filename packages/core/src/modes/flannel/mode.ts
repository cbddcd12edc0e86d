/** Flannel: flanneld's state on each node for its four backends, and the bridge plugin's for each pod. */

import { prefixOf } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Node, Pod } from "../../cluster/objects.ts";
import type { FlannelSettings } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Contribution } from "../../state/contribution.ts";
import { podPlace } from "../../state/place.ts";
import { sharing } from "../../state/shared-list.ts";
import { phrase } from "../../wording/phrase.ts";
import type { ModePlan, NetworkMode, PodWire } from "../mode.ts";
import { isJoined } from "../pod-namespace.ts";
import { type Card, onLink, type Underlay } from "../underlay/underlay.ts";
import { BACKENDS, type Backend, type Peer } from "./backend.ts";
import { nodeEnd, POD_DEVICE, podEnd } from "./bridge-plugin.ts";
import { type HostInterfaces, hostInterfaces } from "./host-interfaces.ts";
import { flannelSettings, type Lease, type Leases, leasesOf } from "./leases.ts";
import { type TrafficManager, trafficManager } from "./traffic-manager.ts";

/** `flannel-vpc`, `flannel-host-gw`, `flannel-vxlan`, `flannel-ipip`. */
export const FLANNEL_MODES: readonly NetworkMode[] = (["vpc", "host-gw", "vxlan", "ipip"] as const).map(flannelMode);

function flannelMode(name: FlannelSettings["backend"]): NetworkMode {
	const backend = BACKENDS[name];
	return {
		id: `flannel-${name}`,
		capabilities: {
			families: backend.families,
			fixedAddress: null,
			podAddresses: "cluster",
			podRoutesInVpc: backend.podRoutesInVpc,
			networkPolicy: "none",
		},
		plan: (cluster, underlay) => new FlannelPlan(backend, flannelSettings(cluster, name), cluster, underlay),
	};
}

/** The MTU of a machine's card where the input does not say: Ethernet's. */
const ETHERNET_MTU = 1500;

interface LeasePeer {
	readonly lease: Lease;
	readonly peer: Peer;
}
type AllPeers = Required<Pick<Contribution, "routes" | "neighbours" | "fdb">>;

class FlannelPlan implements ModePlan {
	readonly assumptions: readonly Assumption[];
	readonly #backend: Backend;
	readonly #settings: FlannelSettings;
	readonly #cluster: Cluster;
	readonly #underlay: Underlay;
	readonly #leases: Leases;
	readonly #interfaces: HostInterfaces;
	readonly #peers: readonly LeasePeer[];
	readonly #peersOf: ReadonlyMap<Node, readonly LeasePeer[]>;
	readonly #peersBySubnets = new Map<string, AllPeers>();
	readonly #rules: TrafficManager;

	constructor(backend: Backend, settings: FlannelSettings, cluster: Cluster, underlay: Underlay) {
		this.#backend = backend;
		this.#settings = settings;
		this.#cluster = cluster;
		this.#underlay = underlay;
		this.#leases = leasesOf(cluster, settings);
		this.#interfaces = hostInterfaces(cluster);
		this.#peers = this.#leases.all.map((lease) => ({ lease, peer: backend.peer(lease, settings) }));
		this.#peersOf = Map.groupBy(this.#peers, ({ lease }) => lease.node);
		this.#rules = trafficManager(settings);
		this.assumptions = [...this.#leases.assumptions, ...this.#interfaces.assumptions];
	}

	node(node: Node): readonly Contribution[] {
		const leases = this.#leases.of(node.name);
		const card = this.#underlay.cardOf(`node/${node.name}`);
		if (leases.length === 0 || card === undefined) return [];
		const pods = this.#podsOn(node.name);
		const ports = pods.map((pod) => ({ pod, device: this.#interfaces.nameOf(pod) }));
		return [
			...leases.map((lease) => this.#backend.device(lease, card, this.#settings)),
			this.#otherNodes(node, card),
			nodeEnd(node, leases, ports, this.#mtu(card)),
			this.#rules(leases, pods),
		];
	}

	pod(pod: Pod): readonly Contribution[] {
		const card = this.#underlay.cardOf(`node/${pod.nodeName}`);
		return [podEnd(pod, this.#leases.of(pod.nodeName), this.#settings.networks, this.#mtu(card))];
	}

	wires(pod: Pod): readonly PodWire[] {
		if (this.#cluster.node(pod.nodeName) === undefined) {
			const why = phrase("node-of-pod-not-held", {
				node: `node/${pod.nodeName}`,
				pod: podPlace(pod),
			});
			return [{ device: POD_DEVICE, to: { kind: "outside", why } }];
		}
		const to = { kind: "device", place: `node/${pod.nodeName}`, device: this.#interfaces.nameOf(pod) } as const;
		return [{ device: POD_DEVICE, to }];
	}

	stackedOn(): readonly [] {
		return [];
	}

	/** What the other nodes' leases bring: what all bring to a node with such a card, without the node's own. */
	#otherNodes(node: Node, card: Card): Contribution {
		const all = this.#allPeers(card);
		const own = (this.#peersOf.get(node) ?? []).flatMap(({ peer }) => [peer.onLink, peer.behindRouter]);
		return {
			routes: sharing(all.routes, new Set(own.flatMap((part) => part.routes ?? []))),
			neighbours: sharing(all.neighbours, new Set(own.flatMap((part) => part.neighbours ?? []))),
			fdb: sharing(all.fdb, new Set(own.flatMap((part) => part.fdb ?? []))),
		};
	}

	/** By the subnets of the card, as they decide which nodes are on its link. */
	#allPeers(card: Card): AllPeers {
		const subnets = card.addresses.map(({ address, prefixLength }) => prefixOf(address, prefixLength).text).join(" ");
		const known = this.#peersBySubnets.get(subnets);
		if (known !== undefined) return known;
		const parts = this.#peers.map(({ lease, peer }) => {
			const direct = lease.publicAddress !== undefined && onLink(card, lease.publicAddress);
			return direct ? peer.onLink : peer.behindRouter;
		});
		const all: AllPeers = {
			routes: parts.flatMap((part) => part.routes ?? []),
			neighbours: parts.flatMap((part) => part.neighbours ?? []),
			fdb: parts.flatMap((part) => part.fdb ?? []),
		};
		this.#peersBySubnets.set(subnets, all);
		return all;
	}

	#podsOn(nodeName: string): readonly Pod[] {
		return this.#cluster.podsOn(nodeName).filter(isJoined);
	}

	#mtu(card: Card | undefined): number {
		return this.#backend.mtu(card?.mtu ?? ETHERNET_MTU, this.#settings);
	}
}
