/**
 * What Kubernetes has no object for: the network mode, kube-proxy's settings, and the network that the machines stand in.
 * People write these as kinds of podpath's own (`apiVersion: podpath.dev/v1alpha1`); what real clusters do have an object
 * for is read from there too (kube-proxy's and flannel's ConfigMaps).
 */
import type { Address } from "../address/address.ts";
import { type Prefix, prefix } from "../address/prefix.ts";
import type { AddressRange } from "../ipam/range.ts";
import type { ObjectMeta, TransportProtocol } from "./objects.ts";

export type ProxyMode = "ipvs" | "iptables" | "nftables" | "none";

/** kube-proxy, as KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) says it. */
export interface KubeProxySettings {
	readonly mode: ProxyMode;
	/** Kubernetes' minor version, 1.MINOR: what kube-proxy programs changed over time. Null: not said, the newest is taken. */
	readonly minorVersion: number | null;
	/** Empty: not said; the cluster's pod CIDRs are then taken where `detectLocalMode` is ClusterCIDR. */
	readonly clusterCIDRs: readonly Prefix[];
	readonly detectLocalMode: "ClusterCIDR" | "NodeCIDR" | "BridgeInterface" | "InterfaceNamePrefix";
	/** Name or prefix of the interface for the two interface modes of detectLocal. */
	readonly detectLocalInterface: string;
	readonly masqueradeAll: boolean;
	/** The bit of the mark that asks for masquerading: 14, that is 0x4000. */
	readonly masqueradeBit: number;
	/** Empty: every local address. The word `primary` means the node's own addresses. */
	readonly nodePortAddresses: readonly (Prefix | "primary")[];
	readonly localhostNodePorts: boolean;
	readonly ipvsScheduler: string;
	readonly strictARP: boolean;
	readonly tcpBeLiberal: boolean;
	/**
	 * IPVS: an external address with policy Local and no local endpoint falls back to all endpoints
	 * (kubernetes/kubernetes#97081, from 1.21). Null: follows from the version.
	 */
	readonly lbLocalFallback: boolean | null;
}

export const DEFAULT_KUBE_PROXY: KubeProxySettings = {
	mode: "iptables",
	minorVersion: null,
	clusterCIDRs: [],
	detectLocalMode: "ClusterCIDR",
	detectLocalInterface: "",
	masqueradeAll: false,
	masqueradeBit: 14,
	nodePortAddresses: [],
	localhostNodePorts: true,
	ipvsScheduler: "rr",
	strictARP: false,
	tcpBeLiberal: false,
	lbLocalFallback: null,
};

/** Flannel, as net-conf.json and flanneld's flags say it. */
export interface FlannelSettings {
	readonly networks: readonly Prefix[];
	readonly backend: "vpc" | "host-gw" | "vxlan" | "ipip";
	readonly vni: number;
	/** 0: the kernel's default, 8472. */
	readonly port: number;
	readonly directRouting: boolean;
	/** flanneld's --ip-masq. */
	readonly ipMasq: boolean;
	readonly enableNFTables: boolean;
	/** 0: from the external interface. */
	readonly mtu: number;
}

/** What flanneld takes where nothing is said (Documentation/configuration.md; kube-flannel.yml runs it with --ip-masq). */
export const DEFAULT_FLANNEL: Omit<FlannelSettings, "backend" | "networks"> = {
	vni: 1,
	port: 0,
	directRouting: false,
	ipMasq: true,
	enableNFTables: false,
	mtu: 0,
};

