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
import { isExternalLocal, isInternalLocal, type ProxyServicePort } from "./service-port.ts";
import { ServicePorts } from "./service-ports.ts";
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

/** The Service ports of one family. */
export class FamilyServices {
	readonly family: Family;
	readonly features: ProxyFeatures;
	/** Its ports, for whoever asks for some of them. */
	readonly servicePorts: ServicePorts;
	readonly #cluster: Cluster;
	readonly #endpoints = new ByPort<readonly ProxyEndpoint[]>();
	readonly #any = new ByPort<boolean>();
	readonly #nodes = new ByPort<ReadonlySet<string>>();
	readonly #hinted = new ByPort<boolean>();
	/** The choice of nodes that have no endpoint of the port: with policy Cluster, that of all nodes. */
	readonly #elsewhere = new ByPort<EndpointChoice>();
	#byNode: Map<string, { readonly port: ProxyServicePort; readonly endpoint: ProxyEndpoint }[]> | undefined;

	constructor(cluster: Cluster, family: Family) {
		this.#cluster = cluster;
		this.family = family;
		this.features = proxyFeatures(cluster.kubeProxy);
		this.servicePorts = new ServicePorts(cluster.services, family, this.features);
	}

	/** All of them, in the order of the input: made on first use. */
	get ports(): readonly ProxyServicePort[] {
		return this.servicePorts.all;
	}

	/** Those with policy Local for traffic of the cluster, or from outside. */
	localPorts(policy: "internal" | "external"): readonly ProxyServicePort[] {
		return this.servicePorts.where((service) =>
			policy === "internal" ? isInternalLocal(service, this.features) : isExternalLocal(service),
		);
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
		for (const port of this.servicePorts.inTurn()) {
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
