/** From the files of a snapshot to the cluster that it names and the network that its nodes really have. */
import { parseAddress } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { ManifestFile } from "../cluster/input/document.ts";
import { loadCluster } from "../cluster/load.ts";
import { INTERNET, internetClient } from "../modes/internet.ts";
import { clusterNetwork } from "../modes/network.ts";
import { networkMode } from "../modes/registry.ts";
import { assembleNamespace } from "../state/assemble.ts";
import type { Assumption } from "../state/assumption.ts";
import type { Far } from "../state/fabric.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import { type Place, placeKind, stackPlace } from "../state/place.ts";
import { staticNetwork, type Wire } from "../state/static-network.ts";
import { phrase } from "../wording/phrase.ts";
import { shownFabric } from "./fabric.ts";
import { isReadAnswer, type Snapshot } from "./files.ts";
import { namedByNode } from "./named-by-node.ts";
import { collectionAssumptions } from "./report.ts";
import { type Stack, stacksOf } from "./stack.ts";
import { wiresOf, withLowerDevices } from "./wires.ts";

/** What a snapshot shows, and beside it what its objects would have made. */
export interface SnapshotState {
	readonly cluster: Cluster;
	/** What packets meet: nodes and pods as they are shown, the rest as `predicted`. */
	readonly network: Network;
	/** The places whose state was read from files. */
	readonly shown: ReadonlySet<Place>;
	/** What the cluster's components would have programmed. Null: nothing says the network mode. */
	readonly predicted: Network | null;
}

/** What the snapshot shows: its objects and its nodes' real state. `manifests` are objects from elsewhere that add to its own. */
export function snapshotNetwork(snapshot: Snapshot, manifests: readonly ManifestFile[] = []): SnapshotState {
	const cluster = loadCluster([...snapshot.kubernetes, ...snapshot.cloud.filter(isReadAnswer), ...manifests]);
	const assumptions: Assumption[] = [];
	const machines = machinesOf(snapshot, cluster, assumptions);
	const stacks = machines.flatMap((machine) => machine.stacks);
	assumptions.push(...collectionAssumptions(snapshot), ...stacks.flatMap((stack) => stack.assumptions));
	const shown = new Set(stacks.map(({ namespace }) => namespace.place));
	const predicted = networkMode(cluster.mode) === undefined ? null : clusterNetwork(cluster);
	const wires = machines.flatMap((machine) => machine.wires);
	const fabric = shownFabric(cluster, { stacks, wires, predicted });
	const network = staticNetwork({
		namespaces: stacks.map(({ namespace }) => namespace),
		fabric: [...fabric.devices, INTERNET],
		wires: [...fabric.wires, ...wires],
		// What is not joined by now is not known to be joined.
		machines: [],
		owners: ownersOf(cluster),
		assumptions: [...assumptions, ...fabric.assumptions],
	});
	return { cluster, network: withClients(beside(network, predicted, shown, cluster)), shown, predicted };
}

interface Machine {
	readonly stacks: readonly Stack[];
	readonly wires: readonly Wire[];
}

function machinesOf(snapshot: Snapshot, cluster: Cluster, assumptions: Assumption[]): readonly Machine[] {
	const all = stacksOf(snapshot, cluster, (assumption) => assumptions.push(assumption));
	const taken = new Set(all.map(({ namespace }) => namespace.place));
	return [...Map.groupBy(all, ({ machine }) => machine).values()].map((own) => {
		const named = namedByNode(own, wiresOf(own), cluster, taken);
		return { stacks: named.map((stack) => withLowerDevices(stack, named)), wires: wiresOf(named) };
	});
}

/** Stacks that the snapshot does not show are as predicted. A device of a shown one leads to a predicted one by the fabric alone. */
function beside(network: Network, predicted: Network | null, shown: ReadonlySet<Place>, cluster: Cluster): Network {
	const isPredicted = (place: Place): boolean => predicted !== null && !isShown(place, shown, cluster);
	return {
		...network,
		places: () => [
			...network.places(),
			...(predicted?.places() ?? []).filter((place) => isStack(place) && isPredicted(place)),
		],
		namespace: (place) => network.namespace(place) ?? (isPredicted(place) ? predicted?.namespace(place) : undefined),
		wireAt: (place, device) => {
			if (predicted === null || !isStack(place) || !isPredicted(place)) return network.wireAt(place, device);
			const far = predicted.wireAt(place, device);
			return far.kind === "device" && !isPredicted(far.place) ? notShown(far.place) : far;
		},
		stackedOn: (place, device) =>
			predicted !== null && isPredicted(place) ? predicted.stackedOn(place, device) : network.stackedOn(place, device),
		ownerOf: (address) => network.ownerOf(address) ?? predicted?.ownerOf(address),
	};
}

function isStack(place: Place): boolean {
	return ["node", "pod", "host"].includes(placeKind(place));
}

/** A pod of a node that is shown is shown too or not known: its device there is whatever the node really has. */
function isShown(place: Place, shown: ReadonlySet<Place>, cluster: Cluster): boolean {
	if (shown.has(place)) return true;
	const node = cluster.podAt(place)?.nodeName;
	return node !== undefined && shown.has(`node/${node}`);
}

function notShown(place: Place): Far {
	return { kind: "outside", why: phrase("place-not-in-snapshot", { place }) };
}

function ownersOf(cluster: Cluster): ReadonlyMap<string, Place> {
	const owners = new Map<string, Place>();
	for (const pod of cluster.pods) {
		const place = stackPlace(pod);
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
