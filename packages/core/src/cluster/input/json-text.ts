/**
 * Where things stand in JSON text. `JSON.parse` gives values without places; places are needed only for errors and for the
 * objects of a List, so the text is gone through again for just these.
 */
import type { FieldPath } from "../field.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
/** All bits but the one in which `{` differs from `[`, and `}` from `]`. */
const LIST_OR_OBJECT = ~0x20;

/** Where the value that begins at `start` or after white space ends. Valid JSON is taken for granted. */
export function valueEnd(text: string, start: number): number {
	const at = skipSpace(text, start);
	switch (text.charCodeAt(at)) {
		case QUOTE:
			return stringEnd(text, at);
		case OPEN_OBJECT:
		case OPEN_LIST:
			return bracketEnd(text, at);
		default:
			return scalarEnd(text, at);
	}
}

/** After the bracket that closes the one at `start`. Lists of a whole cluster go through here, character by character. */
function bracketEnd(text: string, start: number): number {
	let depth = 0;
	for (let at = start; at < text.length; at++) {
		const code = text.charCodeAt(at);
		// Indentation is most of what kubectl prints.
		if (code <= SPACE) continue;
		if (code === QUOTE) at = stringEnd(text, at) - 1;
		// Brackets and braces differ by one bit, and no other character has these codes.
		else if ((code & LIST_OR_OBJECT) === OPEN_LIST) depth += 1;
		else if ((code & LIST_OR_OBJECT) === CLOSE_LIST) {
			depth -= 1;
			if (depth === 0) return at + 1;
		}
	}
	return text.length;
}

function scalarEnd(text: string, start: number): number {
	let at = start;
	for (; at < text.length; at++) {
		const code = text.charCodeAt(at);
		const ends = code === COMMA || code === CLOSE_LIST || code === CLOSE_OBJECT || isSpace(code);
		if (ends) break;
	}
	return at;
}

/** Where the element of each position of the list at `start` begins. */
export function itemStarts(text: string, start: number): readonly number[] {
	const starts: number[] = [];
	let at = skipSpace(text, start) + 1;
	for (;;) {
		at = skipSpace(text, at);
		if (at >= text.length || text.charCodeAt(at) === CLOSE_LIST) return starts;
		starts.push(at);
		at = skipSpace(text, valueEnd(text, at));
		if (text.charCodeAt(at) === COMMA) at += 1;
	}
}

/** Where the value or name at a path below the value at `start` begins; of what is not there, the nearest above it. */
export function placeOf(text: string, start: number, path: FieldPath, part: "key" | "value"): number {
	let at = skipSpace(text, start);
	let found = at;
	for (const key of path) {
		const member = typeof key === "number" ? listItem(text, at, key) : objectMember(text, at, key);
		if (member === undefined) return found;
		at = member.value;
		found = part === "key" ? member.key : member.value;
	}
	return found;
}

interface MemberPlace {
	readonly key: number;
	readonly value: number;
}

function listItem(text: string, list: number, index: number): MemberPlace | undefined {
	if (text.charCodeAt(list) !== OPEN_LIST) return undefined;
	const start = itemStarts(text, list)[index];
	return start === undefined ? undefined : { key: start, value: start };
}

/** The first member of the name: what comes after it may be all of a cluster. */
function objectMember(text: string, object: number, name: string): MemberPlace | undefined {
	if (text.charCodeAt(object) !== OPEN_OBJECT) return undefined;
	let at = skipSpace(text, object + 1);
	while (text.charCodeAt(at) === QUOTE) {
		const key = at;
		const keyEnd = stringEnd(text, at);
		at = skipSpace(text, keyEnd);
		if (text.charCodeAt(at) === COLON) at += 1;
		const value = skipSpace(text, at);
		if (unquoted(text.slice(key, keyEnd)) === name) return { key, value };
		at = skipSpace(text, valueEnd(text, value));
		if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
	}
	return undefined;
}

function unquoted(literal: string): string {
	return literal.includes("\\") ? String(JSON.parse(literal)) : literal.slice(1, -1);
}

/** The offset after the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
	for (let at = start + 1; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) return at + 1;
		if (code === BACKSLASH) at += 1;
	}
	return text.length;
}

export function skipSpace(text: string, start: number): number {
	let at = start;
	while (isSpace(text.charCodeAt(at))) at += 1;
	return at;
}

function isSpace(code: number): boolean {
	return code === 0x20 || code === NEWLINE || code === 0x0d || code === 0x09;
}

/** Line and column, counted from 1, of an offset. */
export function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
	let line = 1;
	let lineStart = 0;
	for (let end = text.indexOf("\n"); end >= 0 && end < offset; end = text.indexOf("\n", end + 1)) {
		line += 1;
		lineStart = end + 1;
	}
	return { line, column: offset - lineStart + 1 };
}

/** The line on which each of `count` objects of the list at `start` begins. */
export function itemLines(text: string, start: number, count: number): readonly number[] {
	const printed = printedItems(text, start);
	return linesOf(text, printed.length === count ? printed : itemStarts(text, start));
}

/**
 * Where objects of a list begin as printers lay them out: each on a line of its own, all equally indented. A search that
 * is many times faster than reading every character, for Lists of whole clusters; whoever asks compares the number.
 */
function printedItems(text: string, list: number): readonly number[] {
	const first = skipSpace(text, list + 1);
	const lineStart = text.lastIndexOf("\n", first);
	if (lineStart < list || text.charCodeAt(first) !== OPEN_OBJECT) return [];
	const opening = text.slice(lineStart, first + 1);
	const starts: number[] = [];
	for (let at = lineStart; at >= 0; at = text.indexOf(opening, at + 1)) starts.push(at + opening.length - 1);
	return starts;
}

/** The lines of offsets that are in ascending order. */
function linesOf(text: string, offsets: readonly number[]): readonly number[] {
	let line = 1;
	let end = text.indexOf("\n");
	return offsets.map((offset) => {
		while (end >= 0 && end < offset) {
			line += 1;
			end = text.indexOf("\n", end + 1);
		}
		return line;
	});
}
