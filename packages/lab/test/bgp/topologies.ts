/** Networks of BGP speakers, each as one description from which both podpath's speakers and BIRD's configurations are made. */
import {
	ACCEPT_ALL,
	type Address,
	address,
	type BgpNeighbour,
	contains,
	type FilterRule,
	type Prefix,
	prefix,
	prefixOf,
	type Speaker,
} from "@podpath/core";

/** A speaker on the one cable that all of them are on. */
export interface Router {
	readonly name: string;
	readonly asn: number;
	/** With their prefix length; each subnet that it has an address in is on its link. */
	readonly addresses: readonly string[];
	/** Its default route. */
	readonly gateway?: string;
	readonly clusterId?: string;
	readonly networks: readonly string[];
	readonly neighbours: readonly Peer[];
	/** Sessions are bound to the link, as a switch's are; absent: multihop, as Calico configures BIRD. */
	readonly direct?: boolean;
}

export interface Peer {
	readonly address: string;
	readonly asn: number;
	readonly client?: boolean;
	readonly nextHop?: "self" | "keep";
	readonly localPreference?: number;
	readonly allowedOwnAs?: number;
	readonly imports?: readonly FilterRule[];
	readonly exports?: readonly FilterRule[];
}

export interface Topology {
	readonly title: string;
	readonly routers: readonly Router[];
}

/** podpath's side. */
export function speakersOf({ routers }: Topology): readonly Speaker[] {
	return routers.map((router): Speaker => {
		const subnets = subnetsOf(router);
		const onLink = (each: Address): boolean => subnets.some((subnet) => contains(subnet, each));
		return {
			name: router.name,
			routerId: routerId(router, routers),
			asn: router.asn,
			addresses: router.addresses.map((text) => address(bare(text))),
			...(router.clusterId !== undefined && { clusterId: address(router.clusterId) }),
			neighbours: router.neighbours.map(neighbour),
			networks: router.networks.map(prefix),
			exports: ACCEPT_ALL,
			kernel: ACCEPT_ALL,
			installs: router.direct === true ? "one-of-equal" : "all-equal",
			...(router.direct === true && {
				sharesLink: (a, b) => subnets.some((each) => contains(each, a) && contains(each, b)),
			}),
			distanceTo: (nextHop) => (onLink(nextHop) ? 0 : router.gateway === undefined ? null : 1),
		};
	});
}

function neighbour(peer: Peer): BgpNeighbour {
	return {
		address: address(peer.address),
		asn: peer.asn,
		client: peer.client ?? false,
		nextHop: peer.nextHop ?? "default",
		allowedOwnAs: peer.allowedOwnAs ?? 0,
		...(peer.localPreference !== undefined && { localPreference: peer.localPreference }),
		...(peer.imports && { imports: peer.imports }),
		...(peer.exports && { exports: peer.exports }),
	};
}

export function subnetsOf(router: Router): readonly Prefix[] {
	return router.addresses.map((text) => prefixOf(address(bare(text)), Number(text.slice(text.indexOf("/") + 1))));
}

export function bare(text: string): string {
	return text.slice(0, text.indexOf("/"));
}

/** By its place in the list, so that the tie-break is the same in both families. */
export function routerId(router: Router, routers: readonly Router[]): Address {
	return address(`192.0.2.${routers.indexOf(router) + 1}`);
}

const CLUSTER_AS = 64512;

interface Net {
	readonly of: (host: number) => string;
	readonly length: number;
	readonly block: (number: number) => string;
}

const IPV4: Net = { of: (host) => `10.9.0.${host}`, length: 24, block: (n) => `10.244.${n}.0/26` };
const IPV6: Net = { of: (host) => `fd00:9::${host}`, length: 64, block: (n) => `fd00:10:244:${n}::/122` };

/** Nodes 1 to `count`, of which each has the others as its neighbours. */
function mesh(title: string, net: Net, count: number): Topology {
	const hosts = Array.from({ length: count }, (_, i) => i + 1);
	return {
		title,
		routers: hosts.map((host) => ({
			name: `n${host}`,
			asn: CLUSTER_AS,
			addresses: [`${net.of(host)}/${net.length}`],
			networks: [net.block(host)],
			neighbours: hosts.filter((other) => other !== host).map((other) => ({ address: net.of(other), asn: CLUSTER_AS })),
		})),
	};
}

