/** Calico's objects (projectcalico.org/v3, crd.projectcalico.org/v1), reduced to what podpath reads of them. */
import type { Address, Family } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { CalicoSelector } from "./calico-selector.ts";
import type { ObjectMeta } from "./objects.ts";

/** What `calicoctl` and Calico's API server show, and what the resources behind them are called in the cluster. */
export const CALICO_GROUPS = ["projectcalico.org", "crd.projectcalico.org"] as const;

export type EncapsulationMode = "Always" | "CrossSubnet" | "Never";

/** Addresses for pods, and how packets between them travel. */
export interface IpPool extends ObjectMeta {
	readonly kind: "IPPool";
	readonly cidr: Prefix;
	/** Prefix length of the blocks that nodes get. */
	readonly blockSize: number;
	readonly ipipMode: EncapsulationMode;
	readonly vxlanMode: EncapsulationMode;
	readonly natOutgoing: boolean;
	/** No new addresses are given out of it. */
	readonly disabled: boolean;
	readonly disableBGPExport: boolean;
	readonly nodeSelector: CalicoSelector;
}

/** A block of addresses with who has which of them. */
export interface IpamBlock extends ObjectMeta {
	readonly kind: "IPAMBlock";
	readonly cidr: Prefix;
	/** The node that gives out its addresses; empty: none. */
	readonly node: string;
	/** Addresses that are a node's own, of its tunnel devices. */
	readonly tunnels: readonly BlockTunnel[];
}

export interface BlockTunnel {
	readonly address: Address;
	readonly node: string;
	readonly type: "ipipTunnelAddress" | "vxlanTunnelAddress" | "vxlanV6TunnelAddress";
}

/** Whose a block is. */
export interface BlockAffinity extends ObjectMeta {
	readonly kind: "BlockAffinity";
	readonly cidr: Prefix;
	readonly node: string;
	readonly state: "confirmed" | "pending" | "pendingDeletion" | "";
}

/** Named `default` for all nodes, `node.NAME` for one. */
export interface BgpConfiguration extends ObjectMeta {
	readonly kind: "BGPConfiguration";
	/** Null: not said. */
	readonly nodeToNodeMeshEnabled: boolean | null;
	readonly asNumber: number | null;
	readonly serviceClusterIPs: readonly Prefix[];
	readonly serviceExternalIPs: readonly Prefix[];
	readonly serviceLoadBalancerIPs: readonly Prefix[];
}

/** Which nodes speak BGP with whom. */
export interface BgpPeer extends ObjectMeta {
	readonly kind: "BGPPeer";
	/** Empty: any. */
	readonly node: string;
	readonly nodeSelector: CalicoSelector | null;
	readonly peerIP: Address | null;
	readonly peerSelector: CalicoSelector | null;
	/** Null: the cluster's. */
	readonly asNumber: number | null;
	/** Null: the node's. */
	readonly localASNumber: number | null;
	readonly nextHop: "default" | "self" | "keep";
	readonly numAllowedLocalASNumbers: number;
	/** `Manual`: the other side is not configured by this. */
	readonly reversePeering: "Auto" | "Manual";
	/** Names of BGPFilters, which are asked in this order. */
	readonly filters: readonly string[];
}

/** What a peer is told and what is taken of what it tells: the first rule that matches decides. */
export interface BgpFilter extends ObjectMeta {
	readonly kind: "BGPFilter";
	readonly exports: Readonly<Record<Family, readonly BgpFilterRule[]>>;
	readonly imports: Readonly<Record<Family, readonly BgpFilterRule[]>>;
}

export interface BgpFilterRule {
	readonly action: "accept" | "reject";
	/** Null: any route. */
	readonly cidr: Prefix | null;
	readonly matchOperator: "Equal" | "NotEqual" | "In" | "NotIn";
	/** Of the route's prefix; null: any. */
	readonly prefixLength: { readonly min: number; readonly max: number } | null;
	/** `RemotePeers`: only what BGP brought. */
	readonly source: "RemotePeers" | null;
	/** Null: any peer. */
	readonly peerType: "eBGP" | "iBGP" | null;
	/** Conditions that podpath does not evaluate: `interface`, `communities`. */
	readonly unevaluated: readonly string[];
}

