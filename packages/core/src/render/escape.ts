/** Makes names harmless in the languages that pictures are written in. */
import { printable } from "../diagnostic/diagnostic.ts";

/** For text and attribute values of XML: control characters are shown, not written. */
export function escapeXml(text: string): string {
	return wellFormed(text).replace(/[<>&"'`]/g, (char) => `&#${char.codePointAt(0)};`);
}

/**
 * For a quoted Mermaid label. Everything but letters, digits and harmless punctuation becomes an entity (`#34;`), so that
 * neither Mermaid's syntax nor the HTML that it makes of labels can be reached.
 */
export function escapeMermaid(text: string): string {
	return wellFormed(text).replace(/[^\p{L}\p{N} ./:,_()→*+=-]/gu, (char) => `#${char.codePointAt(0)};`);
}

/** Printable, and without halves of surrogate pairs, which no document may hold. */
function wellFormed(text: string): string {
	return printable(text).toWellFormed();
}
