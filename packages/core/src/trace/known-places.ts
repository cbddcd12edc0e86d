/** The names that a question can be made of, for completion: on the command line and in the page. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Service } from "../cluster/objects.ts";
import type { Via } from "./question.ts";

export interface KnownPlace {
	/** As a question names it: `pod/default/a`, `service/default/b:80`. */
	readonly name: string;
	readonly kind: "pod" | "service" | "node" | "host";
	readonly addresses: readonly string[];
	/** The pod's node. */
	readonly on?: string;
	/** How the Service can be addressed. */
	readonly vias?: readonly Via[];
}

/** Everything of the cluster that has a name, in the order of the input. A Service stands there with each of its ports. */
export function knownPlaces({ pods, services, nodes, hosts }: Cluster): readonly KnownPlace[] {
	return [
		...pods.map(({ namespace, name, podIPs, nodeName }) => ({
			name: `pod/${namespace}/${name}`,
			kind: "pod" as const,
			addresses: podIPs.map(({ text }) => text),
			...(nodeName === "" ? {} : { on: nodeName }),
		})),
		...services.flatMap(servicePlaces),
		...nodes.map(({ name, internalIPs }) => ({
			name: `node/${name}`,
			kind: "node" as const,
			addresses: internalIPs.map(({ text }) => text),
		})),
		...hosts.map(({ name, addresses }) => ({
			name: `host/${name}`,
			kind: "host" as const,
			addresses: addresses.map(({ text }) => text),
		})),
	];
}

function servicePlaces(service: Service): readonly KnownPlace[] {
	const { namespace, name, clusterIPs, ports } = service;
	const whole = {
		name: `service/${namespace}/${name}`,
		kind: "service" as const,
		addresses: clusterIPs.map(({ text }) => text),
		vias: viasOf(service),
	};
	return [whole, ...ports.map(({ port }) => ({ ...whole, name: `${whole.name}:${port}` }))];
}

function viasOf({ clusterIPs, externalIPs, loadBalancerIngress, ports }: Service): readonly Via[] {
	return [
		...(clusterIPs.length > 0 ? (["cluster-ip"] as const) : []),
		...(externalIPs.length > 0 ? (["external-ip"] as const) : []),
		...(loadBalancerIngress.length > 0 ? (["load-balancer"] as const) : []),
		...(ports.some(({ nodePort }) => nodePort > 0) ? (["node-port"] as const) : []),
	];
}

/** The places that a person may mean by what is typed so far: names that begin so first, then those that hold it. */
export function placesLike(places: readonly KnownPlace[], typed: string, most: number): readonly KnownPlace[] {
	const wanted = typed.trim().toLowerCase();
	const ranked: KnownPlace[][] = [[], [], []];
	for (const place of places) ranked[rankOf(place, wanted)]?.push(place);
	return ranked.flat().slice(0, most);
}

/** 0: its name, without the kind or with it, or an address begins so; 1: a part of its name does; 2: it is somewhere in it. */
function rankOf({ name, addresses }: KnownPlace, wanted: string): number {
	const lower = name.toLowerCase();
	if (lower.startsWith(wanted) || addresses.some((address) => address.startsWith(wanted))) return 0;
	const inside = lower.indexOf(wanted);
	if (inside < 0) return -1;
	return "/-.".includes(lower[inside - 1] ?? "") ? 1 : 2;
}
