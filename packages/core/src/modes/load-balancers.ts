/** What stands in front of Services of type LoadBalancer, as a cloud controller sets it up. */
import { type Address, type Family, formatEndpoint } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Node, Service, ServicePort } from "../cluster/objects.ts";
import type { LoadBalancerObject } from "../cluster/settings.ts";
import type { Origin } from "../origin/origin.ts";
import type { Backend, Listener, LoadBalancer } from "../state/fabric.ts";
import type { Assumption } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { CARD } from "./underlay/underlay.ts";

export interface LoadBalancers {
	readonly devices: readonly LoadBalancer[];
	readonly assumptions: readonly Assumption[];
}

/** Nodes with this label are kept out (KEP-1143). */
const EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

/**
 * The load balancers of a cluster: the `LoadBalancer` objects of the input, and one for each other Service of the type that
 * has an address. Members follow the traffic policy: with Local only nodes with a ready endpoint (seed 001 L223-L231),
 * else every ready node (seed 001 L285-L289); each is reached at its address and the node port.
 */
export function loadBalancersOf(cluster: Cluster): LoadBalancers {
	const given = new Set(cluster.loadBalancers.map((object) => object.service));
	const derived = cluster.services.filter(
		(service) =>
			service.type === "LoadBalancer" &&
			service.loadBalancerIngress.length > 0 &&
			!given.has(`${service.namespace}/${service.name}`),
	);
	const places = placesOf(derived, cluster.loadBalancers);
	const devices = [
		...cluster.loadBalancers.map((object) => describedLoadBalancer(object, cluster)),
		...derived.map((service) => derivedLoadBalancer(service, places.get(service) ?? "", cluster)),
	];
	return {
		devices: united(devices),
		assumptions: derived.flatMap((service) => missingNodePorts(service, places.get(service) ?? "")),
	};
}

/** Services may share one load balancer, by its address: then it has the listeners of them all. */
function united(devices: readonly LoadBalancer[]): readonly LoadBalancer[] {
	const result = new Map<Place, LoadBalancer>();
	const holders = new Map<string, Place>();
	for (const device of devices) {
		const shared = device.addresses.map((each) => holders.get(each.text)).find((place) => place !== undefined);
		const other = shared === undefined ? undefined : result.get(shared);
		const place = other?.place ?? device.place;
		result.set(
			place,
			other === undefined ? device : { ...other, listeners: [...other.listeners, ...device.listeners] },
		);
		for (const address of device.addresses) if (!holders.has(address.text)) holders.set(address.text, place);
	}
	return [...result.values()];
}

/** `slb/SERVICE`, with the namespace where two Services have one name. */
function placesOf(services: readonly Service[], objects: readonly LoadBalancerObject[]): ReadonlyMap<Service, string> {
	const uses = new Map<string, number>();
	for (const { name } of [...services, ...objects]) uses.set(name, (uses.get(name) ?? 0) + 1);
	return new Map(
		services.map((service) => {
			const { name, namespace } = service;
			return [service, (uses.get(name) ?? 0) > 1 ? `slb/${namespace}/${name}` : `slb/${name}`];
		}),
	);
}

function describedLoadBalancer(object: LoadBalancerObject, cluster: Cluster): LoadBalancer {
	const service = cluster.service(object.service);
	const own = object.addresses.length > 0 ? object.addresses : ingressOf(service);
	const origin: Origin = { component: "load-balancer", object: `slb/${object.name}`, source: object.source };
	const listeners =
		object.backends === null && service !== undefined
			? derivedListeners(service, own, cluster)
			: describedListeners(object, own, cluster, origin);
	return { kind: "load-balancer", place: `slb/${object.name}`, addresses: own, listeners, origin };
}

function describedListeners(
	object: LoadBalancerObject,
	addresses: readonly Address[],
	cluster: Cluster,
	origin: Origin,
): readonly Listener[] {
	const listeners = new Map<string, { readonly listener: Omit<Listener, "backends">; readonly backends: Backend[] }>();
	for (const { node: name, listenerPort, port, protocol, weight } of object.backends ?? []) {
		const key = `${protocol} ${listenerPort}`;
		const entry = listeners.get(key) ?? { listener: { protocol, port: listenerPort, origin }, backends: [] };
		listeners.set(key, entry);
		const node = cluster.node(name);
		if (node !== undefined) entry.backends.push(...backendsOn(node, addresses, port, weight, origin));
	}
	return [...listeners.values()].map(({ listener, backends }) => ({ ...listener, backends }));
}

function derivedLoadBalancer(service: Service, place: string, cluster: Cluster): LoadBalancer {
	const addresses = ingressOf(service);
	const listeners = derivedListeners(service, addresses, cluster);
	return { kind: "load-balancer", place, addresses, listeners, origin: originOf(service) };
}

function derivedListeners(service: Service, addresses: readonly Address[], cluster: Cluster): readonly Listener[] {
	let nodes: readonly Node[] | undefined;
	const members = (): readonly Node[] => (nodes ??= membersOf(service, cluster));
	const origin = originOf(service);
	return service.ports.map(({ protocol, port, nodePort }): Listener => {
		let made: readonly Backend[] | undefined;
		const backends = (): readonly Backend[] =>
			nodePort === 0 ? [] : members().flatMap((node) => backendsOn(node, addresses, nodePort, 1, origin));
		// Made when a packet comes: a thousand load balancers before a thousand nodes have a million members.
		return {
			protocol,
			port,
			get backends(): readonly Backend[] {
				made ??= backends();
				return made;
			},
			origin,
		};
	});
}

function membersOf(service: Service, cluster: Cluster): readonly Node[] {
	const ready = cluster.nodes.filter((node) => node.ready && node.labels[EXCLUDED] === undefined);
	if (service.externalTrafficPolicy === "Cluster") return ready;
	const slices = cluster.slicesOf(`${service.namespace}/${service.name}`);
	const local = new Set(
		slices.flatMap(({ endpoints }) => endpoints.filter((each) => each.ready).map((each) => each.nodeName)),
	);
	return ready.filter((node) => local.has(node.name));
}

/** The node at its first address of each family in which the load balancer listens. */
function backendsOn(
	node: Node,
	addresses: readonly Address[],
	port: number,
	weight: number,
	origin: Origin,
): readonly Backend[] {
	const families = new Set<Family>(addresses.map((each) => each.family));
	return [...families].flatMap((family) => {
		const address = node.internalIPs.find((each) => each.family === family);
		return address === undefined ? [] : [{ place: `node/${node.name}`, device: CARD, address, port, weight, origin }];
	});
}

function ingressOf(service: Service | undefined): readonly Address[] {
	return service?.loadBalancerIngress.map((each) => each.ip) ?? [];
}

function originOf(service: Service): Origin {
	return { component: "cloud-controller-manager", object: `service/${service.namespace}/${service.name}` };
}

function missingNodePorts(service: Service, place: string): readonly Assumption[] {
	const without = service.ports.filter((port: ServicePort) => port.nodePort === 0);
	if (without.length === 0) return [];
	const listeners = ingressOf(service).flatMap((ip) => without.map(({ port }) => formatEndpoint(ip, port)));
	return [
		{
			code: "node-port-missing",
			message: `service/${service.namespace}/${service.name} has no node port for ${listeners.join(", ")}, so the load balancer has no members there`,
			place,
		},
	];
}