/** Reflectors first, then clients of all of them. */
function reflected(title: string, net: Net, clusterIds: readonly string[], clients: number): Topology {
	const reflectors = clusterIds.map((_, i) => i + 1);
	const rest = Array.from({ length: clients }, (_, i) => reflectors.length + i + 1);
	const peer = (host: number, more: Partial<Peer> = {}): Peer => ({ address: net.of(host), asn: CLUSTER_AS, ...more });
	const router = (host: number): Pick<Router, "name" | "asn" | "addresses" | "networks"> => ({
		name: `n${host}`,
		asn: CLUSTER_AS,
		addresses: [`${net.of(host)}/${net.length}`],
		networks: [net.block(host)],
	});
	return {
		title,
		routers: [
			...reflectors.map((host) => ({
				...router(host),
				clusterId: clusterIds[host - 1] ?? "",
				neighbours: [
					...reflectors
						.filter((other) => other !== host)
						.map((other) => peer(other, { client: clusterIds[other - 1] !== clusterIds[host - 1] })),
					...rest.map((other) => peer(other, { client: true })),
				],
			})),
			...rest.map((host) => ({ ...router(host), neighbours: reflectors.map((other) => peer(other)) })),
		],
	};
}

const TOR_AS = 64500;

/** Two racks of two nodes, a switch with an address in each, and every node with its rack's address of it as its one peer. */
function racks(title: string, asns: readonly [number, number], more: Partial<Peer> = {}): Topology {
	const nodes = [1, 2, 3, 4].map((n) => ({ n, rack: n <= 2 ? 1 : 2, asn: asns[n <= 2 ? 0 : 1] as number }));
	return {
		title,
		routers: [
			{
				name: "tor",
				asn: TOR_AS,
				addresses: ["10.9.1.254/24", "10.9.2.254/24"],
				networks: ["198.51.100.0/24"],
				neighbours: nodes.map(({ n, rack, asn }) => ({ address: `10.9.${rack}.${n}`, asn })),
				direct: true,
			},
			...nodes.map(({ n, rack, asn }) => ({
				name: `n${n}`,
				asn,
				addresses: [`10.9.${rack}.${n}/24`],
				gateway: `10.9.${rack}.254`,
				networks: [`10.244.${n}.0/26`],
				neighbours: [{ address: `10.9.${rack}.254`, asn: TOR_AS, ...more }],
			})),
		],
	};
}

/** Contiv's document (documents/networking/bgp.md): two leaves of one AS, below each a node that tells it a /32 for each pod. */
const LEAVES: Topology = {
	title: "two leaves of one AS, and nodes of one AS below them",
	routers: [1, 2].flatMap((n): readonly Router[] => {
		const [leaf, node] = [`10.9.${n}.254`, `10.9.${n}.1`];
		const other = { address: `10.9.9.${3 - n}`, asn: TOR_AS, nextHop: "self" } as const;
		return [
			{
				name: `leaf${n}`,
				asn: TOR_AS,
				addresses: [`${leaf}/24`, `10.9.9.${n}/24`],
				networks: [`198.51.${n}.0/24`],
				neighbours: [{ address: node, asn: CLUSTER_AS }, other],
				direct: true,
			},
			{
				name: `n${n}`,
				asn: CLUSTER_AS,
				addresses: [`${node}/24`],
				gateway: leaf,
				networks: [`192.168.1.${n}/32`, `192.168.1.${n + 2}/32`],
				neighbours: [{ address: leaf, asn: TOR_AS }],
			},
		];
	}),
};

const BLOCKS = prefix("10.244.0.0/16");

interface Filter {
	/** confd's text (template_funcs.go filterStatement). */
	readonly bird: string;
	readonly rule: readonly FilterRule[];
}

