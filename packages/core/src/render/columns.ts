/** Lays text out in columns of a terminal. */
import type { Paint, Role } from "./style.ts";

export interface Cell {
	readonly text: string;
	readonly role?: Role;
}

export interface ColumnOptions {
	/** Columns of the terminal; undefined: lines are never broken. */
	readonly width: number | undefined;
	readonly paint: Paint;
	/** Columns that a text takes; by default one for each character. */
	readonly measure: (text: string) => number;
	/** Written before every line. */
	readonly indent: string;
}

/** The narrowest that the last column is squeezed to; with less room the terminal breaks the lines itself. */
const NARROWEST = 24;
const GAP = "  ";

/**
 * The lines of each row, with aligned columns; the last column is broken at spaces to fit. Columns that are empty
 * everywhere are left out.
 */
export function columns(rows: readonly (readonly Cell[])[], options: ColumnOptions): readonly (readonly string[])[] {
	const { paint, measure, indent } = options;
	const count = Math.max(0, ...rows.map((row) => row.length));
	const widths = Array.from({ length: count }, (_, column) =>
		Math.max(0, ...rows.map((row) => measure(row[column]?.text ?? ""))),
	);
	const shown = widths.flatMap((width, column) => (width > 0 ? [column] : []));
	const last = shown.at(-1);
	const before = shown.filter((column) => column !== last);
	const left = before.reduce((sum, column) => sum + (widths[column] ?? 0) + GAP.length, measure(indent));
	return rows.map((row) => {
		const head = before.map((column) => {
			const cell = row[column] ?? { text: "" };
			const padding = " ".repeat((widths[column] ?? 0) - measure(cell.text));
			return `${painted(cell, paint)}${padding}${GAP}`;
		});
		const tail = row[last ?? 0] ?? { text: "" };
		const lines = wrap(tail.text, room(options.width, left), measure);
		return lines.map((line, position) => {
			const start = position === 0 ? `${indent}${head.join("")}` : " ".repeat(left);
			return `${start}${painted({ ...tail, text: line }, paint)}`.trimEnd();
		});
	});
}

function room(width: number | undefined, left: number): number | undefined {
	return width === undefined ? undefined : Math.max(NARROWEST, width - left);
}

function painted({ text, role }: Cell, paint: Paint): string {
	return role === undefined ? text : paint(role, text);
}

/** Breaks text at spaces into lines of at most `width` columns; a longer word stays whole. */
export function wrap(text: string, width: number | undefined, measure: (text: string) => number): readonly string[] {
	if (width === undefined || measure(text) <= width) return [text];
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		if (line !== "" && measure(line) + 1 + measure(word) > width) {
			lines.push(line);
			line = word;
		} else line = line === "" ? word : `${line} ${word}`;
	}
	return [...lines, line];
}
