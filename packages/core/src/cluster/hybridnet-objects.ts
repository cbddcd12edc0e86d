/** Hybridnet's custom resources (networking.alibaba.com/v1), reduced to what podpath reads of them. */
import type { Address } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { ObjectMeta } from "./objects.ts";

export const HYBRIDNET_GROUP = "networking.alibaba.com";

/** Where pods' packets go between nodes: in a tunnel, by a VLAN, or by routes that routers learn. */
export type HybridnetMode = "VXLAN" | "VLAN" | "BGP" | "GlobalBGP";

export interface HybridnetNetwork extends ObjectMeta {
	readonly kind: "Network";
	readonly type: "Overlay" | "Underlay" | "GlobalBGP";
	readonly mode: HybridnetMode;
	/** VNI, VLAN id or AS number; null: not said. */
	readonly netID: number | null;
	/** Of an underlay network its nodes; empty: not said. */
	readonly nodeSelector: Readonly<Record<string, string>>;
	/** What the controller found; empty: not said. */
	readonly nodeList: readonly string[];
	readonly bgpPeers: readonly { readonly asn: number; readonly address: Address }[];
}

export interface HybridnetSubnet extends ObjectMeta {
	readonly kind: "Subnet";
	readonly network: string;
	/** Null: its network's. */
	readonly netID: number | null;
	readonly cidr: Prefix;
	readonly gateway: Address | null;
	/** Between which addresses pods get theirs; null: those of the CIDR. */
	readonly start: Address | null;
	readonly end: Address | null;
	/** Pods get them only where they ask for them by name. */
	readonly reservedIPs: readonly Address[];
	readonly excludeIPs: readonly Address[];
	/** Only pods that name the subnet get addresses of it. */
	readonly private: boolean;
	/** What leaves an overlay subnet for elsewhere gets the node's address. */
	readonly autoNatOutgoing: boolean;
}

/** One address of one pod. */
export interface IPInstance extends ObjectMeta {
	readonly kind: "IPInstance";
	readonly network: string;
	readonly subnet: string;
	readonly address: Address;
	/** Empty: not said. */
	readonly mac: string;
	readonly podName: string;
	readonly nodeName: string;
}
