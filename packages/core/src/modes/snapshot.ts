/** From the files of a snapshot to the cluster that it names and the network that its nodes really have. */
import { parse } from "yaml";
import { parseAddress } from "../address/address.ts";
import { contains } from "../address/prefix.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { ManifestFile } from "../cluster/input/document.ts";
import { loadCluster } from "../cluster/load.ts";
import type { EniObject } from "../cluster/settings.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { parseNamespace } from "../parse/namespace.ts";
import { assembleNamespace } from "../state/assemble.ts";
import type { FabricDevice } from "../state/fabric.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Assumption, Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { staticNetwork, type Wire } from "../state/static-network.ts";
import { INTERNET, internetClient } from "./internet.ts";
import { loadBalancersOf } from "./load-balancers.ts";
import type { NetworkMode } from "./mode.ts";
import { networkMode } from "./registry.ts";
import { snapshotCards } from "./snapshot-cards.ts";
import { describedNetworks } from "./underlay/described.ts";
import { eniCards, eniFactory, enisOf } from "./underlay/enis.ts";

export interface SnapshotFile {
	/** What messages call it: its path. */
	readonly name: string;
	readonly text: string;
}

/** A snapshot as it was read from disk; docs/contract.md has the layout. Files are named as messages name them. */
export interface Snapshot {
	/** snapshot.yaml, which a snapshot put together by hand may lack. */
	readonly manifest: SnapshotFile | null;
	readonly kubernetes: readonly SnapshotFile[];
	readonly namespaces: readonly SnapshotNamespace[];
	/** Raw answers of cloud APIs. */
	readonly cloud: readonly SnapshotFile[];
}

export interface SnapshotNamespace {
	readonly node: string;
	/** The folder under `netns/`; null for the node's own namespace. */
	readonly netns: string | null;
	/** By name inside the folder: `ip-address.txt`, `netns.yaml`. */
	readonly files: ReadonlyMap<string, SnapshotFile>;
}

/** What the snapshot shows: its objects and its nodes' real state. `manifests` are objects from elsewhere that add to its own. */
export function snapshotNetwork(
	snapshot: Snapshot,
	manifests: readonly ManifestFile[] = [],
): { readonly cluster: Cluster; readonly network: Network } {
	const cluster = loadCluster([...snapshot.kubernetes, ...manifests]);
	const assumptions: Assumption[] = [];
	const stacks = snapshot.namespaces.map((namespace) => stackOf(namespace, cluster, assumptions));
	refuseTwins(stacks);
	const namespaces = stacks.map(({ namespace }) => namespace);
	const fabric = fabricOf(cluster, stacks);
	const machines = [...Map.groupBy(stacks, ({ node }) => node).values()];
	return {
		cluster,
		network: withClients(
			staticNetwork({
				namespaces,
				fabric,
				wires: machines.flatMap(wiresOf),
				machines: machines.map((own) => own.map(({ namespace }) => namespace.place)),
				owners: ownersOf(cluster),
				assumptions,
			}),
		),
	};
}

interface Stack {
	readonly node: string;
	readonly namespace: Namespace;
	readonly source: string;
	/** The index on the node of the other end of the pod's device, as netns.yaml says it. */
	readonly peerIfindex: number | null;
}

function stackOf(from: SnapshotNamespace, cluster: Cluster, assumptions: Assumption[]): Stack {
	const { node, netns, files } = from;
	const texts = new Map([...files].map(([name, { text }]) => [name, text]));
	const options = {
		pathOf: (name: string) => files.get(name)?.name ?? name,
		assume: (assumption: Assumption) => assumptions.push(assumption),
	};
	const source = [...files.values()][0]?.name ?? "";
	const about = netnsFile(files.get("netns.yaml"));
	if (netns === null) {
		return { node, source, peerIfindex: null, namespace: parseNamespace(`node/${node}`, texts, options) };
	}
	const unnamed = `netns/${node}/${netns}`;
	const place = about.pod === null ? podByAddress(parseNamespace(unnamed, texts), cluster) : `pod/${about.pod}`;
	return { node, source, peerIfindex: about.peerIfindex, namespace: parseNamespace(place, texts, options) };
}

/** `pod: default/web` (or `namespace` and `name`), and `peerIfindex: 12`. */
function netnsFile(file: SnapshotFile | undefined): {
	readonly pod: string | null;
	readonly peerIfindex: number | null;
} {
	if (file === undefined) return { pod: null, peerIfindex: null };
	let value: unknown;
	try {
		value = parse(file.text, { maxAliasCount: 10 });
	} catch {
		value = null;
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new InputError({
			code: "bad-netns-file",
			message: "the file must say whose namespace it is",
			where: { file: file.name, line: 1 },
			hint: "pod: NAMESPACE/NAME and peerIfindex: NUMBER",
		});
	}
	const { pod, peerIfindex } = value as { readonly pod?: unknown; readonly peerIfindex?: unknown };
	return {
		pod: typeof pod === "string" && pod.includes("/") ? pod : null,
		peerIfindex: typeof peerIfindex === "number" ? peerIfindex : null,
	};
}

