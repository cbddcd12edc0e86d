/** Clusters for tests, said in a few words: what is not said is what Kubernetes and podpath take by default. */

import { type Address, address } from "../../src/address/address.ts";
import { type Prefix, prefix } from "../../src/address/prefix.ts";
import { NO_CALICO_OBJECTS } from "../../src/cluster/calico-objects.ts";
import type { AddressOwner, Cluster } from "../../src/cluster/cluster.ts";
import type {
	Endpoint,
	EndpointSlice,
	Node,
	ObjectMeta,
	Pod,
	Service,
	ServicePort,
} from "../../src/cluster/objects.ts";
import {
	type ClusterObject,
	DEFAULT_KUBE_PROXY,
	type FlannelSettings,
	type HostObject,
	type KubeProxySettings,
	type LoadBalancerObject,
	type SegmentObject,
	type VpcObject,
} from "../../src/cluster/settings.ts";
import { podPlace } from "../../src/state/place.ts";

function meta(name: string, namespace = ""): ObjectMeta {
	return { name, namespace, labels: {}, annotations: {}, source: { file: "test.yaml", line: 1 } };
}

const addresses = (texts: readonly string[] = []): Address[] => texts.map(address);
const prefixes = (texts: readonly string[] = []): Prefix[] => texts.map(prefix);

export function node(
	name: string,
	internalIPs: readonly string[],
	podCIDRs: readonly string[] = [],
	more: Partial<Node> = {},
): Node {
	return {
		...meta(name),
		kind: "Node",
		internalIPs: addresses(internalIPs),
		externalIPs: [],
		podCIDRs: prefixes(podCIDRs),
		ready: true,
		unschedulable: false,
		providerID: "",
		...more,
	};
}

export function pod(key: string, nodeName: string, podIPs: readonly string[], more: Partial<Pod> = {}): Pod {
	const [namespace = "", name = ""] = key.split("/");
	return {
		...meta(name, namespace),
		kind: "Pod",
		nodeName,
		hostNetwork: false,
		phase: "Running",
		ready: true,
		terminating: false,
		podIPs: addresses(podIPs),
		ports: [],
		owner: "",
		...more,
	};
}

export function service(key: string, clusterIPs: readonly string[], more: Partial<Service> = {}): Service {
	const [namespace = "", name = ""] = key.split("/");
	return {
		...meta(name, namespace),
		kind: "Service",
		type: "ClusterIP",
		selector: {},
		clusterIPs: addresses(clusterIPs),
		headless: false,
		externalIPs: [],
		loadBalancerIngress: [],
		ports: [servicePort(80)],
		externalTrafficPolicy: "Cluster",
		internalTrafficPolicy: "Cluster",
		loadBalancerSourceRanges: [],
		sessionAffinitySeconds: 0,
		healthCheckNodePort: 0,
		publishNotReadyAddresses: false,
		trafficDistribution: "",
		loadBalancerClass: "",
		...more,
	};
}

export function servicePort(port: number, more: Partial<ServicePort> = {}): ServicePort {
	return { name: "", protocol: "tcp", port, targetPort: port, nodePort: 0, ...more };
}

/** Ready endpoints of a Service, as `ADDRESS@NODE`. */
export function slice(key: string, endpoints: readonly string[], port = 80): EndpointSlice {
	const [namespace = "", serviceName = ""] = key.split("/");
	return {
		...meta(`${serviceName}-1`, namespace),
		kind: "EndpointSlice",
		serviceName,
		addressType: endpoints.some((each) => each.includes(":")) ? "IPv6" : "IPv4",
		ports: [{ name: "", protocol: "tcp", port }],
		endpoints: endpoints.map((each): Endpoint => {
			const [ip = "", nodeName = ""] = each.split("@");
			return {
				addresses: [address(ip)],
				ready: true,
				serving: true,
				terminating: false,
				nodeName,
				zone: "",
				forZones: [],
				forNodes: [],
				target: "",
			};
		}),
		derived: false,
	};
}

export function vpc(name: string, cidrs: readonly string[], vSwitches: Readonly<Record<string, string>>): VpcObject {
	return {
		...meta(name),
		kind: "VPC",
		cidrs: prefixes(cidrs),
		vSwitches: Object.entries(vSwitches).map(([cidr, gateway], i) => ({
			id: `vsw-${i}`,
			cidr: prefix(cidr),
			gateway: address(gateway),
		})),
		managedRoutes: true,
		routes: [],
		mtu: 1500,
	};
}

