/** A parsed document of an input file, whatever its format: its value, and where its parts stand. */
import type { SourcePosition } from "../../origin/origin.ts";
import type { FieldPath } from "../field.ts";

/** A file as `loadCluster` gets it. */
export interface ManifestFile {
	/** What diagnostics and origins call it: usually its path. */
	readonly name: string;
	readonly text: string;
}

export interface InputDocument {
	readonly value: unknown;
	/** The place of what is at this path, or of the nearest above it that is there. */
	locate(path: FieldPath, part: "key" | "value"): SourcePosition;
	/** The line on which each of the `count` elements of the list at this path begins. */
	itemLines(path: FieldPath, count: number): readonly number[];
}
