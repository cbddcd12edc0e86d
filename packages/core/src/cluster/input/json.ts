/** JSON: one value, or several one after another (JSON lines among them). */

import { refuse } from "../../diagnostic/diagnostic.ts";
import { phrase } from "../../wording/phrase.ts";
import type { InputDocument, ManifestFile } from "./document.ts";
import { firstJsonError } from "./json-error.ts";
import { itemLines, placeOf, positionAt, skipSpace, valueEnd } from "./json-text.ts";

/**
 * Whether to read a file as JSON. What begins with a bracket may also be YAML; it is taken for JSON where its name says
 * so or the first thing in the bracket can be JSON's.
 */
export function isJson(file: ManifestFile): boolean {
	if (/\.ya?ml$/i.test(file.name)) return /^\s*(\{\s*"|\[\s*\{\s*")/.test(file.text) && parses(file.text);
	return /\.(json|jsonl|ndjson)$/i.test(file.name) || /^\s*(\{\s*["}]|\[\s*[{\]])/.test(file.text);
}

function parses(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** @throws {InputError} With line and column of what is wrong. */
export function* jsonDocuments(file: ManifestFile): Generator<InputDocument> {
	const { text } = file;
	const whole = attempt(text);
	if (whole !== undefined) {
		yield new JsonDocument(whole.value, file, 0);
		return;
	}
	for (let start = skipSpace(text, 0); start < text.length; ) {
		const end = valueEnd(text, start);
		const part = attempt(text.slice(start, end)) ?? fail(file, start);
		yield new JsonDocument(part.value, file, start);
		start = skipSpace(text, end);
	}
}

function attempt(text: string): { readonly value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

function fail(file: ManifestFile, start: number): never {
	const error = firstJsonError(file.text, start);
	// A bracket too many ends the value early: then it stands where the next value should begin.
	const { at, message } = "end" in error ? { at: error.end, message: phrase("json-object-expected") } : error;
	const where = { file: file.name, ...positionAt(file.text, at) };
	refuse("json-syntax", phrase("not-json", { what: message }), where);
}

class JsonDocument implements InputDocument {
	readonly value: unknown;
	readonly #file: ManifestFile;
	readonly #start: number;

	constructor(value: unknown, file: ManifestFile, start: number) {
		this.value = value;
		this.#file = file;
		this.#start = start;
	}

	locate(path: readonly (string | number)[], part: "key" | "value"): ReturnType<InputDocument["locate"]> {
		const offset = placeOf(this.#file.text, this.#start, path, part);
		return { file: this.#file.name, ...positionAt(this.#file.text, offset) };
	}

	itemLines(path: readonly (string | number)[], count: number): readonly number[] {
		const list = placeOf(this.#file.text, this.#start, path, "value");
		return itemLines(this.#file.text, list, count);
	}
}