export function segment(
	name: string,
	cidrs: readonly string[],
	gateways: readonly string[],
	more: Partial<SegmentObject> = {},
): SegmentObject {
	return {
		...meta(name),
		kind: "Segment",
		cidrs: prefixes(cidrs),
		gateways: addresses(gateways),
		vlans: [],
		ports: [],
		mtu: 1500,
		...more,
	};
}

export function host(name: string, ips: readonly string[], more: Partial<HostObject> = {}): HostObject {
	return { ...meta(name), kind: "Host", addresses: addresses(ips), routes: [], ...more };
}

export interface ClusterParts {
	readonly mode?: string;
	readonly nodes?: readonly Node[];
	readonly pods?: readonly Pod[];
	readonly services?: readonly Service[];
	readonly endpointSlices?: readonly EndpointSlice[];
	readonly vpcs?: readonly VpcObject[];
	readonly segments?: readonly SegmentObject[];
	readonly hosts?: readonly HostObject[];
	readonly loadBalancers?: readonly LoadBalancerObject[];
	readonly settings?: Partial<ClusterObject>;
	readonly podCIDRs?: readonly string[];
	readonly kubeProxy?: Partial<KubeProxySettings>;
	readonly flannel?: Partial<FlannelSettings>;
}

export function clusterOf(parts: ClusterParts): Cluster {
	const { nodes = [], pods = [], services = [], endpointSlices = [], hosts = [] } = parts;
	const settings: ClusterObject = {
		...meta("test"),
		kind: "Cluster",
		mode: "",
		podCIDRs: [],
		serviceCIDRs: [],
		kubeProxy: {},
		flannel: {},
		terway: {},
		addressPools: [],
		nodeSysctls: {},
		sysctlsByNode: {},
		...parts.settings,
	};
	const podCIDRs = prefixes(parts.podCIDRs);
	const owners: { readonly of: readonly Address[]; readonly owner: AddressOwner }[] = [
		...pods.map((each) => ({ of: each.podIPs, owner: { kind: "pod", pod: each } as const })),
		...nodes.map((each) => ({ of: each.internalIPs, owner: { kind: "node", node: each } as const })),
		...hosts.map((each) => ({ of: each.addresses, owner: { kind: "host", host: each } as const })),
	];
	return {
		namespaces: [],
		nodes,
		pods,
		services,
		endpointSlices,
		vpcs: parts.vpcs ?? [],
		segments: parts.segments ?? [],
		hosts,
		loadBalancers: parts.loadBalancers ?? [],
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
		settings,
		mode: parts.mode ?? "",
		podCIDRs,
		serviceCIDRs: [],
		kubeProxy: { ...DEFAULT_KUBE_PROXY, ...parts.kubeProxy },
		terway: undefined,
		flannel: parts.flannel && { ...FLANNEL_DEFAULTS, networks: podCIDRs, ...parts.flannel },
		node: (name) => nodes.find((each) => each.name === name),
		pod: (key) => pods.find((each) => `${each.namespace}/${each.name}` === key),
		podAt: (place) => pods.find((each) => podPlace(each) === place),
		service: (key) => services.find((each) => `${each.namespace}/${each.name}` === key),
		podENI: () => undefined,
		host: (name) => hosts.find((each) => each.name === name),
		eni: () => undefined,
		securityGroup: () => undefined,
		prefixList: () => undefined,
		slicesOf: (key) => endpointSlices.filter((each) => `${each.namespace}/${each.serviceName}` === key),
		podsOn: (nodeName) => pods.filter((each) => each.nodeName === nodeName && !each.hostNetwork),
		ownersOf: (wanted) =>
			owners.filter(({ of }) => of.some((each) => each.text === wanted.text)).map(({ owner }) => owner),
		warnings: [],
	};
}

const FLANNEL_DEFAULTS: Omit<FlannelSettings, "networks"> = {
	backend: "vxlan",
	vni: 1,
	port: 0,
	directRouting: false,
	ipMasq: true,
	enableNFTables: false,
	mtu: 0,
};
