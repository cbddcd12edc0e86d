/** What is wrong with JSON text, and where: engines' own messages differ and often have no place. */
import { type Phrase, phrase } from "../../wording/phrase.ts";

export interface JsonError {
	readonly at: number;
	readonly message: Phrase;
}

const SPACE = /[ \t\r\n]*/y;
/** Where one stretch of a string ends: a whole string would be too long for one expression. */
const STRING_PART = /[^"\\\p{Cc}]+|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;

/** What may come next. `end`: the whole value is read. */
type Expected = "value" | "first-item" | "first-name" | "name" | "colon" | "separator" | "end";

/** The first error of the value that begins at `start`, or where it ends if it has none. */
export function firstJsonError(text: string, start: number): JsonError | { readonly end: number } {
	const open: ("{" | "[")[] = [];
	let expected = "value" as Expected;
	let at = start;
	for (;;) {
		at = after(SPACE, text, at) ?? at;
		if (expected === "end") return { end: at };
		const char = text[at];
		const next = step(expected, char, open);
		if (next !== undefined) {
			expected = next;
			at += 1;
			continue;
		}
		const named: boolean = expected === "name" || expected === "first-name";
		const scalar: boolean = expected === "value" || expected === "first-item";
		const end: number | undefined =
			(named || scalar ? stringEnd(text, at) : undefined) ?? (scalar ? after(SCALAR, text, at) : undefined);
		if (end === undefined) return { at, message: complaint(expected, char, open.at(-1)) };
		expected = named ? "colon" : afterValue(open);
		at = end;
	}
}

/** What comes after a character of JSON's structure; nothing where it is none, or not in its place. */
function step(expected: Expected, char: string | undefined, open: ("{" | "[")[]): Expected | undefined {
	const value = expected === "value" || expected === "first-item";
	if (value && char === "{") {
		open.push("{");
		return "first-name";
	}
	if (value && char === "[") {
		open.push("[");
		return "first-item";
	}
	if (expected === "colon" && char === ":") return "value";
	if (expected === "separator" && char === ",") return open.at(-1) === "{" ? "name" : "value";
	const inObject = open.at(-1) === "{" && (expected === "separator" || expected === "first-name");
	const inList = open.at(-1) === "[" && (expected === "separator" || expected === "first-item");
	if ((inObject && char === "}") || (inList && char === "]")) {
		open.pop();
		return afterValue(open);
	}
	return undefined;
}

function afterValue(open: readonly string[]): Expected {
	return open.length === 0 ? "end" : "separator";
}

function complaint(expected: Expected, char: string | undefined, open: string | undefined): Phrase {
	if (char === undefined) return phrase("json-cut");
	if (expected !== "separator" && expected !== "colon" && char === '"') {
		return phrase("json-string");
	}
	switch (expected) {
		case "colon":
			return phrase("json-colon", { sign: '":"' });
		case "name":
		case "first-name":
			return char === "}" ? phrase("json-name-after-comma", { sign: '","' }) : phrase("json-name");
		case "separator":
			return phrase("json-separator", { one: '","', other: open === "{" ? '"}"' : '"]"' });
		default:
			return phrase("json-value");
	}
}

/** After the string that begins here; nothing where none does, or where it does not end. */
function stringEnd(text: string, start: number): number | undefined {
	if (text[start] !== '"') return undefined;
	let at: number | undefined = start + 1;
	while (at !== undefined && text[at] !== '"') at = after(STRING_PART, text, at);
	return at === undefined ? undefined : at + 1;
}

function after(pattern: RegExp, text: string, at: number): number | undefined {
	pattern.lastIndex = at;
	return pattern.test(text) ? pattern.lastIndex : undefined;
}