/** Terway, as its ConfigMap eni-config and the flags of its daemon say it. */
export interface TerwaySettings {
	/** What Terway programs changed over time: major, minor, patch. Null: not said, the newest is taken. */
	readonly version: TerwayVersion | null;
	/** `enable_eni_trunking`: pods that match a PodNetworking get a member of the trunk ENI. */
	readonly trunk: boolean;
	/** `filter`: tc pushes and pops the VLAN on the trunk; `vlan`: the pod has a VLAN device of the trunk. */
	readonly vlanStripType: "filter" | "vlan";
	/** What pods with an ENI of their own reach through their node's stack, besides the Service CIDRs. */
	readonly hostStackCIDRs: readonly Prefix[];
	/** Of eni-config: for the ENIs of pods that no PodNetworking says more about. Empty: the primary ENI's. */
	readonly securityGroups: readonly string[];
	readonly vSwitches: readonly string[];
	/** `crd`: the control plane gives every pod's addresses, so that one that matches nothing gets eni-config's. */
	readonly ipamType: "default" | "crd";
	/** Shared and trunk pods together are no more than shared ones alone could be (ACK's article, against Terway's code). */
	readonly trunkSharesQuota: boolean;
	/** Blocks of 16 addresses instead of single ones. */
	readonly ipPrefix: boolean;
	/** `eni_cap_ratio` and `eni_cap_shift`, by which the daemon counts the ENIs that it may use; 1 and 0. */
	readonly eniCapRatio: number;
	readonly eniCapShift: number;
	/** `max_eni`; 0: no limit. */
	readonly maxENI: number;
	/** 0: 1500. */
	readonly mtu: number;
	/** False: `disable_network_policy` of eni-config. */
	readonly networkPolicy: boolean;
	/** `in_cluster_loadbalance`: eBPF resolves load balancers' addresses inside the cluster. */
	readonly inClusterLoadBalance: boolean;
}

export type TerwayVersion = readonly [major: number, minor: number, patch: number];

/** What Terway takes where nothing is said (types/daemon/config.go, plugin/terway/cni.go). */
export const DEFAULT_TERWAY: TerwaySettings = {
	version: null,
	trunk: false,
	vlanStripType: "filter",
	hostStackCIDRs: [prefix("169.254.20.10/32")],
	securityGroups: [],
	vSwitches: [],
	ipamType: "default",
	trunkSharesQuota: false,
	ipPrefix: false,
	eniCapRatio: 1,
	eniCapShift: 0,
	maxENI: 0,
	mtu: 0,
	networkPolicy: true,
	inClusterLoadBalance: false,
};

/** Contiv, as `netctl` sets it up; no object of Kubernetes holds it. */
export interface ContivSettings {
	/** The card that is the switch's way out (`--vlan-if`). */
	readonly uplink: string;
	readonly networks: readonly ContivNetwork[];
	/** One for a node at most. */
	readonly bgp: readonly ContivBgp[];
}

/** `netctl bgp create`: a node as router, and the switch that it speaks with. */
export interface ContivBgp {
	readonly node: string;
	/** `--router-ip`, with the length of its prefix. */
	readonly routerIP: Address;
	readonly prefixLength: number;
	readonly as: number;
	readonly neighbour: Address;
	readonly neighbourAs: number;
}

/** `netctl network create`, for `--encap vlan`. */
export interface ContivNetwork {
	/** Pods name it by label `io.contiv.network`; `default-net` is of those that name none. */
	readonly name: string;
	/** By label `io.contiv.tenant`. */
	readonly tenant: string;
	/** `--pkt-tag`. */
	readonly vlan: number;
	/** One of each family at most. */
	readonly subnets: readonly ContivSubnet[];
}

export interface ContivSubnet {
	readonly cidr: Prefix;
	/** Out of which pods get theirs. */
	readonly range: AddressRange;
	/** Null: none. */
	readonly gateway: Address | null;
}

/** A pool of single addresses, as Bifrost's: from one to another. */
export interface AddressPoolSettings {
	readonly name: string;
	readonly range: AddressRange;
	readonly exclude: readonly Address[];
	/** Whose pods may have its addresses; empty: all. */
	readonly namespaces: readonly string[];
}

