/** Traffic control: what `tc qdisc` and `tc filter` hang on a device's ingress and egress. */
import type { Prefix } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";

export type TcAction =
	| { readonly kind: "vlan-push"; readonly id: number }
	| { readonly kind: "vlan-pop" }
	| { readonly kind: "redirect"; readonly device: string; readonly direction: "ingress" | "egress" }
	| { readonly kind: "pass" }
	| { readonly kind: "drop" }
	/** A program or action that podpath does not evaluate. */
	| { readonly kind: "other"; readonly text: string };

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