/** One of each condition that podpath evaluates, of blocks 10.244.1.0/26, 10.244.2.0/26 and so on. */
export const REJECTING: Readonly<Record<string, Filter>> = {
	"a prefix and what is in it": {
		bird: "if ((net ~ 10.244.0.0/16)) then { reject; }",
		rule: [{ prefix: BLOCKS, match: "within", action: "reject" }],
	},
	"just a prefix, which no route has": {
		bird: "if ((net = 10.244.0.0/16)) then { reject; }",
		rule: [{ prefix: BLOCKS, match: "exact", action: "reject" }],
	},
	"all but a prefix": {
		bird: "if ((net != 10.244.3.0/26)) then { reject; }",
		rule: [{ prefix: prefix("10.244.3.0/26"), match: "exact", negated: true, action: "reject" }],
	},
	"what is not in a prefix": {
		bird: "if ((net !~ 10.244.3.0/24)) then { reject; }",
		rule: [{ prefix: prefix("10.244.3.0/24"), match: "within", negated: true, action: "reject" }],
	},
	"lengths that no route has": {
		bird: "if ((net ~ [ 10.244.0.0/16{27,32} ])) then { reject; }",
		rule: [{ prefix: BLOCKS, match: { min: 27, max: 32 }, action: "reject" }],
	},
	"lengths that all routes have": {
		bird: "if ((net ~ [ 10.244.0.0/16{16,26} ])) then { reject; }",
		rule: [{ prefix: BLOCKS, match: { min: 16, max: 26 }, action: "reject" }],
	},
	"all but lengths that no route has": {
		bird: "if ((net !~ [ 10.244.0.0/16{27,32} ])) then { reject; }",
		rule: [{ prefix: BLOCKS, match: { min: 27, max: 32 }, negated: true, action: "reject" }],
	},
	"what BGP brought": {
		bird: "if (((defined(source))&&(source ~ [ RTS_BGP ]))) then { reject; }",
		rule: [{ prefix: null, match: "within", learnedOnly: true, action: "reject" }],
	},
	"all, after one was accepted": {
		bird: "if ((net = 10.244.2.0/26)) then { accept; } reject;",
		rule: [
			{ prefix: prefix("10.244.2.0/26"), match: "exact", action: "accept" },
			{ prefix: null, match: "within", action: "reject" },
		],
	},
};

/** A reflector with a client for each rule, which it has for what it tells that client, or the client for what it hears. */
const FILTERS: readonly Topology[] = (["exports", "imports"] as const).map((direction) => {
	const rules = Object.values(REJECTING).map(({ rule }) => rule);
	const { routers } = reflected("", IPV4, ["244.0.0.1"], rules.length);
	const filtered = (peers: readonly Peer[], from: number): readonly Peer[] =>
		peers.map((each, i) => ({ ...each, [direction]: rules[from + i] }));
	return {
		title: `a reflector and its clients, with ${direction} that reject ${Object.keys(REJECTING).join("; ")}`,
		routers: routers.map((router, i) => {
			if ((direction === "exports") !== (i === 0)) return router;
			return { ...router, neighbours: filtered(router.neighbours, Math.max(i - 1, 0)) };
		}),
	};
});

/** A mesh of three with one thing changed in it. */
function changed(title: string, change: (routers: readonly Router[]) => readonly Router[]): Topology {
	return { title, routers: change(mesh(title, IPV4, 3).routers) };
}

const withRouter =
	(name: string, change: (router: Router) => Partial<Router>) =>
	(routers: readonly Router[]): readonly Router[] =>
		routers.map((each) => (each.name === name ? { ...each, ...change(each) } : each));

export const TOPOLOGIES: readonly Topology[] = [
	...FILTERS,
	mesh("a full mesh of three", IPV4, 3),
	mesh("a full mesh of three, IPv6", IPV6, 3),
	reflected("one reflector and three clients", IPV4, ["244.0.0.1"], 3),
	reflected("two reflectors of one cluster", IPV4, ["244.0.0.1", "244.0.0.1"], 3),
	reflected("two reflectors of two clusters", IPV6, ["244.0.0.1", "244.0.0.2"], 2),
	racks("two racks, each an AS of its own", [65001, 65002]),
	racks("two racks in one AS, whose nodes refuse each other's routes", [CLUSTER_AS, CLUSTER_AS]),
	racks("two racks in one AS, whose nodes allow their own AS", [CLUSTER_AS, CLUSTER_AS], { allowedOwnAs: 1 }),
	LEAVES,
	changed(
		"a mesh in which one node expects another AS of one neighbour",
		withRouter("n1", ({ neighbours }) => ({
			neighbours: neighbours.map((each) => (each.address === IPV4.of(2) ? { ...each, asn: 64999 } : each)),
		})),
	),
	changed(
		"a mesh in which one node lacks a neighbour",
		withRouter("n1", ({ neighbours }) => ({ neighbours: neighbours.filter((each) => each.address !== IPV4.of(2)) })),
	),
	changed("a mesh in which two nodes originate one prefix", (routers) =>
		routers.map((each) => (each.name === "n3" ? each : { ...each, networks: [...each.networks, "10.96.0.0/24"] })),
	),
	changed("a mesh in which two originate one prefix, one preferred", (routers) =>
		withRouter("n3", ({ neighbours }) => ({
			neighbours: neighbours.map((each) => (each.address === IPV4.of(2) ? { ...each, localPreference: 200 } : each)),
		}))(routers.map((each) => (each.name === "n3" ? each : { ...each, networks: [...each.networks, "10.96.0.0/24"] }))),
	),
];
