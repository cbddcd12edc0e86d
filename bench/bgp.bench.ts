/** From BGP sessions to the routes of every speaker, and from a cluster's objects to the routes of every node. */
import { type Address, addressFromWords } from "../packages/core/src/address/address.ts";
import { prefixOf } from "../packages/core/src/address/prefix.ts";
import { ACCEPT_ALL } from "../packages/core/src/bgp/filter.ts";
import { BgpNetwork } from "../packages/core/src/bgp/network.ts";
import { loadCluster } from "../packages/core/src/cluster/load.ts";
import { clusterNetwork } from "../packages/core/src/modes/network.ts";
import type { Neighbour, Speaker } from "../packages/core/src/state/speaker.ts";
import { type Benchmark, type Measurement, milliseconds } from "./benchmark.ts";

const NODES = 1000;
const REFLECTORS = 2;
const AS = 64512;
const CLUSTER_ID = addressFromWords([0xf400_0001]);

export const benchmarks: readonly Benchmark[] = [
	{
		name: "bgp/1000-nodes-two-reflectors",
		run: () => allTables(reflected()),
	},
	{
		name: "bgp/1000-nodes-full-mesh",
		run: () => allTables(mesh()),
	},
	{
		name: "bgp/calico-1000-nodes-two-reflectors",
		async run() {
			const cluster = loadCluster([
				{ name: "calico.json", text: JSON.stringify({ kind: "List", apiVersion: "v1", items: calicoObjects() }) },
			]);
			globalThis.gc?.();
			const { result, elapsed } = await milliseconds(() => {
				const network = clusterNetwork(cluster);
				return cluster.nodes.reduce(
					(sum, { name }) => sum + (network.namespace(`node/${name}`)?.routes.length ?? 0),
					0,
				);
			});
			return { value: elapsed / 1000, unit: "s", detail: { nodes: NODES, reflectors: REFLECTORS, routes: result } };
		},
	},
];

async function allTables(speakers: readonly Speaker[]): Promise<Measurement> {
	globalThis.gc?.();
	const { result, elapsed } = await milliseconds(() => {
		const network = new BgpNetwork(speakers);
		return speakers.reduce((sum, speaker) => sum + network.routesOf(speaker).size, 0);
	});
	return { value: elapsed / 1000, unit: "s", detail: { speakers: speakers.length, routes: result } };
}

function nodeAddress(node: number): Address {
	return addressFromWords([0x0a00_0000 + node + 1]);
}

function blockOf(node: number): Address {
	return addressFromWords([0x0af4_0000 + node * 64]);
}

function neighbour(node: number, client: boolean): Neighbour {
	return { address: nodeAddress(node), asn: AS, client, nextHop: "default", allowedOwnAs: 0 };
}

function speaker(node: number, neighbours: readonly Neighbour[]): Speaker {
	const own = nodeAddress(node);
	return {
		name: `node/${node}`,
		routerId: own,
		asn: AS,
		addresses: [own],
		...(neighbours.some(({ client }) => client) && { clusterId: CLUSTER_ID }),
		neighbours,
		networks: [prefixOf(blockOf(node), 26)],
		exports: ACCEPT_ALL,
		kernel: ACCEPT_ALL,
		installs: "all-equal",
	};
}

const ALL = Array.from({ length: NODES }, (_, node) => node);

function reflected(): readonly Speaker[] {
	const reflectors = ALL.slice(0, REFLECTORS);
	const toReflectors = reflectors.map((node) => neighbour(node, false));
	const toClients = ALL.slice(REFLECTORS).map((node) => neighbour(node, true));
	return ALL.map((node) => speaker(node, node < REFLECTORS ? [...toReflectors, ...toClients] : toReflectors));
}

function mesh(): readonly Speaker[] {
	const everyone = ALL.map((node) => neighbour(node, false));
	return ALL.map((node) => speaker(node, everyone));
}

/** Nodes whose first two are reflectors, a pool, and a block for each node. */
function calicoObjects(): readonly object[] {
	const crd = (kind: string, name: string, spec: object): object => ({
		apiVersion: "crd.projectcalico.org/v1",
		kind,
		metadata: { name },
		spec,
	});
	return [
		crd("IPPool", "pods", { cidr: "10.244.0.0/16", ipipMode: "Never", vxlanMode: "Never", natOutgoing: true }),
		crd("BGPConfiguration", "default", { nodeToNodeMeshEnabled: false, asNumber: AS }),
		crd("BGPPeer", "reflectors", { nodeSelector: "all()", peerSelector: "has(route-reflector)" }),
		...ALL.flatMap((node) => [
			{
				apiVersion: "v1",
				kind: "Node",
				metadata: {
					name: `n${node}`,
					labels: node < REFLECTORS ? { "route-reflector": "true" } : {},
					annotations: {
						"projectcalico.org/IPv4Address": `${nodeAddress(node).text}/16`,
						...(node < REFLECTORS && { "projectcalico.org/RouteReflectorClusterID": CLUSTER_ID.text }),
					},
				},
				status: { addresses: [{ type: "InternalIP", address: nodeAddress(node).text }] },
			},
			crd("BlockAffinity", `n${node}`, { cidr: `${blockOf(node).text}/26`, node: `n${node}`, state: "confirmed" }),
		]),
	];
}
