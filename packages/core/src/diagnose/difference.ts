/** One respect in which a place is not as it should be, with the change that would put it right. */
import type { Origin } from "../origin/origin.ts";
import type { FabricDevice } from "../state/fabric.ts";
import type { Namespace, StatePart } from "../state/namespace.ts";
import type { Place } from "../state/place.ts";
import type { Command, Fix } from "../wording/fix.ts";
import { type Phrase, type Said, worded } from "../wording/phrase.ts";
import type { FindingCode } from "./codes.ts";

/** An entry as the tool of its part prints it; one that no tool prints so is described. */
export interface EntryText {
	readonly text: string;
	/** What `text` says, where it is a description. */
	readonly said?: Phrase;
	readonly origin: Origin;
}

/** Null where `command` is empty or null: none puts it right. */
export function byCommand(command: Said | null): Command | null {
	return command === null || command === "" ? null : { command };
}

export function described(said: Phrase, origin: Origin): EntryText {
	return { text: worded(said), said, origin };
}

/** Puts one entry back. Repairs compose: each leaves alone what it is not about. */
export type Repair =
	| { readonly kind: "namespace"; readonly place: Place; readonly apply: (namespace: Namespace) => Namespace }
	| { readonly kind: "fabric"; readonly place: Place; readonly apply: (device: FabricDevice) => FabricDevice };

export interface Difference {
	readonly code: FindingCode;
	readonly place: Place;
	/** The file of a snapshot that shows it. */
	readonly part: StatePart | "fabric";
	readonly change: "missing" | "wrong" | "extra";
	/** The device that the entry is on; what is lost with a device is told from what is lost alone by it. */
	readonly device: string | null;
	/** What it is about, within its part: a destination, a rule's selector, `filter/FORWARD`. */
	readonly subject: string;
	/** Null: there should be none. */
	readonly expected: EntryText | null;
	/** Null: there is none. */
	readonly actual: EntryText | null;
	/** The file in which a missing entry was looked for. */
	readonly lookedIn?: string | undefined;
	readonly repairs: readonly Repair[];
	/** What puts it right, where that is known. */
	readonly fix: Fix | null;
	/** What went with it, and comes back with it. */
	readonly consequences: readonly Difference[];
}

/** All that has to be done to put right what a difference is about. */
export function repairsOf(difference: Difference): readonly Repair[] {
	return [...difference.repairs, ...difference.consequences.flatMap(repairsOf)];
}

export function namespaceRepair(place: Place, apply: (namespace: Namespace) => Namespace): Repair {
	return { kind: "namespace", place, apply };
}
