import type { Phrase } from "../wording/phrase.ts";
import type { Place } from "./place.ts";

/** Something that the input does not say and that the network was made with. */
export interface Assumption {
	readonly code: string;
	readonly message: Phrase;
	/** Absent: it is worth knowing, and nothing is wrong. */
	readonly severity?: "warning";
	/** Absent: it concerns every answer. */
	readonly place?: Place;
}
