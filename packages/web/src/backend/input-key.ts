/** Tells one input from another. */
import type { ManifestFile } from "@podpath/core";
import type { Input } from "./backend.ts";

const numbers = new WeakMap<readonly ManifestFile[], number>();
let last = 0;

/** Manifests are too large to be compared at every turn: other files are another input. */
export function inputKey(input: Input | null): string {
	if (input?.kind !== "manifests") return JSON.stringify(input);
	const number = numbers.get(input.files) ?? ++last;
	numbers.set(input.files, number);
	return `manifests ${number}`;
}
