/** Why packets for a pod find no way: what of Calico's objects keeps its block from being known where they are. */
import type { Address, Family } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import { deciding } from "../../bgp/filter.ts";
import type { BgpNetwork } from "../../bgp/network.ts";
import type { SessionDown } from "../../bgp/session.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { formatPosition } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import type { Cause, LostPacket } from "../../state/network.ts";
import type { Speaker } from "../../state/speaker.ts";
import { type Phrase, phrase, type Said } from "../../wording/phrase.ts";
import { eachOnce, sessionDown, sessionFix } from "../session-down.ts";
import { cardAddress, type Underlay } from "../underlay/underlay.ts";
import type { Block, Blocks } from "./blocks.ts";
import type { CalicoNodes, NodeFacts } from "./calico-nodes.ts";
import type { Pools } from "./pools.ts";
import type { BirdNetwork } from "./speakers.ts";

export interface CauseSources {
	readonly cluster: Cluster;
	readonly underlay: Underlay;
	readonly pools: Pools;
	readonly blocks: Blocks;
	readonly nodes: CalicoNodes;
	/** Undefined where no BGP is spoken. */
	readonly bird: Readonly<Record<Family, BirdNetwork>> | undefined;
}

interface Lost extends CauseSources {
	readonly places: readonly string[];
	/** The other end of the connection. */
	readonly far: {
		readonly address: Address;
		readonly isServer: boolean /** Of what was lost. */;
		readonly isSender: boolean;
	};
	readonly block: Block;
	readonly owner: NodeFacts;
	readonly network: BgpNetwork;
	/** On the way, and without a route to the block. */
	readonly lacking: readonly Speaker[];
}

/** Nearest first: the block's own pool, filters and sessions; where none of them is at fault, peerings that should be. */
export function calicoCauses(sources: CauseSources, { places, from, to, isAnswer }: LostPacket): readonly Cause[] {
	return [
		...causesFor(sources, places, to, { address: from, isServer: false, isSender: !isAnswer }),
		...causesFor(sources, places, from, { address: to, isServer: true, isSender: isAnswer }),
	];
}

function causesFor(
	sources: CauseSources,
	places: readonly string[],
	address: Address,
	far: Lost["far"],
): readonly Cause[] {
	const { blocks, nodes, bird } = sources;
	const block = blocks.all
		.filter(({ cidr }) => contains(cidr, address))
		.sort((a, b) => b.cidr.length - a.cidr.length)[0];
	const owner = block && nodes.of(block.node);
	if (block === undefined || owner === undefined) return [];
	const held = addressNotHeld(sources, owner, address.family);
	if (held.length > 0 || bird === undefined || block.pool?.encapsulation === "vxlan") return held;
	const { network } = bird[address.family];
	const lacking = network.speakers.filter(
		(each) => places.includes(each.name) && each.name !== owner.place && !network.routesOf(each).has(block.cidr.text),
	);
	const lost: Lost = { ...sources, places, far, block, owner, network, lacking };
	const routers = routersWithoutBgp(lost);
	if (lacking.length === 0) return routers;
	for (const kinds of [
		[notExported, filtered, sessions],
		[selectNobody, noClusterId, meshOff],
	]) {
		const found = kinds.flatMap((cause) => cause(lost));
		if (found.length > 0) return found;
	}
	return routers;
}

/** Others send to an address that nobody has. */
function addressNotHeld(
	{ underlay }: CauseSources,
	{ node, place, address }: NodeFacts,
	family: Family,
): readonly Cause[] {
	const said = address[family];
	const card = underlay.cardOf(place);
	if (said === undefined || card === undefined) return [];
	if (card.addresses.some((each) => each.address.text === said.text)) return [];
	const has = cardAddress(card, family)?.address.text ?? phrase("none");
	const facts = { place, where: at(node.source), family, address: said.text, has };
	const message = phrase("node-address-not-held", facts);
	const fix = phrase("node-address-not-held-fix");
	return [{ code: "node-address-not-held", message, fix, object: place }];
}

function notExported({ block, cluster }: Lost): readonly Cause[] {
	const pool = cluster.calico.ipPools.find(({ name }) => name === block.pool?.name);
	if (pool === undefined || !pool.disableBGPExport) return [];
	const object = `ippool/${pool.name}`;
	const message = phrase("pool-not-exported", { pool: object, where: at(pool.source), block: block.cidr.text });
	return [{ code: "pool-not-exported", message, fix: phrase("pool-not-exported-fix"), object }];
}

