/** Services, EndpointSlices and a cluster of just these, for tests of kube-proxy: written as kubernetes' own tests write them. */

import { address } from "../../src/address/address.ts";
import { prefix } from "../../src/address/prefix.ts";
import { NO_CALICO_OBJECTS } from "../../src/cluster/calico-objects.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import type { Endpoint, EndpointPort, EndpointSlice, Service, ServicePort } from "../../src/cluster/objects.ts";
import { DEFAULT_KUBE_PROXY, type KubeProxySettings } from "../../src/cluster/settings.ts";
import type { ProxyNode } from "../../src/service/proxy-node.ts";

const META = { labels: {}, annotations: {}, source: { file: "test.yaml", line: 1 } };

type PortSpec = Partial<ServicePort> & Pick<ServicePort, "port">;

export interface ServiceSpec
	extends Partial<Omit<Service, "clusterIPs" | "externalIPs" | "ports" | "loadBalancerIngress">> {
	readonly clusterIP?: string;
	readonly clusterIPs?: readonly string[];
	readonly externalIPs?: readonly string[];
	readonly ingress?: readonly (string | { readonly ip: string; readonly ipMode: "VIP" | "Proxy" })[];
	readonly sourceRanges?: readonly string[];
	readonly ports: readonly PortSpec[];
}

export function service(key: string, spec: ServiceSpec): Service {
	const [namespace = "", name = ""] = key.split("/");
	const { clusterIP, clusterIPs, externalIPs = [], ingress = [], sourceRanges = [], ports, ...rest } = spec;
	return {
		...META,
		kind: "Service",
		namespace,
		name,
		type: "ClusterIP",
		selector: null,
		headless: false,
		externalTrafficPolicy: "Cluster",
		internalTrafficPolicy: "Cluster",
		sessionAffinitySeconds: 0,
		healthCheckNodePort: 0,
		publishNotReadyAddresses: false,
		trafficDistribution: "",
		loadBalancerClass: "",
		...rest,
		clusterIPs: (clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP])).map(address),
		externalIPs: externalIPs.map(address),
		loadBalancerIngress: ingress.map((entry) =>
			typeof entry === "string" ? { ip: address(entry), ipMode: "VIP" } : { ...entry, ip: address(entry.ip) },
		),
		loadBalancerSourceRanges: sourceRanges.map(prefix),
		ports: ports.map((port) => ({ name: "", protocol: "tcp", targetPort: port.port, nodePort: 0, ...port })),
	};
}

export type EndpointSpec = string | ({ readonly address: string } & Partial<Omit<Endpoint, "addresses">>);

/** An endpoint: ready and on no known node where nothing else is said. */
function endpoint(spec: EndpointSpec): Endpoint {
	const { address: text, ...rest } = typeof spec === "string" ? { address: spec } : spec;
	return {
		addresses: [address(text)],
		ready: true,
		serving: true,
		terminating: false,
		nodeName: "",
		zone: "",
		forZones: [],
		forNodes: [],
		target: "",
		...rest,
	};
}

/** `of` is the Service's key; all endpoints are of one family. */
export function slice(of: string, endpoints: readonly EndpointSpec[], ports: readonly EndpointPort[]): EndpointSlice {
	const [namespace = "", serviceName = ""] = of.split("/");
	const made = endpoints.map(endpoint);
	return {
		...META,
		kind: "EndpointSlice",
		namespace,
		name: `${serviceName}-1`,
		serviceName,
		addressType: made[0]?.addresses[0]?.family === 6 ? "IPv6" : "IPv4",
		ports,
		endpoints: made,
		derived: false,
	};
}

export interface ClusterSpec {
	readonly services: readonly Service[];
	readonly slices?: readonly EndpointSlice[];
	readonly podCIDRs?: readonly string[];
	readonly serviceCIDRs?: readonly string[];
	readonly kubeProxy?: Partial<KubeProxySettings>;
}

/** A cluster that has nothing else: kube-proxy needs no Pods. */
export function proxiedCluster(spec: ClusterSpec): Cluster {
	const { services, slices = [], podCIDRs = [], serviceCIDRs = [], kubeProxy = {} } = spec;
	return {
		namespaces: [],
		nodes: [],
		pods: [],
		services,
		endpointSlices: slices,
		vpcs: [],
		segments: [],
		hosts: [],
		loadBalancers: [],
		securityGroups: [],
		prefixLists: [],
		enis: [],
		podNetworkings: [],
		podENIs: [],
		networkPolicies: [],
		foreignPolicies: [],
		namespace: () => undefined,
		calico: NO_CALICO_OBJECTS,
		hybridnetNetworks: [],
		hybridnetSubnets: [],
		ipInstances: [],
		assignedAddresses: [],
		terway: undefined,
		podENI: () => undefined,
		podAt: () => undefined,
		settings: undefined,
		mode: "",
		podCIDRs: podCIDRs.map(prefix),
		serviceCIDRs: serviceCIDRs.map(prefix),
		kubeProxy: { ...DEFAULT_KUBE_PROXY, ...kubeProxy },
		flannel: undefined,
		node: () => undefined,
		pod: () => undefined,
		service: (key) => services.find(({ namespace, name }) => `${namespace}/${name}` === key),
		host: () => undefined,
		eni: () => undefined,
		securityGroup: () => undefined,
		prefixList: () => undefined,
		slicesOf: (key) => slices.filter(({ namespace, serviceName }) => `${namespace}/${serviceName}` === key),
		podsOn: () => [],
		ownersOf: () => [],
		warnings: [],
	};
}

/** The node of kubernetes' tests of kube-proxy: test-node with 192.168.0.2 and more addresses. */
export const TEST_NODE: ProxyNode = {
	name: "test-node",
	zone: "",
	nodeAddresses: ["192.168.0.2", "2001:db8::1"].map(address),
	deviceAddresses: [
		"127.0.0.1",
		"::1",
		"192.168.0.2",
		"192.168.1.2",
		"192.168.99.11",
		"2001:db8::1",
		"2001:db8:1::2",
	].map(address),
	podCIDRs: [],
};
