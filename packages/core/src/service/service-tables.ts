/**
 * What all nodes of a cluster share of kube-proxy's work: the Service ports and their endpoints. Made once a cluster; what a
 * packet never asks for is never worked out.
 */
import type { Family } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { EndpointSlice } from "../cluster/objects.ts";
import type { KubeProxySettings } from "../cluster/settings.ts";
import { ByPort } from "./by-port.ts";
import {
	categorizeEndpoints,
	countEndpoints,
	type EndpointChoice,
	endpointsOfPort,
	hasHints,
	hasUsableEndpoint,
	isUsable,
	type NodeTopology,
	type ProxyEndpoint,
} from "./endpoints.ts";
import { type ProxyServicePort, proxyServicePorts } from "./service-port.ts";
import { type ProxyFeatures, proxyFeatures } from "./version.ts";

/** Whether a port has endpoints to send traffic to, as its rules on one node depend on it. */
export interface Availability {
	/** Somewhere in the cluster. */
	readonly any: boolean;
	/** For the cluster IP. */
	readonly internal: boolean;
	/** For traffic from outside. */
	readonly external: boolean;
}

const NOWHERE: Availability = { any: false, internal: false, external: false };
const EVERYWHERE: Availability = { any: true, internal: true, external: true };

/** Service ports by what packets ask them for. */
export interface AskedPorts {
	readonly ports: readonly ProxyServicePort[];
	/** By each of a port's addresses. */
	readonly byAddress: ReadonlyMap<string, readonly ProxyServicePort[]>;
	/** By the ports that are open on every node: the node port, and that of health checks. */
	readonly byNodePort: ReadonlyMap<number, readonly ProxyServicePort[]>;
}

/** The Service ports of one family. */
export class FamilyServices {
	readonly family: Family;
	readonly features: ProxyFeatures;
	readonly ports: readonly ProxyServicePort[];
	readonly #cluster: Cluster;
	readonly #endpoints = new ByPort<readonly ProxyEndpoint[]>();
	readonly #any = new ByPort<boolean>();
	readonly #nodes = new ByPort<ReadonlySet<string>>();
	readonly #hinted = new ByPort<boolean>();
	/** The choice of nodes that have no endpoint of the port: with policy Cluster, that of all nodes. */
	readonly #elsewhere = new ByPort<EndpointChoice>();
	#asked: AskedPorts | undefined;
	#byNode: Map<string, { readonly port: ProxyServicePort; readonly endpoint: ProxyEndpoint }[]> | undefined;

	constructor(cluster: Cluster, family: Family) {
		this.#cluster = cluster;
		this.family = family;
		this.features = proxyFeatures(cluster.kubeProxy);
		this.ports = proxyServicePorts(cluster.services, family, this.features);
	}

	get asked(): AskedPorts {
		this.#asked ??= askedPorts(this.ports);
		return this.#asked;
	}

	/** All endpoints of the port, usable or not. */
	endpoints(port: ProxyServicePort): readonly ProxyEndpoint[] {
		return this.#endpoints.get(port, () => endpointsOfPort(port, this.#slices(port)));
	}

	/** Whether nodes may choose different endpoints for the port. */
	dependsOnNode(port: ProxyServicePort): boolean {
		return port.usesLocalEndpoints || this.#isHinted(port);
	}

	/** The node has neither endpoints of its own nor hints to consider, so it chooses as all others that have none. */
	choosesAsOthers(port: ProxyServicePort, node: NodeTopology): boolean {
		const own = port.usesLocalEndpoints && this.#nodesWithUsable(port).has(node.name);
		return !own && !this.#isHinted(port);
	}

	/** The endpoints that serve the port on a node; one object for all nodes that choose as others. */
	choose(port: ProxyServicePort, node: NodeTopology): EndpointChoice {
		const choice = (on: NodeTopology): EndpointChoice =>
			categorizeEndpoints(this.endpoints(port), port, on, this.features);
		if (!this.choosesAsOthers(port, node)) return choice(node);
		return this.#elsewhere.get(port, () => choice({ name: "", zone: "" }));
	}

