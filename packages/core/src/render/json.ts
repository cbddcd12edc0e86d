/** `-o json`: the explanation itself. */
import type { Explanation } from "../trace/explanation.ts";
import { questionOf } from "../trace/question.ts";

export interface JsonOptions {
	/** On one line, for JSON lines. */
	readonly compact?: boolean;
}

/** JSON in the order of the contract, indented by two spaces unless compact; ends in a line feed. */
export function renderJson(explanation: Explanation, options: JsonOptions = {}): string {
	return stringifyJson({ ...explanation, question: questionOf(explanation.question) }, options);
}

/**
 * JSON text whose strings no terminal obeys: besides what JSON must escape, control characters, line separators and
 * bidirectional overrides are. Ends in a line feed.
 */
export function stringifyJson(value: unknown, options: JsonOptions = {}): string {
	const text = JSON.stringify(value, null, options.compact === true ? undefined : 2);
	return `${text.replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, escapeUnit)}\n`;
}

function escapeUnit(char: string): string {
	return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
