/** Terway's custom resources (network.alibabacloud.com/v1beta1), reduced to what podpath reads of them. */
import type { Address } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { LabelSelector } from "./label-selector.ts";
import type { ObjectMeta } from "./objects.ts";

export const TERWAY_GROUP = "network.alibabacloud.com";

/** Whether a pod that is made anew gets another address, or keeps ENI and address for a while or for ever. */
export type AllocationType =
	| { readonly type: "Elastic" }
	/** `releaseAfter` is a duration as Go writes it: `10m`, `1h30m`. */
	| { readonly type: "Fixed"; readonly releaseStrategy: "TTL"; readonly releaseAfter: string }
	| { readonly type: "Fixed"; readonly releaseStrategy: "Never" };

/** Which ENI carries the pods that match: security groups and vSwitches of their own. */
export interface PodNetworking extends ObjectMeta {
	readonly kind: "PodNetworking";
	readonly eniType: "Default" | "Trunk" | "ENI";
	readonly allocationType: AllocationType;
	/** Null: not set. Both set: both must match. None set: taken only by who asks for it by name. */
	readonly podSelector: LabelSelector | null;
	readonly namespaceSelector: LabelSelector | null;
	/** Empty: those of eni-config. */
	readonly securityGroupIDs: readonly string[];
	readonly vSwitchOptions: readonly string[];
	readonly vSwitchSelectionPolicy: "ordered" | "random" | "most";
	/** Empty: the controller has not looked at it yet. Only `Ready` ones are taken. */
	readonly status: "" | "Ready" | "Fail";
	readonly vSwitches: readonly { readonly id: string; readonly zone: string }[];
	/** What the controller says of its status. */
	readonly message: string;
}

/** The ENI, or ENIs, of the pod of the same name. */
export interface PodEni extends ObjectMeta {
	readonly kind: "PodENI";
	readonly zone: string;
	readonly allocations: readonly PodEniAllocation[];
	readonly phase: "Initial" | "Binding" | "Bind" | "Unbind" | "Detaching" | "Deleting";
	readonly instanceID: string;
	readonly trunkENIID: string;
	readonly message: string;
}

export interface PodEniAllocation {
	/** The pod's device: `eth0` unless said otherwise. */
	readonly interface: string;
	readonly eniID: string;
	/** Empty: not said. */
	readonly mac: string;
	readonly vSwitchID: string;
	readonly securityGroupIDs: readonly string[];
	readonly addresses: readonly Address[];
	/** The blocks of the vSwitch. */
	readonly cidrs: readonly Prefix[];
	readonly defaultRoute: boolean;
	readonly extraRoutes: readonly Prefix[];
	readonly allocationType: AllocationType;
	/** From the status; null: the ENI has not been attached. */
	readonly attached: AttachedEni | null;
}

export interface AttachedEni {
	readonly type: "Primary" | "Secondary" | "Trunk" | "Member";
	/** Of a member: its VLAN on the trunk. */
	readonly vlan: number | null;
	readonly status: "" | "Bind" | "Unbind" | "Deleted";
}