/** Those of the speakers between the block's node and whoever lacks it. */
function sessions(lost: Lost): readonly Cause[] {
	const { network, lacking, owner, cluster } = lost;
	const concerned = network.speakers.filter(
		(each) => lacking.includes(each) || each.name === owner.place || each.name.startsWith("host/"),
	);
	const down = concerned.flatMap((speaker) => network.sessionsDown(speaker));
	const unpeered = selectNobody(lost).filter(({ object }) => down.some((each) => wouldJoin(lost, object, each)));
	if (unpeered.length > 0) return unpeered;
	// Whoever speaks to nobody has been told a wrong address, for which the other side then waits.
	const [lonely, others] = [
		down.filter(({ why }) => why.kind === "nobody"),
		down.filter(({ why }) => why.kind !== "nobody"),
	];
	return [...lonely, ...eachOnce(others)].map((down) => {
		const object = atFault(down);
		const where = sourceOf(cluster, object);
		return {
			code: "bgp-session-down",
			message: sessionDown(down, where === undefined ? "" : ` ${at(where)}`),
			fix: sessionFix(down),
			object,
		};
	});
}

/** Somebody waits for a session with a node, and this BGPPeer has his address, but joins no node. */
function wouldJoin({ cluster }: Lost, object: string, { self, why }: SessionDown): boolean {
	const peer = cluster.calico.bgpPeers.find(({ name }) => object === `bgppeer/${name}`);
	return why.kind === "one-sided" && self.addresses.some(({ text }) => text === peer?.peerIP?.text);
}

/** Who lacks the other as a neighbour, where that is written for him alone; else whoever has the neighbour. */
function atFault({ self, neighbour, why }: SessionDown): string {
	if (why.kind === "one-sided" && why.peer.name.startsWith("host/")) return why.peer.name;
	return neighbour.object ?? self.name;
}

/** BGPFilters by which somebody who knows the block does not tell another, or the other does not take it; each is told once. */
function filtered({ network, owner, block: { cidr }, cluster }: Lost): readonly Cause[] {
	const causes = new Map<string, Cause>();
	for (const speaker of network.speakers) {
		if (speaker.name === owner.place || network.routesOf(speaker).has(cidr.text)) continue;
		for (const { peer, own, others } of network.sessionsOf(speaker)) {
			const known = network.routesOf(peer).get(cidr.text);
			if (known === undefined) continue;
			const told = deciding(others.exports ?? [], cidr, known.best.learned !== null);
			const rule = told?.action === "reject" ? told : deciding(own.imports ?? [], cidr, true);
			if (rule?.action !== "reject" || rule.object === undefined || causes.has(rule.object)) continue;
			causes.set(
				rule.object,
				filterCause(cluster, rule.object, { block: cidr.text, peer: peer.name, speaker: speaker.name }),
			);
		}
	}
	return [...causes.values()];
}

interface HeldBack {
	readonly block: string;
	readonly peer: string;
	readonly speaker: string;
}

function filterCause(cluster: Cluster, object: string, held: HeldBack): Cause {
	const where = sourceOf(cluster, object);
	const facts = { ...held, filter: object, where: where === undefined ? "" : ` ${at(where)}` };
	const message = phrase("bgp-route-filtered", facts);
	const fix = phrase("bgp-route-filtered-fix");
	return { code: "bgp-route-filtered", message, fix, object };
}

/** A BGPPeer that joins nobody: its selectors fit no node. */
function selectNobody({ cluster, nodes }: Lost): readonly Cause[] {
	return cluster.calico.bgpPeers.flatMap((peer): readonly Cause[] => {
		const fits = (selector: typeof peer.nodeSelector): boolean =>
			selector === null || nodes.all.some(({ labels }) => selector.matches(labels));
		const which = !fits(peer.nodeSelector)
			? { field: "nodeSelector", selector: peer.nodeSelector?.text ?? "" }
			: !fits(peer.peerSelector)
				? { field: "peerSelector", selector: peer.peerSelector?.text ?? "" }
				: undefined;
		const unknown = peer.node !== "" && nodes.of(peer.node) === undefined;
		if (which === undefined && !unknown) return [];
		const object = `bgppeer/${peer.name}`;
		const facts = { peer: object, where: at(peer.source) };
		const message =
			which === undefined
				? phrase("bgp-peer-names-nobody", { ...facts, node: peer.node })
				: phrase("bgp-peer-selects-nobody", { ...facts, ...which });
		const fix = phrase(which === undefined ? "name-a-node" : "correct-selector");
		return [{ code: "bgp-peer-selects-nobody", message, fix, object }];
	});
}

