/** A line of a dump that was not understood: it is kept, and whoever meets it answers "unknown". */
import type { SourcePosition } from "../origin/origin.ts";
import type { Phrase } from "../wording/phrase.ts";

export interface UnreadLine {
	readonly text: string;
	readonly why: Phrase;
	readonly source: SourcePosition;
	/**
	 * A rule, a policy or a set's element may have stood here, and nothing stands in its place: whatever a packet meets, it
	 * might have met this too.
	 */
	readonly lost?: true;
	/** It begins something that the dump does not end: lines after it are missing, nobody knows how many. */
	readonly cutOff?: true;
}
