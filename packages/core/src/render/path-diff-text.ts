/** What changed between two states, as a person reads it. */

import type { PathAspect, PathChange, PathDiff, PathSide } from "../diagnose/path-diff.ts";
import { printable } from "../diagnostic/diagnostic.ts";
import { paintFor } from "./style.ts";
import { formatQuestion, type TextOptions } from "./text.ts";

/** Ends in a line feed. */
export function renderPathDiff({ asked, changes }: PathDiff, { color }: Pick<TextOptions, "color">): string {
	const paint = paintFor(color);
	const count = changes.length === 0 ? "no path changed" : `${changes.length} of ${asked} questions go otherwise`;
	const lines = [
		paint("heading", asked === 0 ? "no path changed: nothing that a packet meets differs" : count),
		...changes.flatMap((change) => ["", printable(formatQuestion(change.question)), ...changeLines(change)]),
	];
	return lines.map((line) => `${line}\n`).join("");
}

function changeLines({ changed, before, after }: PathChange): readonly string[] {
	if (before === null || after === null) {
		const there = before === null ? "only after" : "only before";
		return [`  can be asked ${there}: ${(before ?? after)?.verdict ?? ""}`];
	}
	return changed.flatMap((aspect) => [
		`  ${aspect}`,
		...sideLines("-", before, after, aspect),
		...sideLines("+", after, before, aspect),
	]);
}

/** What one side has and the other has not. */
function sideLines(sign: string, own: PathSide, other: PathSide, aspect: PathAspect): readonly string[] {
	const there = new Set(textsOf(other, aspect));
	return textsOf(own, aspect)
		.filter((text) => !there.has(text))
		.map((text) => `    ${sign} ${printable(text)}`);
}

function textsOf({ verdict, nat, clients, paths }: PathSide, aspect: PathAspect): readonly string[] {
	switch (aspect) {
		case "verdict":
			return [verdict];
		case "nat":
			return nat;
		case "client-address":
			return clients;
		case "devices":
			return paths;
	}
}