	#isHinted(port: ProxyServicePort): boolean {
		return this.#hinted.get(port, () => hasHints(port, this.#slices(port)));
	}

	availability(port: ProxyServicePort, nodeName: string): Availability {
		const any = this.#any.get(port, () => hasUsableEndpoint(port, this.#slices(port), this.features));
		if (!any) return NOWHERE;
		if (!port.usesLocalEndpoints) return EVERYWHERE;
		const here = this.#nodesWithUsable(port).has(nodeName);
		return { any, internal: !port.internalLocal || here, external: !port.externalLocal || here };
	}

	/** Every endpoint on a node, usable or not, with its port. */
	on(nodeName: string): readonly { readonly port: ProxyServicePort; readonly endpoint: ProxyEndpoint }[] {
		if (this.#byNode === undefined) {
			this.#byNode = new Map();
			for (const port of this.ports) {
				for (const endpoint of this.endpoints(port)) {
					const list = this.#byNode.get(endpoint.nodeName);
					if (list === undefined) this.#byNode.set(endpoint.nodeName, [{ port, endpoint }]);
					else list.push({ port, endpoint });
				}
			}
		}
		return nodeName === "" ? [] : (this.#byNode.get(nodeName) ?? []);
	}

	/** Whether all ports together have more endpoints than this: they are counted no further than that. */
	hasMoreEndpointsThan(most: number): boolean {
		let count = 0;
		for (const port of this.ports) {
			count += countEndpoints(port, this.#slices(port));
			if (count > most) return true;
		}
		return false;
	}

	#slices(port: ProxyServicePort): readonly EndpointSlice[] {
		return this.#cluster.slicesOf(`${port.service.namespace}/${port.service.name}`);
	}

	#nodesWithUsable(port: ProxyServicePort): ReadonlySet<string> {
		return this.#nodes.get(port, () => {
			const usable = this.endpoints(port).filter((endpoint) => isUsable(endpoint, this.features));
			return new Set(usable.map(({ nodeName }) => nodeName).filter((name) => name !== ""));
		});
	}
}

function askedPorts(ports: readonly ProxyServicePort[]): AskedPorts {
	const byAddress = new Map<string, ProxyServicePort[]>();
	const byNodePort = new Map<number, ProxyServicePort[]>();
	for (const port of ports) {
		for (const address of [port.clusterIP, ...port.externalIPs, ...port.loadBalancerVIPs]) {
			add(byAddress, address.text, port);
		}
		if (port.nodePort !== 0) add(byNodePort, port.nodePort, port);
		if (port.healthCheckNodePort !== 0) add(byNodePort, port.healthCheckNodePort, port);
	}
	return { ports, byAddress, byNodePort };
}

/** An address that a Service names twice counts once. */
function add<Key>(lists: Map<Key, ProxyServicePort[]>, key: Key, port: ProxyServicePort): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [port]);
	else if (list[list.length - 1] !== port) list.push(port);
}

/** What kube-proxy programs from, shared by all nodes of a cluster (`kubeProxy` takes it). */
export interface ServiceTables {
	readonly cluster: Cluster;
	readonly settings: KubeProxySettings;
	/** By family: kube-proxy runs one proxier for each, and a node without addresses of a family has none of its rules. */
	readonly families: Readonly<Record<Family, FamilyServices>>;
}

/** The tables of a cluster. Cheap: the work is done on first use. */
export function serviceTables(cluster: Cluster): ServiceTables {
	return {
		cluster,
		settings: cluster.kubeProxy,
		families: { 4: new FamilyServices(cluster, 4), 6: new FamilyServices(cluster, 6) },
	};
}

/** The value kept for `key`, made where there is none yet. */
export function remembered<Key, Value>(kept: Map<Key, Value>, key: Key, make: () => Value): Value {
	const value = kept.get(key);
	if (value !== undefined) return value;
	const made = make();
	kept.set(key, made);
	return made;
}
