/** Input of a tool's batch mode (`ip -batch`, `bridge -batch`), made from state. */
import { phrase, type Said } from "../wording/phrase.ts";

export interface Batch {
	/** One command a line, without the tool's name. */
	readonly text: string;
	/** Entries that no command can make, each with the reason. */
	readonly omitted: readonly Said[];
}

/** Collects the commands of a batch. */
export class BatchLines {
	readonly #lines: string[] = [];
	readonly #omitted: Said[] = [];

	/** Adds a command of these words; absent ones are left out. */
	add(...words: readonly (string | number | undefined)[]): void {
		this.#lines.push(joinWords(words));
	}

	omit(what: Said, why: Said): void {
		this.#omitted.push(phrase("left-out", { what, why }));
	}

	finish(): Batch {
		return { text: asLines(this.#lines), omitted: this.#omitted };
	}
}

/** The words that are there, separated by spaces. */
export function joinWords(words: readonly (string | number | undefined)[]): string {
	return words.filter((word) => word !== undefined && word !== "").join(" ");
}

/** A word with its value, or nothing where there is no value. */
export function option(word: string, value: string | number | undefined): string | undefined {
	return value === undefined ? undefined : `${word} ${value}`;
}

export function asLines(lines: readonly string[]): string {
	return lines.map((line) => `${line}\n`).join("");
}