/** A namespace whose file does not name a pod is that of the pod with its address. */
function podByAddress(namespace: Namespace, cluster: Cluster): Place {
	for (const { address, scope } of namespace.addresses) {
		if (scope !== "global") continue;
		const owner = cluster.ownersOf(address).find((each) => each.kind === "pod");
		if (owner?.kind === "pod") return `pod/${owner.pod.namespace}/${owner.pod.name}`;
	}
	return namespace.place;
}

function refuseTwins(stacks: readonly Stack[]): void {
	const sources = new Map<Place, string>();
	for (const { namespace, source } of stacks) {
		const other = sources.get(namespace.place);
		if (other !== undefined) {
			throw new InputError({
				code: "duplicate-namespace",
				message: `the snapshot holds ${namespace.place} twice`,
				where: { file: source, line: 1 },
				hint: `the other is at ${other}`,
			});
		}
		sources.set(namespace.place, source);
	}
}

/** The veth pairs that netns.yaml tells; the others follow from the devices' own indexes. */
function wiresOf(stacks: readonly Stack[]): readonly Wire[] {
	const host = stacks.find(({ namespace }) => namespace.place.startsWith("node/"))?.namespace;
	return stacks.flatMap(({ namespace, peerIfindex }): readonly Wire[] => {
		const far = host?.links.find(({ index, kind }) => index === peerIfindex && kind === "veth");
		const own = namespace.links.filter(({ kind }) => kind === "veth");
		const near =
			own.length === 1 ? own[0] : own.find((link) => link.kind === "veth" && link.peer?.index === peerIfindex);
		if (host === undefined || far === undefined || near === undefined) return [];
		return [
			{
				from: { place: namespace.place, device: near.name },
				to: { kind: "device", place: host.place, device: far.name },
			},
		];
	});
}

/** The fabric is what the objects describe; which cards stand in it, the nodes' own state tells. */
function fabricOf(cluster: Cluster, stacks: readonly Stack[]): readonly FabricDevice[] {
	const mode = networkMode(cluster.mode);
	const namespaces = stacks.map(({ namespace }) => namespace);
	const cards = snapshotCards(namespaces, knownEnis(cluster, mode), eniFactory(cluster));
	const networks = describedNetworks(cluster, {
		podRoutesInVpc: mode?.capabilities.podRoutesInVpc ?? false,
	}).map((network) =>
		network.build(
			cards.filter(({ addresses }) =>
				network.subnets.some(({ prefix }) => addresses.some((address) => contains(prefix, address))),
			),
		),
	);
	return [...networks, ...loadBalancersOf(cluster, eniCards(networks)).devices, INTERNET];
}

/** ENIs that the input names. What a mode would have made besides is not looked at: the nodes show what they have. */
function knownEnis(cluster: Cluster, mode: NetworkMode | undefined): readonly EniObject[] {
	const named = new Set([
		...cluster.enis.map(({ name }) => name),
		...cluster.podENIs.flatMap(({ allocations }) => allocations.map(({ eniID }) => eniID)),
	]);
	return enisOf(cluster, mode).filter(({ name }) => named.has(name));
}

function ownersOf(cluster: Cluster): ReadonlyMap<string, Place> {
	const owners = new Map<string, Place>();
	for (const pod of cluster.pods) {
		const place = pod.hostNetwork ? `node/${pod.nodeName}` : `pod/${pod.namespace}/${pod.name}`;
		for (const address of pod.podIPs) if (!owners.has(address.text)) owners.set(address.text, place);
	}
	return owners;
}

/** Clients on the Internet exist as soon as somebody asks about them. */
function withClients(network: Network): Network {
	const clients = new Map<Place, Namespace>();
	const clientAt = (place: Place): Namespace | undefined => {
		const address = place.startsWith("internet/") ? parseAddress(place.slice("internet/".length)) : undefined;
		if (address === undefined) return undefined;
		const known = clients.get(place) ?? assembleNamespace(place, [internetClient(address)]);
		clients.set(place, known);
		return known;
	};
	return {
		...network,
		namespace: (place) => clientAt(place) ?? network.namespace(place),
		wireAt: (place, device) =>
			clientAt(place) === undefined ? network.wireAt(place, device) : { kind: "fabric", fabric: INTERNET.place },
	};
}
