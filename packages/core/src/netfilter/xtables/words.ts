/** The words of one line of iptables-save, read option by option; and the same way back. */
import { type Address, type Family, parseAddress } from "../../address/address.ts";
import { type Prefix, parsePrefix } from "../../address/prefix.ts";
import { type Phrase, phrase } from "../../wording/phrase.ts";

/** A text that is not what iptables-save prints, or that podpath does not understand. */
export class ParseFailure extends Error {
	override readonly name = "ParseFailure";
	readonly why: Phrase;

	/** The message is the phrase's code: what it says is for whoever reports it, who may throw it away. */
	constructor(why: Phrase) {
		super(why.phrase);
		this.why = why;
	}
}

export interface Word {
	readonly text: string;
	/** Quoted words are values, whatever they look like. */
	readonly quoted: boolean;
}

/** A place among the words, to come back to. */
export type Mark = number;

/**
 * The words of a line. One object serves a whole file: `load` takes the next line, and equal addresses of the file
 * become one object.
 *
 * A `!` before an option (or, as old versions wrote it, after) is kept until `takeNegation` asks for it: an extension
 * that forgets to ask fails at the next option instead of losing it.
 */
export class Words {
	readonly #words: string[] = [];
	readonly #quoted: boolean[] = [];
	readonly #prefixes = new Map<string, Prefix>();
	#at = 0;
	#negation = false;

	/** Splits a line from `start` on as iptables-restore does: only `"` quotes, and a backslash escapes inside quotes. */
	load(line: string, start: number): void {
		this.#words.length = 0;
		this.#quoted.length = 0;
		this.#at = 0;
		this.#negation = false;
		const end = line.length;
		let at = start;
		while (at < end) {
			const code = line.charCodeAt(at);
			if (code === SPACE || code === TAB || code === CARRIAGE_RETURN) at++;
			else if (code === QUOTE) at = this.#quotedWord(line, at + 1);
			else {
				const from = at;
				while (at < end && !isWordEnd(line.charCodeAt(at))) at++;
				this.push(line.slice(from, at), false);
			}
		}
	}