/** Named `default` for all nodes, `node.NAME` for one. What is absent is not said. */
export interface FelixConfiguration extends ObjectMeta {
	readonly kind: "FelixConfiguration";
	readonly settings: Partial<FelixSettings>;
}

export interface FelixSettings {
	readonly chainInsertMode: "insert" | "append";
	readonly defaultEndpointToHostAction: "drop" | "return" | "accept";
	/** What happens to packets that policy accepted. */
	readonly iptablesFilterAllowAction: "accept" | "return";
	readonly bpfEnabled: boolean;
	readonly vxlanPort: number;
	readonly vxlanVNI: number;
	/** 0: from the node's card. */
	readonly ipipMTU: number;
	readonly vxlanMTU: number;
	readonly vxlanMTUV6: number;
	readonly natOutgoingAddress: Address | null;
	readonly natOutgoingExclusions: "IPPoolsOnly" | "IPPoolsAndHostIPs";
	/** Felix, not BIRD, programs the routes to blocks of other nodes for these pools. */
	readonly programClusterRoutes: "Enabled" | "EnabledIPIPOnly" | "Disabled";
	readonly allowIPIPPacketsFromWorkloads: boolean;
	readonly allowVXLANPacketsFromWorkloads: boolean;
}

/**
 * What Felix takes where nothing is said (felix/config/config_params.go), but for the action on packets from pods to their
 * node, which is Drop there and which both the manifests and the operator set to ACCEPT.
 */
export const DEFAULT_FELIX: FelixSettings = {
	chainInsertMode: "insert",
	defaultEndpointToHostAction: "accept",
	iptablesFilterAllowAction: "accept",
	bpfEnabled: false,
	vxlanPort: 4789,
	vxlanVNI: 4096,
	ipipMTU: 0,
	vxlanMTU: 0,
	vxlanMTUV6: 0,
	natOutgoingAddress: null,
	natOutgoingExclusions: "IPPoolsOnly",
	programClusterRoutes: "Disabled",
	allowIPIPPacketsFromWorkloads: false,
	allowVXLANPacketsFromWorkloads: false,
};

/** An address with the length of its subnet's prefix. */
export interface SubnetAddress {
	readonly address: Address;
	readonly prefixLength: number;
}

/** What Calico knows of a node: its own Node object, or the annotations of Kubernetes'. Absent: not said. */
export interface CalicoNode extends ObjectMeta {
	readonly kind: "Node";
	readonly ipv4Address?: SubnetAddress;
	readonly ipv6Address?: SubnetAddress;
	readonly asNumber?: number;
	/** Of a route reflector: an IPv4 address. */
	readonly routeReflectorClusterID?: Address;
	readonly ipv4IPIPTunnelAddr?: Address;
	readonly ipv4VXLANTunnelAddr?: Address;
	readonly ipv6VXLANTunnelAddr?: Address;
	readonly vxlanTunnelMACAddr?: string;
	readonly vxlanTunnelMACAddrV6?: string;
}

/** All of them in a cluster. */
export interface CalicoObjects {
	readonly ipPools: readonly IpPool[];
	readonly ipamBlocks: readonly IpamBlock[];
	readonly blockAffinities: readonly BlockAffinity[];
	readonly bgpConfigurations: readonly BgpConfiguration[];
	readonly bgpPeers: readonly BgpPeer[];
	readonly bgpFilters: readonly BgpFilter[];
	readonly felixConfigurations: readonly FelixConfiguration[];
	/** One for each Node of the cluster, by its name. */
	readonly nodes: ReadonlyMap<string, CalicoNode>;
}

/** Of a cluster without Calico. */
export const NO_CALICO_OBJECTS: CalicoObjects = {
	ipPools: [],
	ipamBlocks: [],
	blockAffinities: [],
	bgpConfigurations: [],
	bgpPeers: [],
	bgpFilters: [],
	felixConfigurations: [],
	nodes: new Map(),
};