/** Kind `Cluster`: one a set of manifests. */
export interface ClusterObject extends ObjectMeta {
	readonly kind: "Cluster";
	/** `flannel-vpc`, `flannel-vxlan` … or empty: not said. */
	readonly mode: string;
	readonly podCIDRs: readonly Prefix[];
	readonly serviceCIDRs: readonly Prefix[];
	/** Settings of `spec.kubeProxy` that were given. */
	readonly kubeProxy: Partial<KubeProxySettings>;
	/** Settings of `spec.flannel` that were given. */
	readonly flannel: Partial<FlannelSettings>;
	/** Settings of `spec.terway` that were given. */
	readonly terway: Partial<TerwaySettings>;
	/** Absent: `spec.contiv` is not said. */
	readonly contiv?: ContivSettings;
	/** Out of which pods get addresses in networks whose pools no object of Kubernetes describes: Bifrost's, macvlan's, ipvlan's. */
	readonly addressPools: readonly AddressPoolSettings[];
	/** Sysctls that every node has besides what the network sets. */
	readonly nodeSysctls: Readonly<Record<string, string>>;
	/** The same for single nodes. */
	readonly sysctlsByNode: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Kind `VPC`: a cloud's router with its vSwitches (subnets). */
export interface VpcObject extends ObjectMeta {
	readonly kind: "VPC";
	readonly cidrs: readonly Prefix[];
	readonly vSwitches: readonly { readonly id: string; readonly cidr: Prefix; readonly gateway: Address }[];
	/** The cloud controller keeps an entry podCIDR -> instance for each Node (true unless said otherwise). */
	readonly managedRoutes: boolean;
	readonly routes: readonly { readonly destination: Prefix; readonly nextHop: string; readonly line: number }[];
	readonly mtu: number;
}

/** Kind `Segment`: one layer 2 network that machines stand in. */
export interface SegmentObject extends ObjectMeta {
	readonly kind: "Segment";
	readonly cidrs: readonly Prefix[];
	/** The router's addresses on the segment; empty: none. */
	readonly gateways: readonly Address[];
	/** VLANs besides the segment's own network, whose frames have no tag. */
	readonly vlans: readonly SegmentVlanObject[];
	/** Ports of the switch that are configured. */
	readonly ports: readonly SegmentPortObject[];
	readonly mtu: number;
}

export interface SegmentVlanObject {
	/** 1 to 4094. */
	readonly id: number;
	readonly cidrs: readonly Prefix[];
	readonly gateways: readonly Address[];
	readonly line: number;
}

export interface SegmentPortObject {
	/** `node/NAME` or `host/NAME`, or only the name. */
	readonly machine: string;
	/** Empty: every card that the machine has on the segment. */
	readonly device: string;
	/** The VLAN of frames without a tag; null: the segment's own network. */
	readonly untagged: number | null;
	readonly tagged: readonly number[] | "all";
	readonly line: number;
}

/** Kind `Host`: a machine that is no node of the cluster. */
export interface HostObject extends ObjectMeta {
	readonly kind: "Host";
	readonly addresses: readonly Address[];
	/** Its routes besides the default one, as `ip route` writes them. */
	readonly routes: readonly { readonly destination: Prefix; readonly via: Address }[];
	/** It is a router: it passes packets on between its cards, one for each segment that it has an address in. */
	readonly forwarding?: boolean;
	/** It speaks BGP, as a top-of-rack switch does. */
	readonly bgp?: HostBgp;
}

/** How a host speaks BGP. */
export interface HostBgp {
	readonly asNumber: number;
	/** An IPv4 address; absent: the first that the host has. */
	readonly routerID?: Address;
	/** It is a route reflector for the neighbours that it calls clients. */
	readonly clusterID?: Address;
	readonly neighbours: readonly HostBgpNeighbour[];
	/** Routes that are as good as the best are used together with it. */
	readonly multipath: boolean;
	/** What it originates. */
	readonly networks: readonly Prefix[];
}

export interface HostBgpNeighbour {
	readonly address: Address;
	readonly asNumber: number;
	readonly routeReflectorClient: boolean;
	/** It is the next hop of all that it tells. */
	readonly nextHopSelf: boolean;
	/** Of what the neighbour tells; absent: 100. */
	readonly localPreference?: number;
}

/** Kind `LoadBalancer`: what stands in front of a Service's node ports where the derived one is not right. */
export interface LoadBalancerObject extends ObjectMeta {
	readonly kind: "LoadBalancer";
	/** `NAMESPACE/NAME` of the Service. */
	readonly service: string;
	readonly addresses: readonly Address[];
	/** Null: backends see the client's address. Else those of the load balancer that they see; empty: not said. */
	readonly localAddresses: readonly Address[] | null;
	/** What single listeners have of their own. */
	readonly listeners: readonly ListenerObject[];
	/** Null: derived from the Service's traffic policy, as a cloud controller mounts them. */
	readonly backends: readonly BackendObject[] | null;
}

export interface ListenerObject {
	readonly port: number;
	readonly protocol: TransportProtocol;
	readonly scheduler: "rr" | "wrr" | "wlc" | "sch";
	/** Null: everybody is let in. */
	readonly acl: { readonly type: "white" | "black"; readonly cidrs: readonly Prefix[] } | null;
}

/** A member of a load balancer's server group: an instance (`ecs`), or one address of an ENI (`eni`). */
export interface BackendObject {
	/** Empty for an ENI. */
	readonly node: string;
	/** Empty for an instance. */
	readonly eni: string;
	/** Of an ENI: which of its addresses. Null for an instance. */
	readonly address: Address | null;
	readonly listenerPort: number;
	readonly port: number;
	readonly protocol: TransportProtocol;
	/** 0: no new connections. */
	readonly weight: number;
	/** False: its health check fails. */
	readonly healthy: boolean;
}

/** Kind `SecurityGroup`: an ECS security group, as DescribeSecurityGroupAttribute says it. Its name is its id. */
export interface SecurityGroupObject extends ObjectMeta {
	readonly kind: "SecurityGroup";
	/** `advanced` is what the API calls `enterprise`. */
	readonly type: "basic" | "advanced";
	/** Whether members of the same basic group reach each other without a rule (InnerAccessPolicy). */
	readonly innerAccess: "accept" | "drop";
	readonly rules: readonly SecurityGroupRuleObject[];
}

export interface SecurityGroupRuleObject {
	readonly direction: "ingress" | "egress";
	readonly protocol: "all" | "tcp" | "udp" | "icmp" | "icmpv6" | "gre";
	/** Null: all of them (`-1/-1`). */
	readonly ports: { readonly from: number; readonly to: number } | null;
	readonly policy: "accept" | "drop";
	/** 1 to 100; 1 is asked first. */
	readonly priority: number;
	/** Whom the rule is about: the source of what comes in, the destination of what goes out. */
	readonly peer:
		| { readonly kind: "cidr"; readonly cidr: Prefix }
		| { readonly kind: "security-group"; readonly id: string }
		| { readonly kind: "prefix-list"; readonly id: string };
	readonly line: number;
}

/** Kind `PrefixList`: CIDRs that rules of security groups name together. Its name is its id. */
export interface PrefixListObject extends ObjectMeta {
	readonly kind: "PrefixList";
	readonly cidrs: readonly Prefix[];
}

/** Kind `ENI`: an elastic network interface, as DescribeNetworkInterfaces says it. Its name is its id. */
export interface EniObject extends ObjectMeta {
	readonly kind: "ENI";
	readonly type: "primary" | "secondary" | "trunk" | "member";
	/**
	 * `node/NAME` or `host/NAME`: the instance that it is attached to. Of a member empty or its trunk's. A network mode moves
	 * one that a pod has for itself to `pod/NAMESPACE/NAME`.
	 */
	readonly instance: string;
	/** By which the instance has it: `eth1`. Empty for a member; for others where it is not said. */
	readonly device: string;
	/** Of a member: the id of its trunk, and the VLAN that leads to it there. */
	readonly trunk: string;
	readonly vlan: number | null;
	/** Id of its vSwitch; empty: that of its addresses. */
	readonly vSwitch: string;
	/** Empty: not said. */
	readonly mac: string;
	readonly addresses: readonly Address[];
	/** Null: not said. */
	readonly securityGroups: readonly string[] | null;
	/** It drops what is neither from nor for one of its addresses (ECS: SourceDestCheck). */
	readonly sourceDestCheck: boolean;
}

export type OwnObject =
	| ClusterObject
	| VpcObject
	| SegmentObject
	| HostObject
	| LoadBalancerObject
	| SecurityGroupObject
	| PrefixListObject
	| EniObject;

/** The apiVersion of podpath's own kinds. */
export const OWN_API_VERSION = "podpath.dev/v1alpha1";
