/**
 * The JSON of iproute2 and its kin: an array of objects, one an entry. Read entry by entry, so that each keeps its line and
 * an error names line and column; and several arrays in a row are one, as `ip -j route; ip -6 -j route` writes them.
 */
import { InputError } from "../diagnostic/diagnostic.ts";
import { type Phrase, phrase } from "../wording/phrase.ts";
import { excerpt } from "./dump.ts";

export type JsonObject = { readonly [key: string]: unknown };

/** An entry of the outermost array. */
export interface JsonRow {
	readonly value: JsonObject;
	/** Its text, for what JSON.parse loses: of a repeated key it keeps the last, and iproute2 repeats keys. */
	readonly text: string;
	readonly line: number;
}

/** Whether a dump is the tool's JSON rather than its text. */
export function isJson(text: string, file: string): boolean {
	return file.endsWith(".json") || /^\s*\[\s*[[{\]]/.test(text);
}

/** The entries. Throws InputError where the text is no JSON array of objects, or ends too early. */
export function jsonRows(text: string, file: string): JsonRow[] {
	const rows: JsonRow[] = [];
	const scan = new RowScanner(text, file);
	for (let slice = scan.next(); slice !== undefined; slice = scan.next()) {
		const value = parseSlice(slice, text, file);
		// `ip -j` prints an empty object for what a filter left out.
		if (Object.keys(value).length > 0) rows.push({ value, text: slice.text, line: slice.line });
	}
	return rows;
}

interface Slice {
	readonly text: string;
	readonly start: number;
	readonly line: number;
}

const NEWLINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;

/** Finds where each object of the outermost arrays begins and ends, minding strings. */
class RowScanner {
	readonly #text: string;
	readonly #file: string;
	#at = 0;
	#line = 1;
	#inside = false;

	constructor(text: string, file: string) {
		this.#text = text;
		this.#file = file;
	}

	next(): Slice | undefined {
		for (; this.#at < this.#text.length; this.#at++) {
			const char = this.#text[this.#at] as string;
			if (char === "\n") this.#line++;
			else if (this.#inside && char === "{") return this.#object();
			else if (this.#inside && char === "]") this.#inside = false;
			else if (!this.#inside && char === "[") this.#inside = true;
			else if (!/[\s,\ufeff]/.test(char)) this.#refuse(this.#at, phrase("json-unexpected", { text: excerpt(char) }));
		}
		if (this.#inside) this.#refuse(this.#at, phrase("json-ends-in-array"));
		return undefined;
	}

	#object(): Slice {
		const start = this.#at;
		const line = this.#line;
		let depth = 0;
		for (; this.#at < this.#text.length; this.#at++) {
			const code = this.#text.charCodeAt(this.#at);
			if (code === QUOTE) this.#string();
			else if (code === NEWLINE) this.#line++;
			else if (code === 123 || code === 91) depth++;
			else if (code === 125 || code === 93) {
				depth--;
				if (depth === 0) {
					this.#at++;
					return { text: this.#text.slice(start, this.#at), start, line };
				}
			}
		}
		return this.#refuse(this.#at, phrase("json-ends-in-object"));
	}

	#string(): void {
		for (this.#at++; this.#at < this.#text.length; this.#at++) {
			const code = this.#text.charCodeAt(this.#at);
			if (code === BACKSLASH) this.#at++;
			else if (code === QUOTE) return;
		}
	}

	#refuse(offset: number, why: Phrase): never {
		throw malformed(this.#text, this.#file, offset, why);
	}
}

function parseSlice(slice: Slice, text: string, file: string): JsonObject {
	try {
		return JSON.parse(slice.text) as JsonObject;
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const position = /at position (\d+)/.exec(message)?.[1];
		const offset = position === undefined ? firstNonToken(slice.text) : Number(position);
		throw malformed(text, file, slice.start + offset, phrase("json-entry-malformed"));
	}
}

const TOKEN = /\s+|[{}[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null/y;

/** Where something stands that is no part of JSON at all; 0 where the parts are right but not their order. */
function firstNonToken(text: string): number {
	TOKEN.lastIndex = 0;
	let end = 0;
	while (TOKEN.test(text)) end = TOKEN.lastIndex;
	return end === text.length ? 0 : end;
}

function malformed(text: string, file: string, offset: number, why: Phrase): InputError {
	const before = text.slice(0, offset);
	const line = before.split("\n").length;
	const column = offset - before.lastIndexOf("\n");
	return new InputError({
		code: "malformed-json",
		message: phrase("malformed-json", { why }),
		where: { file, line, column },
		hint: phrase("json-of-tool"),
	});
}

export function stringField(of: JsonObject, key: string): string | undefined {
	const value = of[key];
	if (typeof value === "string") return value;
	return typeof value === "number" ? String(value) : undefined;
}

export function numberField(of: JsonObject, key: string): number | undefined {
	const value = of[key];
	return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

export function booleanField(of: JsonObject, key: string): boolean | undefined {
	const value = of[key];
	if (typeof value === "boolean") return value;
	return typeof value === "number" ? value !== 0 : undefined;
}

export function objectField(of: JsonObject, key: string): JsonObject | undefined {
	const value = of[key];
	return isObject(value) ? value : undefined;
}

export function objectsField(of: JsonObject, key: string): readonly JsonObject[] {
	const value = of[key];
	return Array.isArray(value) ? value.filter(isObject) : [];
}

export function stringsField(of: JsonObject, key: string): readonly string[] {
	const value = of[key];
	return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function isObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
