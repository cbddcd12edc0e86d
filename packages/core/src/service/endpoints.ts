/**
 * Which endpoints serve a Service port on a node (pkg/proxy/topology.go CategorizeEndpoints, endpointslicecache.go;
 * KEP-1669 terminating endpoints, KEP-2433 zone hints, KEP-3015 node hints).
 */
import { type Address, formatEndpoint } from "../address/address.ts";
import type { EndpointPort, EndpointSlice } from "../cluster/objects.ts";
import type { ProxyServicePort } from "./service-port.ts";
import type { ProxyFeatures } from "./version.ts";

/** One address and port behind a Service port. */
export interface ProxyEndpoint {
	readonly address: Address;
	readonly port: number;
	/** `10.0.0.1:80`, `[fd00::1]:80`. */
	readonly text: string;
	readonly ready: boolean;
	readonly serving: boolean;
	readonly terminating: boolean;
	/** Empty: not known to be on any node. */
	readonly nodeName: string;
	readonly forZones: readonly string[];
	readonly forNodes: readonly string[];
}

/** Where the choice is made. */
export interface NodeTopology {
	readonly name: string;
	/** Label topology.kubernetes.io/zone, or empty. */
	readonly zone: string;
}

/** What CategorizeEndpoints gives. */
export interface EndpointChoice {
	/** For traffic with policy Cluster. Empty where the port has no such traffic. */
	readonly cluster: readonly ProxyEndpoint[];
	/** For traffic with policy Local. Empty where the port has no such traffic. */
	readonly local: readonly ProxyEndpoint[];
	/** Both together. */
	readonly reachable: readonly ProxyEndpoint[];
	/** Some node of the cluster has a usable endpoint. If not, traffic is refused; otherwise, at worst, dropped. */
	readonly hasAny: boolean;
}

