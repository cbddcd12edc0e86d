/** By which ENI each pod's packets leave its node. ENIs are named by their ids. */
import type { Pod } from "../../cluster/objects.ts";
import type { EniObject } from "../../cluster/settings.ts";
import type { Assumption } from "../../state/assumption.ts";
import type { Phrase } from "../../wording/phrase.ts";

export type Uplink =
	/** The node's own card. */
	| { readonly kind: "node" }
	/** One of the addresses of an ENI of the node, which other pods use too. */
	| { readonly kind: "shared"; readonly eni: string }
	/** A member of the node's trunk, by its VLAN. */
	| { readonly kind: "member"; readonly eni: string; readonly trunk: string; readonly vlan: number }
	/** An ENI of its own, which is in the pod. */
	| { readonly kind: "own"; readonly eni: string }
	/** The pod's network was not made, or the input does not say how. */
	| { readonly kind: "none"; readonly why: Phrase };

export interface Uplinks {
	/** ENIs that are derived, moved into pods, or assumed. */
	readonly enis: readonly EniObject[];
	of(pod: Pod): Uplink;
	readonly assumptions: readonly Assumption[];
}
