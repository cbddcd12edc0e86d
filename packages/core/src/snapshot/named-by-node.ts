/** Pods' namespaces that have not the pod's address (any more), known by what their node holds of that address. */
import { addressBits } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Pod } from "../cluster/objects.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Place } from "../state/place.ts";
import type { Wire } from "../state/static-network.ts";
import { isNamed, moved, type Stack } from "./stack.ts";

/** The stacks of one machine, with more of them named: by a route to a pod's address, or a neighbour with it, at a device's other end. */
export function namedByNode(stacks: readonly Stack[], wires: readonly Wire[], cluster: Cluster): readonly Stack[] {
	const places = new Map(stacks.map((stack) => [stack.namespace.place, stack]));
	const found = new Map<Stack, Place>();
	for (const { from, to } of wires) {
		if (to.kind !== "device") continue;
		const [node, stack] = [places.get(from.place), places.get(to.place)];
		if (node === undefined || stack === undefined || isNamed(stack) || !from.place.startsWith("node/")) continue;
		const mac = stack.namespace.links.find(({ name }) => name === to.device)?.mac ?? null;
		const pods = cluster.podsOn(from.place.slice("node/".length)).filter((pod) => {
			return !pod.hostNetwork && !places.has(placeOf(pod)) && leadsTo(node.namespace, from.device, mac, pod);
		});
		const [pod] = pods;
		if (pod !== undefined && pods.length === 1) found.set(stack, placeOf(pod));
	}
	const once = [...found].filter(([, place]) => [...found.values()].filter((each) => each === place).length === 1);
	const names = new Map(once);
	return stacks.map((stack) => moved(stack, names.get(stack) ?? stack.namespace.place));
}

function placeOf({ namespace, name }: Pod): Place {
	return `pod/${namespace}/${name}`;
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