/** A node hears the block from one client and does not tell the other: within an AS only a reflector does (RFC 4456). */
function noClusterId({ network, lacking, owner, nodes, block }: Lost): readonly Cause[] {
	return nodes.all.flatMap((facts): readonly Cause[] => {
		const speaker = network.speakers.find(({ name }) => name === facts.place);
		if (speaker === undefined || facts.clusterId !== undefined || !network.routesOf(speaker).has(block.cidr.text))
			return [];
		const peers = network
			.sessionsOf(speaker)
			.filter(({ kind }) => kind === "ibgp")
			.map(({ peer }) => peer);
		const between = peers.some(({ name }) => name === owner.place) && peers.some((peer) => lacking.includes(peer));
		if (!between || facts === owner) return [];
		const message = phrase("bgp-reflector-without-cluster-id", {
			place: facts.place,
			where: at(facts.node.source),
			owner: owner.place,
			other: lacking[0]?.name ?? phrase("others"),
		});
		const fix = phrase("bgp-reflector-without-cluster-id-fix");
		return [{ code: "bgp-reflector-without-cluster-id", message, fix, object: facts.place }];
	});
}

function meshOff({ cluster, block, owner, lacking }: Lost): readonly Cause[] {
	const settings = cluster.calico.bgpConfigurations.find(({ name }) => name === "default");
	if (settings?.nodeToNodeMeshEnabled !== false) return [];
	const object = "bgpconfiguration/default";
	const message = phrase("bgp-mesh-off", {
		object,
		where: at(settings.source),
		owner: owner.place,
		other: lacking[0]?.name ?? phrase("the-others"),
		block: block.cidr.text,
	});
	return [{ code: "bgp-mesh-off", message, fix: phrase("bgp-mesh-off-fix"), object }];
}

/** Routers that see packets with the pods' own addresses, and know nothing of these. */
function routersWithoutBgp(lost: Lost): readonly Cause[] {
	const { cluster, places, block, network, far } = lost;
	const routers = cluster.hosts.filter(
		({ name, addresses }) =>
			places.includes(`host/${name}`) &&
			!addresses.some(({ text }) => text === far.address.text) &&
			!network.speakers.some((each) => each.name === `host/${name}`),
	);
	// Who sends needs no route back to itself on the way.
	const bare = far.isSender ? whyBare(lost) : null;
	if (bare === null) return [];
	return routers.map((router) => {
		const object = `host/${router.name}`;
		const facts = { kept: bare.kept, router: object, where: at(router.source), block: block.cidr.text };
		const message = phrase("router-knows-no-pods", facts);
		return { code: "router-knows-no-pods", message, fix: bare.fix, object: bare.object ?? object };
	});
}

interface Bare {
	/** The beginning of the sentence: what the pool has to do with it; empty: nothing. */
	readonly kept: Said;
	readonly fix: Phrase;
	/** Who is to be changed; null: the router. */
	readonly object: string | null;
}

/** Why packets of the block's pods are not in a tunnel between nodes there, nor masqueraded; null: they are. */
function whyBare({ cluster, pools, nodes, block: { pool }, far }: Lost): Bare | null {
	const source = cluster.calico.ipPools.find(({ name }) => name === pool?.name)?.source;
	const by = (kept: "pool-sends-bare" | "pool-sends-bare-in-subnet" | "pool-without-nat", fix: Phrase): Bare => {
		const object = `ippool/${pool?.name}`;
		return { kept: source === undefined ? "" : phrase(kept, { pool: object, where: at(source) }), fix, object };
	};
	const isNodes = nodes.all.some(({ node }) => node.internalIPs.some(({ text }) => text === far.address.text));
	if (pools.of(far.address) === undefined && !isNodes) {
		if (!far.isServer) return { kept: "", fix: phrase("router-without-route-fix"), object: null };
		return pool?.natOutgoing === false ? by("pool-without-nat", phrase("pool-without-nat-fix")) : null;
	}
	if (pool === undefined) return { kept: "", fix: phrase("router-without-route-fix"), object: null };
	if (pool.encapsulation === "none") return by("pool-sends-bare", phrase("router-knows-no-pods-fix"));
	return pool.crossSubnet ? by("pool-sends-bare-in-subnet", phrase("pool-sends-bare-in-subnet-fix")) : null;
}

function sourceOf({ calico, hosts, nodes }: Cluster, object: string): SourcePosition | undefined {
	const [kind, name] = [object.slice(0, object.indexOf("/")), object.slice(object.indexOf("/") + 1)];
	const among = { bgppeer: calico.bgpPeers, bgpfilter: calico.bgpFilters, host: hosts }[kind] ?? nodes;
	return among.find((each) => each.name === name)?.source;
}

function at(source: SourcePosition): string {
	return `(${formatPosition(source)})`;
}
