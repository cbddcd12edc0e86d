/**
 * Namespaces that have not the address (any more) that would tell whose they are: a pod's by what its node holds of that address,
 * or as the only one left; a node's by the pods at its devices.
 */
import { addressBits } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Pod } from "../cluster/objects.ts";
import type { Namespace } from "../state/namespace.ts";
import { type Place, podPlace } from "../state/place.ts";
import type { Wire } from "../state/static-network.ts";
import { isNamed, moved, type Stack } from "./stack.ts";

/** The stacks of one machine, with more of them named. `taken`: the places of all machines' stacks. */
export function namedByNode(
	stacks: readonly Stack[],
	wires: readonly Wire[],
	cluster: Cluster,
	taken: ReadonlySet<Place>,
): readonly Stack[] {
	const nodes = renamed(stacks, nodesByPods(stacks, wires, cluster, taken));
	const ends = nodes === stacks ? wires : moves(wires, stacks, nodes);
	const pods = renamed(nodes, podsByNode(nodes, ends, cluster));
	return renamed(pods, lastPods(pods, pods === nodes ? ends : moves(ends, nodes, pods), cluster));
}

/** Names that only one stack would get. */
function renamed(stacks: readonly Stack[], found: ReadonlyMap<Stack, Place>): readonly Stack[] {
	const once = [...found].filter(([, place]) => [...found.values()].filter((each) => each === place).length === 1);
	if (once.length === 0) return stacks;
	const names = new Map(once);
	return stacks.map((stack) => moved(stack, names.get(stack) ?? stack.namespace.place));
}

/** The wires between stacks that were given other names. */
function moves(wires: readonly Wire[], before: readonly Stack[], after: readonly Stack[]): readonly Wire[] {
	const names = new Map(
		before.map(({ namespace }, i) => [namespace.place, after[i]?.namespace.place ?? namespace.place]),
	);
	const name = (place: Place): Place => names.get(place) ?? place;
	return wires.map(({ from, to }) => ({
		from: { ...from, place: name(from.place) },
		to: to.kind === "device" ? { ...to, place: name(to.place) } : to,
	}));
}

/** A stack with pods of one node at its devices is that node. */
function nodesByPods(
	stacks: readonly Stack[],
	wires: readonly Wire[],
	cluster: Cluster,
	taken: ReadonlySet<Place>,
): ReadonlyMap<Stack, Place> {
	const found = new Map<Stack, Place>();
	for (const stack of stacks) {
		if (isNamed(stack)) continue;
		const owners = wires.flatMap(({ from, to }) => {
			if (from.place !== stack.namespace.place || to.kind !== "device" || !to.place.startsWith("pod/")) return [];
			return [cluster.podAt(to.place)?.nodeName ?? ""];
		});
		const [node = ""] = owners;
		const place: Place = `node/${node}`;
		if (node !== "" && !taken.has(place) && owners.every((each) => each === node)) found.set(stack, place);
	}
	return found;
}

/** By a route to a pod's address, or a neighbour with it, at a device's other end. */
function podsByNode(stacks: readonly Stack[], wires: readonly Wire[], cluster: Cluster): ReadonlyMap<Stack, Place> {
	const places = new Map(stacks.map((stack) => [stack.namespace.place, stack]));
	const found = new Map<Stack, Place>();
	for (const { node, stack, from, to } of unnamedAt(places, wires)) {
		const mac = stack.namespace.links.find(({ name }) => name === to.device)?.mac ?? null;
		const pods = unseenPods(node, places, cluster).filter((pod) => leadsTo(node.namespace, from.device, mac, pod));
		const [pod] = pods;
		if (pod !== undefined && pods.length === 1) found.set(stack, podPlace(pod));
	}
	return found;
}

/** The one stack at a node's devices that nothing names is the one pod of the node that no other stack is. */
function lastPods(stacks: readonly Stack[], wires: readonly Wire[], cluster: Cluster): ReadonlyMap<Stack, Place> {
	const places = new Map(stacks.map((stack) => [stack.namespace.place, stack]));
	const found = new Map<Stack, Place>();
	const left = unnamedAt(places, wires).filter(({ node, from, to, stack }) => {
		const isCard = node.namespace.addresses.some(({ device, scope }) => device === from.device && scope === "global");
		return to.device === "eth0" && !isCard && stack.namespace.links.every(({ kind }) => kind !== "bridge");
	});
	for (const [node, own] of Map.groupBy(left, (each) => each.node)) {
		const pods = unseenPods(node, places, cluster);
		const [pod, another] = pods;
		const [only, second] = own;
		if (pod === undefined || another !== undefined || only === undefined || second !== undefined) continue;
		found.set(only.stack, podPlace(pod));
	}
	return found;
}

interface UnnamedEnd {
	readonly node: Stack;
	readonly stack: Stack;
	readonly from: Wire["from"];
	readonly to: Extract<Wire["to"], { readonly kind: "device" }>;
}

/** The stacks at nodes' devices that nothing names. */
function unnamedAt(places: ReadonlyMap<Place, Stack>, wires: readonly Wire[]): readonly UnnamedEnd[] {
	return wires.flatMap(({ from, to }): readonly UnnamedEnd[] => {
		if (to.kind !== "device" || !from.place.startsWith("node/")) return [];
		const [node, stack] = [places.get(from.place), places.get(to.place)];
		return node === undefined || stack === undefined || isNamed(stack) ? [] : [{ node, stack, from, to }];
	});
}

function unseenPods({ namespace }: Stack, places: ReadonlyMap<Place, Stack>, cluster: Cluster): readonly Pod[] {
	const pods = cluster.podsOn(namespace.place.slice("node/".length));
	return pods.filter((pod) => !pod.hostNetwork && !places.has(podPlace(pod)));
}

function leadsTo({ routes, neighbours }: Namespace, device: string, mac: string | null, { podIPs }: Pod): boolean {
	const addresses = new Set(podIPs.map(({ text }) => text));
	return (
		routes.some(
			({ destination, nextHops }) =>
				destination.length === addressBits(destination.family) &&
				addresses.has(destination.address.text) &&
				nextHops.some((hop) => hop.device === device),
		) || neighbours.some((each) => mac !== null && each.mac === mac && addresses.has(each.address.text))
	);
}
