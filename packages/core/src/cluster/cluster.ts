/** A whole cluster as podpath reads it: objects with indexes, made once and then immutable. */

import type { Address } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Place } from "../state/place.ts";
import type { CalicoObjects } from "./calico-objects.ts";
import type { HybridnetNetwork, HybridnetSubnet, IPInstance } from "./hybridnet-objects.ts";
import type { AssignedAddress } from "./ipam/assign.ts";
import type { ForeignPolicy, NetworkPolicy } from "./network-policy.ts";
import type { EndpointSlice, NamespaceObject, Node, Pod, Service } from "./objects.ts";
import type {
	ClusterObject,
	EniObject,
	FlannelSettings,
	HostObject,
	KubeProxySettings,
	LoadBalancerObject,
	PrefixListObject,
	SecurityGroupObject,
	SegmentObject,
	TerwaySettings,
	VpcObject,
} from "./settings.ts";
import type { PodEni, PodNetworking } from "./terway-objects.ts";

/** Who has an address by name. */
export type AddressOwner =
	| { readonly kind: "pod"; readonly pod: Pod }
	| { readonly kind: "node"; readonly node: Node }
	| { readonly kind: "host"; readonly host: HostObject }
	| {
			readonly kind: "service";
			readonly service: Service;
			readonly via: "cluster-ip" | "external-ip" | "load-balancer";
	  };

export interface Cluster {
	readonly namespaces: readonly NamespaceObject[];
	readonly nodes: readonly Node[];
	readonly pods: readonly Pod[];
	readonly services: readonly Service[];
	readonly endpointSlices: readonly EndpointSlice[];
	readonly vpcs: readonly VpcObject[];
	readonly segments: readonly SegmentObject[];
	readonly hosts: readonly HostObject[];
	readonly loadBalancers: readonly LoadBalancerObject[];
	readonly securityGroups: readonly SecurityGroupObject[];
	readonly prefixLists: readonly PrefixListObject[];
	/** As the input describes them; a network mode may add more (`NetworkMode.enis`). */
	readonly enis: readonly EniObject[];
	/** In the order of the API server, by name. */
	readonly podNetworkings: readonly PodNetworking[];
	readonly podENIs: readonly PodEni[];
	readonly networkPolicies: readonly NetworkPolicy[];
	/** Policies of other APIs, which are not evaluated. */
	readonly foreignPolicies: readonly ForeignPolicy[];
	readonly calico: CalicoObjects;
	readonly hybridnetNetworks: readonly HybridnetNetwork[];
	/** In the order of the API server, by name. */
	readonly hybridnetSubnets: readonly HybridnetSubnet[];
	readonly ipInstances: readonly IPInstance[];
	readonly settings: ClusterObject | undefined;

	/** Network mode: what `Cluster` says, else what the objects of the CNI show; empty where nothing tells. */
	readonly mode: string;
	readonly podCIDRs: readonly Prefix[];
	readonly serviceCIDRs: readonly Prefix[];
	readonly kubeProxy: KubeProxySettings;
	readonly flannel: FlannelSettings | undefined;
	/** In a mode of Terway. */
	readonly terway: TerwaySettings | undefined;

	namespace(name: string): NamespaceObject | undefined;
	node(name: string): Node | undefined;
	/** By `NAMESPACE/NAME`. */
	pod(key: string): Pod | undefined;
	/** The pod that has a place; undefined for other places. */
	podAt(place: Place): Pod | undefined;
	/** By `NAMESPACE/NAME`. */
	service(key: string): Service | undefined;
	host(name: string): HostObject | undefined;
	/** By its id. */
	eni(id: string): EniObject | undefined;
	securityGroup(id: string): SecurityGroupObject | undefined;
	prefixList(id: string): PrefixListObject | undefined;
	/** The PodENI of the pod `NAMESPACE/NAME`. */
	podENI(key: string): PodEni | undefined;
	/** Slices of a Service by `NAMESPACE/NAME`, derived ones included. */
	slicesOf(serviceKey: string): readonly EndpointSlice[];
	/** Pods with their own network namespace on a node, in the order of the input. */
	podsOn(nodeName: string): readonly Pod[];
	/** Everyone who claims the address; the first is the answer where only one is wanted. */
	ownersOf(address: Address): readonly AddressOwner[];

	/** Addresses that the input does not say and that pods got by the rules of their network's IPAM. */
	readonly assignedAddresses: readonly AssignedAddress[];

	/** Warnings of loading: unknown fields, kinds that were passed over. Errors are thrown instead. */
	readonly warnings: readonly Diagnostic[];
}
