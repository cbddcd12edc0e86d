/**
 * The Kubernetes objects that decide paths, reduced to what podpath reads of them. Field names are Kubernetes' own.
 * Every object keeps the file and line where it stands.
 */
import type { Address, Family } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { SourcePosition } from "../origin/origin.ts";
import type { NetworkAttachment, NetworkSelection, NetworkStatus } from "./multus-objects.ts";

export interface ObjectMeta {
	readonly name: string;
	/** Empty for cluster-scoped objects. */
	readonly namespace: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	readonly source: SourcePosition;
}

export interface NamespaceObject extends ObjectMeta {
	readonly kind: "Namespace";
	/** Pools that addresses of its Pods are to be from; absent: any. */
	readonly poolRequests?: readonly PoolRequest[];
}

export interface Node extends ObjectMeta {
	readonly kind: "Node";
	readonly internalIPs: readonly Address[];
	readonly externalIPs: readonly Address[];
	readonly podCIDRs: readonly Prefix[];
	/** Condition Ready; a Node that does not say is taken to be ready. */
	readonly ready: boolean;
	readonly unschedulable: boolean;
	/** What the kubelet can give to pods of `pods` and of Terway's own resources (`aliyun/eni` …); absent: the Node does not say. */
	readonly allocatable?: Readonly<Record<string, number>>;
	/** `spec.providerID`, as `REGION.INSTANCE` on Alibaba Cloud. */
	readonly providerID: string;
}

export type TransportProtocol = "tcp" | "udp" | "sctp";

export interface ContainerPort {
	readonly name: string;
	readonly containerPort: number;
	readonly protocol: TransportProtocol;
}

export interface Pod extends ObjectMeta {
	readonly kind: "Pod";
	readonly nodeName: string;
	readonly hostNetwork: boolean;
	readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
	/** Condition Ready; a running Pod that does not say is taken to be ready. */
	readonly ready: boolean;
	/** `metadata.deletionTimestamp` is set. */
	readonly terminating: boolean;
	readonly podIPs: readonly Address[];
	readonly ports: readonly ContainerPort[];
	/** `KIND/NAME` of the controlling owner, or empty. */
	readonly owner: string;
	/** What its containers ask of Terway's resources (`aliyun/eni`, `aliyun/member-eni`); absent: nothing. */
	readonly requests?: Readonly<Record<string, number>>;
	/** What its annotations ask of its network's IPAM; absent: nothing. */
	readonly addressRequests?: AddressRequests;
	/** Networks besides the default one that it asks Multus for; absent: none. */
	readonly networks?: readonly NetworkSelection[];
	/** The network that takes the place of the cluster's default one; absent: none does. */
	readonly defaultNetwork?: NetworkSelection;
	/** What Multus says of its cards; absent: nothing. */
	readonly networkStatus?: readonly NetworkStatus[];
	/** Its cards besides the cluster's own network's, as Multus makes them, `defaultNetwork`'s first; absent: none. */
	readonly attachments?: readonly NetworkAttachment[];
	/** Its status says neither phase nor address, as in what a person writes: IPAM's rules then give it addresses. */
	readonly withoutStatus?: true;
	/** As the API server gave it; by it a node's processes tell their pod. */
	readonly uid?: string;
}

/** What annotations ask of IPAM, each with the place where it stands. */
export interface AddressRequests {
	/** Addresses that the pod is to have. */
	readonly fixed: readonly FixedAddress[];
	/** Pools that its addresses are to be from, by name or by CIDR; empty: any. */
	readonly pools: readonly PoolRequest[];
}

export interface FixedAddress {
	readonly address: Address;
	/** The annotation that asks for it. */
	readonly annotation: string;
	/** The address need not be of any pool (Calico's `ipAddrsNoIpam`). */
	readonly withoutPool: boolean;
	readonly source: SourcePosition;
}

export interface PoolRequest {
	readonly pool: string;
	readonly annotation: string;
	readonly source: SourcePosition;
}

export type TrafficPolicy = "Cluster" | "Local";

export interface ServicePort {
	readonly name: string;
	readonly protocol: TransportProtocol;
	readonly port: number;
	/** A number, or the name of a container port. */
	readonly targetPort: number | string;
	/** 0: none. */
	readonly nodePort: number;
}

export interface Service extends ObjectMeta {
	readonly kind: "Service";
	readonly type: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
	/** Null: a Service without selector, whose endpoints somebody else writes. */
	readonly selector: Readonly<Record<string, string>> | null;
	/** Empty for headless Services. */
	readonly clusterIPs: readonly Address[];
	readonly headless: boolean;
	/** `spec.ipFamilies`; absent where it is not said. */
	readonly ipFamilies?: readonly Family[];
	readonly externalIPs: readonly Address[];
	/** `status.loadBalancer.ingress[].ip`; `proxy` where `ipMode` is Proxy: kube-proxy then leaves the address alone. */
	readonly loadBalancerIngress: readonly { readonly ip: Address; readonly ipMode: "VIP" | "Proxy" }[];
	readonly ports: readonly ServicePort[];
	readonly externalTrafficPolicy: TrafficPolicy;
	readonly internalTrafficPolicy: TrafficPolicy;
	readonly loadBalancerSourceRanges: readonly Prefix[];
	/** Seconds, or 0: no session affinity. */
	readonly sessionAffinitySeconds: number;
	/** 0: none. */
	readonly healthCheckNodePort: number;
	readonly publishNotReadyAddresses: boolean;
	/** `PreferClose`, `PreferSameZone`, `PreferSameNode` or empty. */
	readonly trafficDistribution: string;
	/** `spec.loadBalancerClass`, or empty. */
	readonly loadBalancerClass: string;
}

export interface Endpoint {
	readonly addresses: readonly Address[];
	readonly ready: boolean;
	readonly serving: boolean;
	readonly terminating: boolean;
	/** Empty: not known to be on any node. */
	readonly nodeName: string;
	readonly zone: string;
	/** Zones and nodes of `hints`, for topology aware routing. */
	readonly forZones: readonly string[];
	readonly forNodes: readonly string[];
	/** `pod/NAMESPACE/NAME`, or empty. */
	readonly target: string;
}

export interface EndpointPort {
	readonly name: string;
	readonly protocol: TransportProtocol;
	/** Null: every port. */
	readonly port: number | null;
}

/** Endpoints of one Service and family: read from the input, or derived from selector and readiness. */
export interface EndpointSlice extends ObjectMeta {
	readonly kind: "EndpointSlice";
	/** Label `kubernetes.io/service-name`. */
	readonly serviceName: string;
	readonly addressType: "IPv4" | "IPv6";
	readonly ports: readonly EndpointPort[];
	readonly endpoints: readonly Endpoint[];
	/** Not in the input: made from the Service's selector and its Pods, as the endpoint slice controller does. */
	readonly derived: boolean;
}
