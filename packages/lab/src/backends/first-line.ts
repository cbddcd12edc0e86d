/** The short form of why a kernel lacks something. */
import { type Said, withFacts } from "@podpath/core";

/** What a tool says after its first line is about its own input. */
export function firstLine(why: Said): Said {
	return typeof why === "string" ? cut(why) : withFacts(why, cut);
}

function cut(text: string): string {
	return text.split("\n", 1)[0] ?? "";
}
