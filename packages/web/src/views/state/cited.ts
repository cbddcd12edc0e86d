/** An entry of the state in the URL. */
import type { Citation } from "@podpath/core";

/** How it begins and what it holds, a line each: an entry's own first line would be longer, and changes with what does not matter. */
export function entryParam({ begins, holds }: Citation): string {
	return holds === "" ? begins : `${begins}\n${holds}`;
}

export function citedIn(group: string, entry: string | undefined): Citation | null {
	if (entry === undefined || entry === "" || group === "") return null;
	const [begins = "", holds = ""] = entry.split("\n", 2);
	return { group, begins, holds };
}
