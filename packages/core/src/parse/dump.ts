/** Reading the dumps that tools print: lines with their numbers, what is not understood, and what is no such dump at all. */
import { InputError, printable } from "../diagnostic/diagnostic.ts";
import type { Origin, SourcePosition } from "../origin/origin.ts";
import type { NotUnderstood, StatePart } from "../state/namespace.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";

/** What a parser makes of one dump. */
export interface Parsed<Entry> {
	readonly entries: readonly Entry[];
	readonly notUnderstood: readonly NotUnderstood[];
}

/** A line of a dump. Lines count from 1; one-line output (`ip -o`) gives several with the same number. */
export interface Line {
	readonly text: string;
	readonly line: number;
}

/** Colour, as `ip -c` writes it even into files, and the carriage returns of dumps that went through a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const DECORATION = /\u001b\[[0-9;]*[A-Za-z]|\r/g;

/** The lines of a dump that hold anything, without colour and without white space at their ends. */
export function* dumpLines(text: string): Generator<Line> {
	const clean = text.replace(DECORATION, "");
	let line = 0;
	for (let start = 0; start <= clean.length; ) {
		const newline = clean.indexOf("\n", start);
		const end = newline < 0 ? clean.length : newline;
		line++;
		// `ip -o` joins the lines of one entry by backslashes.
		for (const part of clean.slice(start, end).split("\\")) {
			const trimmed = part.trimEnd();
			if (trimmed !== "") yield { text: trimmed, line };
		}
		start = end + 1;
	}
}

/** The words of a line. */
export function wordsOf(text: string): string[] {
	return text.trim().split(/\s+/);
}

/**
 * What one dump is being read into. It collects entries and lines that were not understood, and refuses a dump of which
 * nothing at all was understood: that is another file, or a tool's error message.
 */
export class DumpReader<Entry> {
	readonly entries: Entry[] = [];
	readonly #notUnderstood: NotUnderstood[] = [];
	readonly #part: StatePart;
	readonly #file: string;
	readonly #tool: string;

	/** `tool` is the command whose output this should be, for error messages. */
	constructor(part: StatePart, file: string, tool: string) {
		this.#part = part;
		this.#file = file;
		this.#tool = tool;
	}

	at(line: number): SourcePosition {
		return { file: this.#file, line };
	}

	origin(component: string, line: number): Origin {
		return { component, source: { file: this.#file, line } };
	}

	/** Keeps a line that means nothing to this parser. */
	keep(line: Line, why: Phrase): void {
		this.#notUnderstood.push({ part: this.#part, text: line.text.trim(), why, source: this.at(line.line) });
	}

	/** `understood`: whether something was, where that is more than the entries (a header, an empty section). */
	finish(understood: boolean = this.entries.length > 0): Parsed<Entry> {
		const first = this.#notUnderstood[0];
		if (!understood && first !== undefined) {
			throw new InputError({
				code: "not-a-dump",
				message: phrase("not-output-of", { tool: this.#tool, text: excerpt(first.text) }),
				where: { ...first.source, column: 1 },
				hint: first.why,
			});
		}
		return { entries: this.entries, notUnderstood: this.#notUnderstood };
	}
}

const EXCERPT_LENGTH = 60;

/** The beginning of a text as it may stand in a message. */
export function excerpt(text: string): string {
	return printable(text.length <= EXCERPT_LENGTH ? text : `${text.slice(0, EXCERPT_LENGTH)}…`);
}

/** A decimal number as tools print it, or `undefined`. */
export function decimal(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A decimal or hexadecimal (`0x10`) number of at most 32 bits, or `undefined`. */
export function unsigned32(text: string | undefined): number | undefined {
	if (text === undefined || !/^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text)) return undefined;
	const value = Number(text);
	return value <= 0xffff_ffff ? value : undefined;
}
