/**
 * Endpoints of Services whose EndpointSlices are not in the input, as the endpoint slice controller makes them from the
 * selector and the Pods (kubernetes staging/src/k8s.io/endpointslice/utils.go).
 */

import type { Family } from "../address/address.ts";
import { podPlace } from "../state/place.ts";
import type { Endpoint, EndpointPort, EndpointSlice, Node, Pod, Service } from "./objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const FAMILIES: readonly Family[] = [4, 6];
/** Services of these distributions get hints for their endpoints (endpointslice/trafficdist/trafficdist.go). */
const CLOSE_DISTRIBUTIONS: ReadonlySet<string> = new Set(["PreferClose", "PreferSameZone", "PreferSameNode"]);

export interface EndpointSources {
	readonly pods: Iterable<Pod>;
	readonly services: Iterable<Service>;
	node(name: string): Node | undefined;
}

export class DerivedEndpoints {
	readonly #sources: EndpointSources;
	#pods: PodsByLabel | undefined;

	constructor(sources: EndpointSources) {
		this.#sources = sources;
	}

	/** One slice for each family and set of ports: Pods may give a named port different numbers. */
	of(service: Service): readonly EndpointSlice[] {
		if (service.selector === null || service.type === "ExternalName") return [];
		this.#pods ??= new PodsByLabel(this.#sources);
		const pods = this.#pods.matching(service.namespace, service.selector).filter(mayServe);
		return familiesOf(service).flatMap((family) => this.#slices(service, pods, family));
	}

	#slices(service: Service, pods: readonly Pod[], family: Family): readonly EndpointSlice[] {
		const groups = new Map<string, { readonly ports: readonly EndpointPort[]; readonly endpoints: Endpoint[] }>();
		for (const pod of pods) {
			const endpoint = this.#endpoint(service, pod, family);
			if (endpoint.addresses.length === 0) continue;
			const ports = portsOn(pod, service);
			const key = JSON.stringify(ports);
			const group = groups.get(key) ?? { ports, endpoints: [] };
			groups.set(key, group);
			group.endpoints.push(endpoint);
		}
		const addressType = family === 4 ? "IPv4" : "IPv6";
		return [...groups.values()].map(({ ports, endpoints }, index) => ({
			kind: "EndpointSlice",
			name: `${service.name}-${addressType.toLowerCase()}-${index}`,
			namespace: service.namespace,
			labels: service.labels,
			annotations: {},
			source: service.source,
			serviceName: service.name,
			addressType,
			ports,
			endpoints,
			derived: true,
		}));
	}

	/** podToEndpoint. A Pod whose Node is missing counts here: the input may be part of a cluster. */
	#endpoint(service: Service, pod: Pod, family: Family): Endpoint {
		const serving = pod.ready;
		const ready = service.publishNotReadyAddresses || (serving && !pod.terminating);
		const zone = this.#sources.node(pod.nodeName)?.labels[ZONE] ?? "";
		const hinted = ready && CLOSE_DISTRIBUTIONS.has(service.trafficDistribution);
		const forNodes = hinted && service.trafficDistribution === "PreferSameNode" && pod.nodeName !== "";
		return {
			addresses: pod.podIPs.filter((address) => address.family === family),
			ready,
			serving,
			terminating: pod.terminating,
			nodeName: pod.nodeName,
			zone,
			forZones: hinted && zone !== "" ? [zone] : [],
			forNodes: forNodes ? [pod.nodeName] : [],
			target: podPlace(pod),
		};
	}
}

/** ShouldPodBeInEndpoints: whatever has an address and has not come to its end. */
function mayServe(pod: Pod): boolean {
	return pod.phase !== "Succeeded" && pod.phase !== "Failed" && pod.podIPs.length > 0;
}

/** getAddressTypesForService. */
function familiesOf(service: Service): readonly Family[] {
	if (service.ipFamilies !== undefined) return FAMILIES.filter((family) => service.ipFamilies?.includes(family));
	if (service.clusterIPs.length === 0) return FAMILIES;
	return FAMILIES.filter((family) => service.clusterIPs.some((address) => address.family === family));
}

/** getEndpointPorts: a named port that the Pod does not have is left out. */
function portsOn(pod: Pod, service: Service): readonly EndpointPort[] {
	return service.ports.flatMap(({ name, protocol, targetPort }): readonly EndpointPort[] => {
		if (typeof targetPort === "number") return [{ name, protocol, port: targetPort }];
		const found = pod.ports.find((port) => port.name === targetPort && port.protocol === protocol);
		return found === undefined ? [] : [{ name, protocol, port: found.containerPort }];
	});
}

/** Pods by namespace and the labels that some Service selects by. */
class PodsByLabel {
	readonly #byNamespace: Map<string, Map<string, Map<string, Pod[]>>> = new Map();

	constructor({ pods, services }: EndpointSources) {
		const keys = new Set<string>();
		for (const { selector } of services) for (const key in selector) keys.add(key);
		for (const pod of pods) {
			for (const key of keys) if (Object.hasOwn(pod.labels, key)) this.#add(pod, key, pod.labels[key] as string);
		}
	}

	#add(pod: Pod, key: string, value: string): void {
		const byKey = getOrMake(this.#byNamespace, pod.namespace, () => new Map<string, Map<string, Pod[]>>());
		const byValue = getOrMake(byKey, key, () => new Map<string, Pod[]>());
		getOrMake(byValue, value, (): Pod[] => []).push(pod);
	}

	/** In the order of the input. */
	matching(namespace: string, selector: Readonly<Record<string, string>>): readonly Pod[] {
		const byKey = this.#byNamespace.get(namespace);
		const wanted = Object.entries(selector);
		const candidates = wanted.map(([key, value]) => byKey?.get(key)?.get(value) ?? []);
		const fewest = candidates.reduce((best, each) => (each.length < best.length ? each : best));
		return fewest.filter((pod) =>
			wanted.every(([key, value]) => Object.hasOwn(pod.labels, key) && pod.labels[key] === value),
		);
	}
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	const found = map.get(key);
	if (found !== undefined) return found;
	const made = make();
	map.set(key, made);
	return made;
}
