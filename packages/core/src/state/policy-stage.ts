/**
 * What is documented to enforce NetworkPolicies at a pod's device on its node: which addresses and ports pass. Enforcers whose
 * rules podpath knows word by word need none of this; theirs are in the tables that the packet meets.
 */
import type { Prefix } from "../address/prefix.ts";
import type { ObjectRef, Origin, SourcePosition } from "../origin/origin.ts";
import type { Protocol } from "../packet/packet.ts";
import type { Place } from "./place.ts";

export interface PolicyStage {
	/** The pod's device on the node's side. */
	readonly device: string;
	readonly pod: Place;
	/**
	 * `filter`: among the node's own rules at INPUT and FORWARD, after destinations are translated, as felix does.
	 * `program`: in the eBPF programs of the device itself, between translating a Service and sending on, as cilium-agent does.
	 */
	readonly hook: "filter" | "program";
	/** Who enforces. */
	readonly origin: Origin;
	/** Null: the pod is not isolated in that direction. */
	readonly ingress: PolicySide | null;
	readonly egress: PolicySide | null;
	/** Traffic with the node itself that passes whatever the sides say. */
	readonly ownNode: "from" | "from-and-to" | "nothing";
}

export type PolicySide =
	| {
			readonly kind: "rules";
			/** Never empty. */
			readonly isolatedBy: readonly ObjectRef[];
			readonly rules: readonly PolicyAllowance[];
			/** What becomes of protocols other than TCP, UDP and SCTP. */
			readonly otherProtocols: "rules-without-ports" | "allowed" | "undefined";
	  }
	/** Something has a say that cannot be evaluated. */
	| { readonly kind: "unknown"; readonly what: string };

/** Lets through what has one of the peers and one of the ports. */
export interface PolicyAllowance {
	/** `networkpolicy/NAMESPACE/NAME ingress[0]`. */
	readonly rule: string;
	readonly source: SourcePosition;
	/** Null: everybody. */
	readonly peers: readonly PolicyPeers[] | null;
	/** Of the destination. Null: every port of every protocol. */
	readonly ports: readonly PolicyPorts[] | null;
}

export type PolicyPeers =
	/** Addresses of pods, as texts; of the uncertain ones nobody knows whether they are meant. */
	| { readonly kind: "pods"; readonly addresses: ReadonlySet<string>; readonly uncertain: ReadonlySet<string> }
	| { readonly kind: "block"; readonly cidr: Prefix; readonly except: readonly Prefix[] };

export interface PolicyPorts {
	readonly protocol: Protocol;
	readonly from: number;
	readonly to: number;
	/** Only at these destinations: a named port is another number at each pod. Null: anywhere. */
	readonly at: ReadonlySet<string> | null;
}
