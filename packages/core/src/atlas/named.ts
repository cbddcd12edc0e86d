/** What the atlas has a name for: scenarios, a mode's cluster as it stands, and clusters with a fault in them. */

/** What a name leads to, and in which mode's files it is. */
export interface AtlasName {
	readonly kind: "scenario" | "mode" | "fault";
	readonly mode: string;
}

/** Of `MODE/ID`, `MODE` and `faults/MODE/ID`. */
export function atlasNameOf(name: string): AtlasName {
	const words = name.split("/");
	if (words[0] === "faults") return { kind: "fault", mode: words[1] ?? "" };
	return { kind: words.length === 1 ? "mode" : "scenario", mode: words[0] ?? "" };
}
