/** Traffic control: what `tc qdisc` and `tc filter` hang on a device's ingress and egress. */
import type { Prefix } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";
import type { Route } from "./ip.ts";
import type { VirtualServer } from "./ipvs.ts";

export type TcAction =
	| { readonly kind: "vlan-push"; readonly id: number }
	| { readonly kind: "vlan-pop" }
	| { readonly kind: "redirect"; readonly device: string; readonly direction: "ingress" | "egress" }
	/** The packet is taken as one for this stack, whatever its MAC (`skbedit ptype host`). */
	| { readonly kind: "skbedit"; readonly packetType: "host" }
	/** An eBPF program whose effect is documented, or what an Open vSwitch bridge's flow tables do at this port of it. */
	| {
			readonly kind: "program";
			readonly name: string;
			readonly effect: ProgramEffect;
			/** Absent: eBPF. */
			readonly technology?: "OpenFlow";
	  }
	| { readonly kind: "pass" }
	| { readonly kind: "drop" }
	/** A program or action that podpath does not evaluate. */
	| { readonly kind: "other"; readonly text: string };

export interface ProgramEffect {
	/** Services whose addresses it translates; who was chosen for a connection stays so. */
	readonly services: readonly VirtualServer[];
	/** It gives answers of such connections the Service's address as their source. */
	readonly answers: boolean;
	/** Where it then sends packets past the stack: the first that fits. Route null, or none that fits: on as usual. */
	readonly redirects: readonly ProgramRedirect[];
}

export interface ProgramRedirect {
	readonly source?: Prefix;
	readonly destination?: Prefix;
	/** Device and next hop. */
	readonly route: Route | null;
}

export interface TcFilter {
	readonly device: string;
	readonly direction: "ingress" | "egress";
	/** Lower is asked first. */
	readonly priority: number;
	/** `ip`, `ipv6`, `802.1Q`, `all`. */
	readonly protocol: string;
	readonly source?: Prefix;
	readonly destination?: Prefix;
	readonly vlan?: number;
	readonly actions: readonly TcAction[];
	/** What of the classifier was not understood: then what it matches is not known. */
	readonly notUnderstood?: string;
	readonly origin: Origin;
}

export interface TcQdisc {
	readonly device: string;
	readonly kind: string;
	readonly handle?: string;
	readonly parent?: string;
	readonly origin: Origin;
}
