/** Multus: networks besides the default one (k8s.cni.cncf.io/v1), and which of them each pod has. */
import type { Address } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { AddressRange } from "../ipam/range.ts";
import type { SourcePosition } from "../origin/origin.ts";
import type { ObjectMeta } from "./objects.ts";

export const MULTUS_GROUP = "k8s.cni.cncf.io";

/** A network with the configuration of its CNI plug-ins. */
export interface NetworkAttachmentDefinition extends ObjectMeta {
	readonly kind: "NetworkAttachmentDefinition";
	/** Null: `spec.config` is empty, and a file on each node has it. */
	readonly config: CniConfig | null;
}

export interface CniConfig {
	readonly plugin: MainPlugin;
	readonly ipam: CniIpam;
	/** The meta plug-in sbr follows: what the pod sends from the card's address leaves by the card. */
	readonly sourceBasedRouting: boolean;
	/** `capabilities.ips`: addresses that a pod asks for are passed on. */
	readonly takesAddresses: boolean;
}

export type MainPlugin =
	| { readonly kind: "macvlan"; readonly master: string; readonly mode: MacvlanMode; readonly mtu: number }
	| { readonly kind: "ipvlan"; readonly master: string; readonly mode: "l2" | "l3" | "l3s"; readonly mtu: number }
	| {
			readonly kind: "bridge";
			readonly bridge: string;
			readonly isGateway: boolean;
			readonly isDefaultGateway: boolean;
			readonly hairpinMode: boolean;
			readonly mtu: number;
	  }
	/** One that podpath does not evaluate. */
	| { readonly kind: "other"; readonly type: string };

export type MacvlanMode = "bridge" | "private" | "vepa" | "passthru";

export interface CniIpam {
	readonly kind: "host-local" | "whereabouts" | "static" | "none" | "other";
	/** As the configuration names it. */
	readonly type: string;
	/** One for each address that a pod gets; each with the ranges that it may be from. */
	readonly sets: readonly (readonly CniRange[])[];
	/** Of static. */
	readonly addresses: readonly AttachedAddress[];
	readonly routes: readonly { readonly destination: Prefix; readonly via: Address | null }[];
}

export interface CniRange {
	readonly subnet: Prefix;
	readonly range: AddressRange;
	readonly gateway: Address | null;
	readonly exclude: readonly Prefix[];
}

/** A network that a pod asks for, by annotation `k8s.v1.cni.cncf.io/networks`. */
export interface NetworkSelection {
	readonly namespace: string;
	readonly name: string;
	/** Empty: `netN` by its place in the list. */
	readonly interface: string;
	readonly addresses: readonly AttachedAddress[];
	/** Empty: not said. */
	readonly mac: string;
	/** It becomes the pod's way out. */
	readonly defaultRoute: readonly Address[];
	readonly source: SourcePosition;
}

/** What annotation `k8s.v1.cni.cncf.io/network-status` says of one of the pod's cards. */
export interface NetworkStatus {
	/** `NAMESPACE/NAME`. */
	readonly name: string;
	readonly interface: string;
	readonly addresses: readonly Address[];
	readonly mac: string;
}

export interface AttachedAddress {
	readonly address: Address;
	readonly prefixLength: number;
	readonly gateway: Address | null;
}

/** A card of a pod besides that of the cluster's own network. */
export interface NetworkAttachment {
	readonly definition: NetworkAttachmentDefinition;
	readonly config: CniConfig;
	/** `net1`; `eth0` of the network that takes the default one's place. */
	readonly interface: string;
	/** Empty: not said. */
	readonly mac: string;
	readonly addresses: readonly AttachedAddress[];
	readonly defaultRoute: readonly Address[];
}
