/** Names of namespaces on the kernel: short, and safe wherever a command or a path holds them. */
import { type Place, placeKind } from "@podpath/core";
import { OUTSIDE } from "./layout.ts";

const LETTERS: Readonly<Record<string, string>> = {
	node: "n",
	pod: "p",
	host: "h",
	internet: "i",
	segment: "f",
	vpc: "f",
	[OUTSIDE]: "x",
};

/** A name for each place, in their order: `n1`, `n2`, `p1` … behind the prefix. */
export function namesOf(places: readonly Place[], prefix: string): ReadonlyMap<Place, string> {
	const counts = new Map<string, number>();
	return new Map(
		places.map((place) => {
			// The Internet itself is fabric; `internet/ADDRESS` is a machine there.
			const letter = place === "internet" ? "f" : (LETTERS[placeKind(place)] ?? "s");
			const count = (counts.get(letter) ?? 0) + 1;
			counts.set(letter, count);
			return [place, `${prefix}${letter}${count}`];
		}),
	);
}
