/** A predicted and an observed hop beside each other, and what is needed to judge them. */
import type { Crossing, Phrase, Place } from "@podpath/core";
import type { LabPlan } from "../lab-plan.ts";
import type { FieldDifference } from "./packet-difference.ts";
import type { PortBinding } from "./port-binding.ts";
import type { SeenHop } from "./seen-hop.ts";

/** One row; at least one of `predicted` and `seen` is there. */
export interface HopRow {
	/** `same`: both are there and agree. `aside`: it says nothing for or against the prediction; `note` says why. */
	readonly kind: "same" | "differs" | "aside";
	readonly predicted: Crossing | null;
	readonly seen: SeenHop | null;
	readonly fields: readonly FieldDifference[];
	readonly note?: Phrase;
}

export interface RowContext {
	readonly ports: PortBinding;
	/** Places that the lab has a namespace for. */
	readonly built: ReadonlySet<Place>;
	readonly fabric: ReadonlySet<Place>;
	/** Fabric devices that have no namespace in the lab: another does their work. */
	readonly folded: ReadonlySet<Place>;
	/** Fabric devices that pass on what others send and receive. */
	readonly carriers: ReadonlySet<Place>;
	readonly floods: LabPlan["floods"];
	/** It is predicted to end in a bridge, as its MAC is nobody's: then it is flooded, and all are copies. */
	readonly scattered: boolean;
	/** Where the packet is sent from and where it ends: what is there is no copy of it. */
	readonly ends: ReadonlySet<Place>;
	/** The packet is predicted to leave what is described: what is there is not told. */
	readonly leaves: boolean;
	/** The prediction stops where the packet came round again; the kernel goes on until the TTL is used up. */
	readonly endless: boolean;
}
