/** Colours for text, as ANSI escape sequences or none at all. */

/** What a piece of text is; the terminal's own palette decides how that looks. */
export type Role = "good" | "bad" | "warning" | "change" | "heading" | "faint";

/** Wraps text that has already passed through `printable`. */
export type Paint = (role: Role, text: string) => string;

const SEQUENCES: Readonly<Record<Role, readonly [on: number, off: number]>> = {
	good: [32, 39],
	bad: [31, 39],
	warning: [33, 39],
	change: [36, 39],
	heading: [1, 22],
	faint: [2, 22],
};

/** Paints for a terminal where `color` is set, and leaves text alone otherwise. */
export function paintFor(color: boolean): Paint {
	if (!color) return (_role, text) => text;
	return (role, text) => {
		if (text === "") return text;
		const [on, off] = SEQUENCES[role];
		return `\u001b[${on}m${text}\u001b[${off}m`;
	};
}
