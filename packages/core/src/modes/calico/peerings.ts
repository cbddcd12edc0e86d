/**
 * Who has whom as a BGP neighbour: confd's reading of BGPConfiguration and BGPPeer (confd/pkg/backends/calico client.go
 * updatePeersV1, bgp_processor.go).
 */
import type { Address, Family } from "../../address/address.ts";
import type { BgpPeer } from "../../cluster/calico-objects.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Neighbour } from "../../state/speaker.ts";
import { BgpFilters } from "./bgp-filters.ts";
import { type CalicoNodes, clusterAs, type NodeFacts } from "./calico-nodes.ts";

/** A neighbour before it is known whose it is: whether it is a client depends on both sides. */
interface Peer {
	readonly neighbour: Neighbour;
	readonly clusterId?: Address;
	/** Names of BGPFilters. */
	readonly filters: readonly string[];
}

type Peers = Map<string, Peer>;

export interface Peerings {
	/** The node's neighbours. Nodes that have the same share one list. */
	of(facts: NodeFacts): readonly Neighbour[];
}

/** Of one family. */
export function peeringsOf(cluster: Cluster, nodes: CalicoNodes, family: Family): Peerings {
	return new NodePeerings(cluster, nodes, family);
}

class NodePeerings implements Peerings {
	readonly #nodes: CalicoNodes;
	readonly #family: Family;
	readonly #clusterAs: number;
	readonly #mesh: readonly Neighbour[];
	readonly #filters: BgpFilters;
	/** Those of all nodes, and of single ones; the first that was found for an address stays. */
	readonly #global: Peers = new Map();
	readonly #byNode = new Map<string, Peers>();

	constructor(cluster: Cluster, nodes: CalicoNodes, family: Family) {
		this.#nodes = nodes;
		this.#family = family;
		this.#clusterAs = clusterAs(cluster);
		this.#filters = new BgpFilters(cluster, family);
		const settings = cluster.calico.bgpConfigurations.find(({ name }) => name === "default");
		const mesh = settings?.nodeToNodeMeshEnabled ?? true;
		this.#mesh = mesh ? nodes.all.flatMap((facts) => this.#meshNeighbour(facts)) : [];
		const { bgpPeers } = cluster.calico;
		for (const peer of bgpPeers) if (isGlobal(peer)) this.#addForward(peer);
		for (const peer of bgpPeers) if (!isGlobal(peer)) this.#addForward(peer);
		for (const peer of bgpPeers) if (peer.reversePeering === "Auto") this.#addReverse(peer);
	}

	of(facts: NodeFacts): readonly Neighbour[] {
		const mesh = facts.clusterId === undefined ? this.#mesh : [];
		const own = this.#byNode.get(facts.node.name);
		if (own === undefined && this.#global.size === 0) return mesh;
		const explicit = [...this.#global.values(), ...(own?.values() ?? [])];
		return [...mesh, ...explicit.map((peer) => forNode(peer, facts, this.#filters))];
	}

	/** Route reflectors are no part of the mesh. */
	#meshNeighbour({ clusterId, address, asn }: NodeFacts): readonly Neighbour[] {
		const own = address[this.#family];
		return clusterId !== undefined || own === undefined ? [] : [neighbour(own, asn)];
	}

	#addForward(peer: BgpPeer): void {
		const locals = isGlobal(peer) ? undefined : this.#localNodes(peer);
		for (const each of this.#remoteEnds(peer)) {
			if (locals === undefined) keepFirst(this.#global, each);
			else for (const facts of locals) this.#addToNode(facts.node.name, each);
		}
	}

	/** Nodes that are somebody's peers get those as theirs. */
	#addReverse(peer: BgpPeer): void {
		const locals = peer.peerSelector === null ? this.#nodesWithAddress(peer) : this.#selected(peer.peerSelector);
		if (locals.length === 0) return;
		const ends = this.#localNodes(peer).flatMap((facts) => this.#nodeAsPeer(facts, peer));
		for (const { node } of locals) for (const end of ends) this.#addToNode(node.name, end);
	}

	#addToNode(name: string, peer: Peer): void {
		if (this.#global.has(peer.neighbour.address.text)) return;
		let peers = this.#byNode.get(name);
		if (peers === undefined) {
			peers = new Map();
			this.#byNode.set(name, peers);
		}
		keepFirst(peers, peer);
	}

	#localNodes({ node, nodeSelector }: BgpPeer): readonly NodeFacts[] {
		if (nodeSelector !== null) return this.#selected(nodeSelector);
		if (node === "") return this.#nodes.all;
		return [this.#nodes.of(node)].filter((facts) => facts !== undefined);
	}

	#selected(selector: NonNullable<BgpPeer["nodeSelector"]>): readonly NodeFacts[] {
		return this.#nodes.all.filter(({ labels }) => selector.matches(labels));
	}

	#nodesWithAddress({ peerIP, asNumber }: BgpPeer): readonly NodeFacts[] {
		const asn = asNumber ?? this.#clusterAs;
		return this.#nodes.all.filter((facts) => facts.address[this.#family]?.text === peerIP?.text && facts.asn === asn);
	}

	#remoteEnds(peer: BgpPeer): readonly Peer[] {
		if (peer.peerSelector !== null) {
			return this.#selected(peer.peerSelector).flatMap((facts) => this.#nodeAsPeer(facts, peer));
		}
		const { peerIP, asNumber } = peer;
		if (peerIP === null || peerIP.family !== this.#family) return [];
		return [{ neighbour: neighbour(peerIP, asNumber ?? this.#clusterAs, peer), filters: peer.filters }];
	}

	#nodeAsPeer({ address, asn, clusterId }: NodeFacts, peer: BgpPeer): readonly Peer[] {
		const own = address[this.#family];
		if (own === undefined) return [];
		return [{ neighbour: neighbour(own, asn, peer), filters: peer.filters, ...(clusterId && { clusterId }) }];
	}
}

function isGlobal({ node, nodeSelector }: BgpPeer): boolean {
	return node === "" && nodeSelector === null;
}

function keepFirst(peers: Peers, peer: Peer): void {
	const key = peer.neighbour.address.text;
	if (!peers.has(key)) peers.set(key, peer);
}

function neighbour(address: Address, asn: number, peer?: BgpPeer): Neighbour {
	return {
		address,
		asn,
		client: false,
		nextHop: peer?.nextHop ?? "default",
		allowedOwnAs: peer?.numAllowedLocalASNumbers ?? 0,
		...(peer?.localASNumber != null && { localAsn: peer.localASNumber }),
		...(peer && { object: `bgppeer/${peer.name}` }),
	};
}

/** `rr client` and `rr cluster id` of bird.cfg; keepOriginalNextHop is for other ASes alone, and so may rules of a filter be. */
function forNode({ neighbour: own, clusterId, filters }: Peer, facts: NodeFacts, known: BgpFilters): Neighbour {
	const sameAs = own.asn === (own.localAsn ?? facts.asn);
	const client = sameAs && facts.clusterId !== undefined && clusterId?.text !== facts.clusterId.text;
	const nextHop = own.nextHop === "keep" && sameAs ? "default" : own.nextHop;
	if (!client && nextHop === own.nextHop && filters.length === 0) return own;
	return { ...own, client, nextHop, ...known.of(filters, sameAs ? "iBGP" : "eBGP") };
}