	#quotedWord(line: string, start: number): number {
		let word = "";
		let from = start;
		for (let at = start; at < line.length; at++) {
			const code = line.charCodeAt(at);
			if (code === QUOTE) {
				this.push(word + line.slice(from, at), true);
				return at + 1;
			}
			if (code === BACKSLASH) {
				word += line.slice(from, at);
				from = at + 1;
				at++;
			}
		}
		throw new ParseFailure(phrase("ends-in-quotes"));
	}

	/** Puts other words in the place of all from `start` on, and stands at the first of them. */
	replace(start: Mark, words: readonly Word[]): void {
		this.#words.length = start;
		this.#quoted.length = start;
		for (const { text, quoted } of words) this.push(text, quoted);
		this.position = start;
	}

	/** Adds a word at the end. */
	push(word: string, quoted: boolean): void {
		if (this.#words.length >= MOST_WORDS) throw new ParseFailure(phrase("too-many-words", { most: MOST_WORDS }));
		this.#words.push(word);
		this.#quoted.push(quoted);
	}

	get length(): number {
		return this.#words.length;
	}

	get position(): Mark {
		return this.#at;
	}

	set position(at: Mark) {
		this.#at = at;
		this.#negation = false;
	}

	get atEnd(): boolean {
		return this.#at >= this.#words.length;
	}

	/** The words from `start` on. */
	from(start: Mark): readonly Word[] {
		return this.#words.slice(start).map((text, i) => ({ text, quoted: this.#quoted[start + i] as boolean }));
	}

	/** The option that stands here, past a `!` if there is one; null at the end and where a value stands. Does not move. */
	peekOption(): string | null {
		const at = this.#isNegation(this.#at) ? this.#at + 1 : this.#at;
		const word = this.#words[at];
		return word === undefined || this.#quoted[at] || word.charCodeAt(0) !== DASH ? null : word;
	}

	/** Steps over the option here and gives its name, if it is one of these; else null and stays. */
	option(owned: ReadonlySet<string>): string | null {
		this.finish();
		const name = this.peekOption();
		if (name === null || !owned.has(name)) return null;
		this.#negation = this.#isNegation(this.#at);
		this.#at += this.#negation ? 2 : 1;
		return name;
	}

	/** Whether the option just read has a `!`. */
	takeNegation(): boolean {
		const negation = this.#negation;
		this.#negation = false;
		return negation;
	}

	/** Throws where a `!` was read that nobody asked for. */
	finish(): void {
		if (this.#negation) throw new ParseFailure(phrase("nothing-to-invert"));
	}

	/** The next word, whatever it is; a `!` before it inverts the option, as old versions wrote it. */
	value(): string {
		if (this.#isNegation(this.#at) && !this.#negation) {
			this.#negation = true;
			this.#at++;
		}
		const word = this.#words[this.#at];
		if (word === undefined) throw new ParseFailure(phrase("ends-without-value"));
		this.#at++;
		return word;
	}

	/** The next word if it is a value; undefined before an option, a `!` and the end. */
	optionalValue(): string | undefined {
		const word = this.#words[this.#at];
		if (word === undefined || this.#isNegation(this.#at) || this.peekOption() !== null) return undefined;
		this.#at++;
		return word;
	}

	/** The option here with its values, word for word, if it is one of these; else null and stays. */
	optionText(owned: ReadonlySet<string>): string | null {
		const from = this.#at;
		if (this.option(owned) === null) return null;
		this.takeNegation();
		while (this.optionalValue() !== undefined);
		return this.text(from, this.#at);
	}

	/** A number up to `max`, decimal or hexadecimal. */
	number(max: number): number {
		return parseNumber(this.value(), max);
	}

	/** `N` or `N:M`, with an end left out meaning 0 or `max`. */
	range(max: number, separator = ":"): { readonly from: number; readonly to: number } {
		return parseRange(this.value(), max, separator);
	}

	/** `VALUE` or `VALUE/MASK`; without a mask every bit up to `max` counts. */
	masked(max: number): { readonly value: number; readonly mask: number } {
		const text = this.value();
		const slash = text.indexOf("/");
		if (slash < 0) return { value: parseNumber(text, max), mask: max };
		return { value: parseNumber(text.slice(0, slash), max), mask: parseNumber(text.slice(slash + 1), max) };
	}

	prefix(family: Family): Prefix {
		const text = this.value();
		const known = this.#prefixes.get(text);
		if (known !== undefined && known.family === family) return known;
		const parsed = parsePrefix(text);
		if (parsed === undefined || parsed.family !== family)
			throw new ParseFailure(phrase("is-no-prefix-of", { text, family }));
		this.#prefixes.set(text, parsed);
		return parsed;
	}

	/** The words from `from` up to `to`, as they stood. */
	text(from: Mark, to: Mark): string {
		let text = "";
		for (let at = from; at < to; at++) {
			const word = this.#words[at] as string;
			text += `${at > from ? " " : ""}${this.#quoted[at] ? `"${escapeQuoted(word)}"` : word}`;
		}
		return text;
	}

	#isNegation(index: number): boolean {
		return this.#words[index] === "!" && !this.#quoted[index];
	}
}

/** MAX_ARGC of iptables-restore (iptables/xshared.h). */
const MOST_WORDS = 255;
const SPACE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DASH = 0x2d;

function isWordEnd(code: number): boolean {
	return code === SPACE || code === TAB || code === CARRIAGE_RETURN;
}

/** Decimal without leading zeros (which C reads as octal) or hexadecimal with `0x`. */
export function parseNumber(text: string, max: number): number {
	const number = NUMBER.test(text) ? Number(text) : Number.NaN;
	if (!(number <= max)) throw new ParseFailure(phrase("is-no-number-up-to", { text, max }));
	return number;
}

const NUMBER = /^(?:0|[1-9]\d*|0[xX][0-9a-fA-F]+)$/;

export function parseRange(text: string, max: number, separator = ":"): { readonly from: number; readonly to: number } {
	const split = text.indexOf(separator);
	if (split < 0) {
		const only = parseNumber(text, max);
		return { from: only, to: only };
	}
	const head = text.slice(0, split);
	const tail = text.slice(split + 1);
	const from = head === "" ? 0 : parseNumber(head, max);
	const to = tail === "" ? max : parseNumber(tail, max);
	if (from > to) throw new ParseFailure(phrase("is-no-range", { text }));
	return { from, to };
}

export function parseAddressOf(text: string, family: Family): Address {
	const parsed = parseAddress(text);
	if (parsed === undefined || parsed.family !== family)
		throw new ParseFailure(phrase("is-no-address-of", { text, family }));
	return parsed;
}

/** `--dport 80`, with `! ` before it where negated. */
export function printOption(name: string, value: string, negated = false): string {
	return `${negated ? "! " : ""}${name}${value === "" ? "" : ` ${value}`}`;
}

/** `-m NAME` and the options that are there. */
export function printModule(name: string, options: readonly (string | undefined)[]): string {
	let text = `-m ${name}`;
	for (const option of options) if (option !== undefined && option !== "") text += ` ${option}`;
	return text;
}

export function printRange(range: { readonly from: number; readonly to: number }, separator = ":"): string {
	return range.from === range.to ? String(range.from) : `${range.from}${separator}${range.to}`;
}

export function hex(value: number): string {
	return `0x${(value >>> 0).toString(16)}`;
}

/** As iptables' xtables_save_string: quoted unless it is made of letters, digits, `_` and `-` alone. */
export function quote(text: string): string {
	return PLAIN.test(text) ? text : `"${escapeQuoted(text)}"`;
}

const PLAIN = /^[\w-]+$/;

function escapeQuoted(text: string): string {
	return /["\\']/.test(text) ? text.replaceAll(/["\\']/g, "\\$&") : text;
}
