/** Input that is wrong, said in one line: what, where, and what would be right. */
import type { SourcePosition } from "../origin/origin.ts";
import type { Language } from "../wording/language.ts";
import { type Phrase, phrase, type Said, worded } from "../wording/phrase.ts";

export interface Diagnostic {
	/** Stable, kebab-case: `unknown-kind`, `duplicate-object`, `address-in-no-cidr` … */
	readonly code: string;
	readonly severity: "error" | "warning";
	/** One sentence without a full stop, names quoted, nothing that a terminal would obey; plain text is English. */
	readonly message: Said;
	readonly where?: SourcePosition;
	/** What would be right: a close name, the allowed values. */
	readonly hint?: Said;
}

/** A diagnostic in the words of one language. */
export interface ToldDiagnostic extends Omit<Diagnostic, "message" | "hint"> {
	readonly message: string;
	readonly hint?: string;
}

export function diagnosticIn({ message, hint, ...same }: Diagnostic, language: Language): ToldDiagnostic {
	return { ...same, message: worded(message, language), ...(hint !== undefined && { hint: worded(hint, language) }) };
}

/** Thrown for input that cannot be used. The command line prints it in one line and exits with 2. */
export class InputError extends Error {
	override readonly name = "InputError";
	readonly diagnostic: Diagnostic;

	constructor(diagnostic: Omit<Diagnostic, "severity">) {
		super(formatDiagnostic({ ...diagnostic, severity: "error" }));
		this.diagnostic = { ...diagnostic, severity: "error" };
	}
}

/** @throws {InputError} Said in the language of whoever reads it. */
export function refuse(code: string, message: Phrase, where?: SourcePosition, hint?: Phrase): never {
	throw new InputError({ code, message, ...(where !== undefined && { where }), ...(hint !== undefined && { hint }) });
}

/** Where the other of two stands that contradict each other. */
export function otherAt({ source }: { readonly source: SourcePosition }): Phrase {
	return phrase("other-at", { where: formatPosition(source) });
}

/** `FILE:LINE:COLUMN: MESSAGE (HINT)` in one printable line. */
export function formatDiagnostic(diagnostic: Diagnostic, language: Language = "en"): string {
	const { where, message, hint } = diagnostic;
	const position = where === undefined ? "" : `${formatPosition(where)}: `;
	return printable(position + worded(hint === undefined ? message : phrase("with-hint", { message, hint }), language));
}

export function formatPosition(where: SourcePosition): string {
	return `${where.file}:${where.line}${where.column === undefined ? "" : `:${where.column}`}`;
}

/** The text with control characters, line breaks and bidirectional overrides shown as escapes, so that no terminal obeys them. */
export function printable(text: string): string {
	return text.replace(
		// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
		/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
		(char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}