/** The endpoints of a Service port in its slices: each address and port once, sorted by text as kube-proxy sorts them. */
export function endpointsOfPort(port: ProxyServicePort, slices: readonly EndpointSlice[]): readonly ProxyEndpoint[] {
	const found = new Map<string, ProxyEndpoint>();
	for (const { slice, number } of slicesForPort(port, slices)) {
		for (const endpoint of slice.endpoints) {
			const address = endpoint.addresses[0];
			if (address === undefined || address.family !== port.family) continue;
			const text = formatEndpoint(address, number);
			const earlier = found.get(text);
			if (earlier !== undefined && earlier.nodeName !== "") continue;
			const { ready, serving, terminating, nodeName, forZones, forNodes } = endpoint;
			found.set(text, { address, port: number, text, ready, serving, terminating, nodeName, forZones, forNodes });
		}
	}
	return [...found.values()].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

/** How many endpoints the slices have for the port, usable or not; one that is in two slices counts twice. */
export function countEndpoints(port: ProxyServicePort, slices: readonly EndpointSlice[]): number {
	let count = 0;
	for (const { slice } of slicesForPort(port, slices)) count += slice.endpoints.length;
	return count;
}

/** Whether some endpoint of the port may serve. Asked of thousands of Services where one rule's place among all is told, so nothing is made for it. */
export function hasUsableEndpoint(
	port: ProxyServicePort,
	slices: readonly EndpointSlice[],
	features: ProxyFeatures,
): boolean {
	for (const slice of slices) {
		if (!slice.ports.some((each) => isPortOf(slice, each, port))) continue;
		for (const endpoint of slice.endpoints) {
			if (endpoint.addresses[0]?.family === port.family && isUsable(endpoint, features)) return true;
		}
	}
	return false;
}

/** A port without a number ("every port") is of no use to kube-proxy (endpointslicecache.go addEndpoints). */
function isPortOf(
	slice: EndpointSlice,
	{ name, protocol, port: number }: EndpointPort,
	port: ProxyServicePort,
): boolean {
	const addressType = port.family === 4 ? "IPv4" : "IPv6";
	return slice.addressType === addressType && number !== null && name === port.portName && protocol === port.protocol;
}

function slicesForPort(
	port: ProxyServicePort,
	slices: readonly EndpointSlice[],
): readonly { readonly slice: EndpointSlice; readonly number: number }[] {
	const found: { readonly slice: EndpointSlice; readonly number: number }[] = [];
	for (const slice of slices) {
		for (const each of slice.ports) {
			if (isPortOf(slice, each, port) && each.port !== null) found.push({ slice, number: each.port });
		}
	}
	return found;
}

/** Whether the endpoint may serve at all: ready, or as a last resort serving while it terminates. */
export function isUsable(
	endpoint: Pick<ProxyEndpoint, "ready" | "serving" | "terminating">,
	features: ProxyFeatures,
): boolean {
	return endpoint.ready || (features.terminatingFallback && endpoint.serving && endpoint.terminating);
}

/** Whether hints could make nodes choose differently. */
export function hasHints(port: ProxyServicePort, slices: readonly EndpointSlice[]): boolean {
	return slicesForPort(port, slices).some(({ slice }) =>
		slice.endpoints.some(({ forZones, forNodes }) => forZones.length > 0 || forNodes.length > 0),
	);
}

/** The endpoints that serve the port's traffic on this node. */
export function categorizeEndpoints(
	endpoints: readonly ProxyEndpoint[],
	port: ProxyServicePort,
	node: NodeTopology,
	features: ProxyFeatures,
): EndpointChoice {
	const hinted = port.usesClusterEndpoints ? hintedFor(endpoints, port, node, features) : null;
	const everywhere = port.usesClusterEndpoints ? readyElseTerminating(hinted ?? endpoints, features) : [];
	// Hints are only followed where they name a ready endpoint, so `hinted` never leads to the fallback.
	const local = port.usesLocalEndpoints
		? readyElseTerminating(
				endpoints.filter(({ nodeName }) => nodeName !== "" && nodeName === node.name),
				features,
			)
		: [];
	return {
		cluster: everywhere,
		local,
		reachable: union(endpoints, everywhere, local),
		hasAny: endpoints.some((endpoint) => isUsable(endpoint, features)),
	};
}

function readyElseTerminating(endpoints: readonly ProxyEndpoint[], features: ProxyFeatures): readonly ProxyEndpoint[] {
	const ready = endpoints.filter((endpoint) => endpoint.ready);
	return ready.length > 0 ? ready : endpoints.filter((endpoint) => isUsable(endpoint, features));
}

/**
 * The ready endpoints that are meant for this node, else for its zone; null: hints do not apply. They only do where every
 * ready endpoint has one and at least one names this node (or zone).
 */
function hintedFor(
	endpoints: readonly ProxyEndpoint[],
	port: ProxyServicePort,
	node: NodeTopology,
	features: ProxyFeatures,
): readonly ProxyEndpoint[] | null {
	const ready = endpoints.filter((endpoint) => endpoint.ready);
	if (features.nodeHints && ready.every(({ forNodes }) => forNodes.length > 0)) {
		const here = ready.filter(({ forNodes }) => forNodes.includes(node.name));
		if (here.length > 0) return here;
	}
	if (followsZoneHints(port, features) && ready.every(({ forZones }) => forZones.length > 0)) {
		const here = ready.filter(({ forZones }) => forZones.includes(node.zone));
		if (here.length > 0) return here;
	}
	return null;
}

function followsZoneHints(port: ProxyServicePort, features: ProxyFeatures): boolean {
	if (!features.zoneHintsByAnnotation) return features.zoneHints;
	const { annotations } = port.service;
	const asked =
		annotations["service.kubernetes.io/topology-mode"] ?? annotations["service.kubernetes.io/topology-aware-hints"];
	return features.zoneHints && asked !== undefined && asked !== "" && asked !== "disabled" && asked !== "Disabled";
}

function union(
	all: readonly ProxyEndpoint[],
	a: readonly ProxyEndpoint[],
	b: readonly ProxyEndpoint[],
): readonly ProxyEndpoint[] {
	if (b.length === 0) return a;
	if (a.length === 0) return b;
	const chosen = new Set([...a, ...b]);
	return all.filter((endpoint) => chosen.has(endpoint));
}
