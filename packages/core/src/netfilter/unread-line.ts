/** A line of a dump that was not understood: it is kept, and whoever meets it answers "unknown". */
import type { SourcePosition } from "../origin/origin.ts";

export interface UnreadLine {
	readonly text: string;
	/** One phrase. */
	readonly why: string;
	readonly source: SourcePosition;
	/** It begins something that the dump does not end: lines after it are missing, nobody knows how many. */
	readonly cutOff?: true;
}
