/** networking.k8s.io/v1 NetworkPolicy (k8s.io/api/networking/v1 types.go), with what the API server defaults filled in. */
import type { Prefix } from "../address/prefix.ts";
import type { SourcePosition } from "../origin/origin.ts";
import type { CalicoSelector } from "./calico-selector.ts";
import type { LabelSelector } from "./label-selector.ts";
import type { ObjectMeta, TransportProtocol } from "./objects.ts";

export type PolicyType = "Ingress" | "Egress";

/** Its status has gone with KEP-2943: whether anything applies a policy cannot be read off the object. */
export interface NetworkPolicy extends ObjectMeta {
	readonly kind: "NetworkPolicy";
	/** Of pods in the policy's own namespace; without requirements it selects them all. */
	readonly podSelector: LabelSelector;
	/** As written, or by default Ingress, and Egress where there is an egress rule (pkg/apis/networking/v1/defaults.go). */
	readonly policyTypes: readonly PolicyType[];
	/** None: nothing is let in. */
	readonly ingress: readonly PolicyRule[];
	/** None: nothing is let out. */
	readonly egress: readonly PolicyRule[];
}

/** Lets through what one of the peers and one of the ports has. */
export interface PolicyRule {
	/** `from` of an ingress rule, `to` of an egress rule. Empty: everybody. */
	readonly peers: readonly PolicyPeer[];
	/** Of the destination. Empty: every port of every protocol. */
	readonly ports: readonly PolicyPort[];
	/** Where the rule begins in the policy's file. */
	readonly line: number;
}

export type PolicyPeer =
	/** Never both null. Without a namespaceSelector: pods of the policy's own namespace. */
	| {
			readonly kind: "pods";
			readonly namespaceSelector: LabelSelector | null;
			readonly podSelector: LabelSelector | null;
	  }
	| { readonly kind: "block"; readonly cidr: Prefix; readonly except: readonly Prefix[] };

export type PolicyPort =
	/** Every port of the protocol. */
	| { readonly kind: "all"; readonly protocol: TransportProtocol }
	/** Both ends included; without endPort (KEP-2079) they are the same. */
	| { readonly kind: "range"; readonly protocol: TransportProtocol; readonly from: number; readonly to: number }
	/** The container port of this name of the destination pod. */
	| { readonly kind: "name"; readonly protocol: TransportProtocol; readonly name: string };

/** A policy of another API: Calico's, Cilium's, AdminNetworkPolicy. It is not evaluated, so nothing is certain where it is. */
export interface ForeignPolicy {
	readonly apiVersion: string;
	readonly kind: string;
	readonly name: string;
	/** Empty: of the whole cluster. */
	readonly namespace: string;
	/** Calico's `spec.selector`, where nothing else limits the policy to some pods. Null: it may select any. */
	readonly selector: CalicoSelector | null;
	readonly source: SourcePosition;
}
