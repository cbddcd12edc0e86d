/** How wide text is in the picture. Fonts are monospaced, so that this needs no browser. */
import { printable } from "../diagnostic/diagnostic.ts";

/** What a text names; the style sheet gives each its size. */
export type TextKind = "device" | "pod" | "machine" | "fabric" | "note";

/** Font sizes in pixels, also for the style sheet. */
export const FONT_SIZES: Readonly<Record<TextKind, number>> = {
	device: 12.5,
	pod: 11,
	machine: 12.5,
	fabric: 12.5,
	note: 12,
};

/** Monospaced fonts are 0.6 em wide, some a little more. */
const ADVANCE = 0.615;
const LONGEST_NAME = 56;

export function textWidth(text: string, kind: TextKind): number {
	return columnsOf(shortened(text)) * FONT_SIZES[kind] * ADVANCE;
}

/** Characters per line of `width` pixels. */
export function columnsIn(width: number, kind: TextKind): number {
	return Math.max(20, Math.floor(width / (FONT_SIZES[kind] * ADVANCE)));
}

/** A name as it is drawn: printable, its middle left out where it is too long for a box. */
export function shortened(name: string): string {
	const characters = [...printable(name)];
	if (characters.length <= LONGEST_NAME) return characters.join("");
	const half = LONGEST_NAME / 2;
	return `${characters.slice(0, half).join("")}…${characters.slice(1 - half).join("")}`;
}

/** East Asian characters and pictographs take two columns. */
export function columnsOf(text: string): number {
	return [...text].reduce(
		(sum, char) =>
			sum +
			(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
				char,
			)
				? 2
				: 1),
		0,
	);
}
