/** Lines of questions, out of bytes that come in pieces. */

/** More than any question has; longer lines are not kept, so that a file without line breaks cannot fill the memory. */
export const LONGEST_LINE = 1_000_000;

/** One line without its end; null for one that is longer than {@link LONGEST_LINE}, which was passed over. */
export type QuestionLine = string | null;

/**
 * Splits at line feeds alone, as JSON lines are (RFC 8259 lets the other line separators of Unicode stand inside a string).
 * What a chunk completes is given before the next chunk is waited for.
 */
export async function* questionLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<QuestionLine> {
	const decoder = new TextDecoder();
	let rest = "";
	let tooLong = false;
	for await (const chunk of chunks) {
		const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
		let from = 0;
		for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
			const line = rest + text.slice(from, end);
			yield tooLong || line.length > LONGEST_LINE ? null : line;
			rest = "";
			tooLong = false;
			from = end + 1;
		}
		rest += text.slice(from);
		if (rest.length > LONGEST_LINE) {
			rest = "";
			tooLong = true;
		}
	}
	rest += decoder.decode();
	if (tooLong || rest.length > LONGEST_LINE) yield null;
	else if (rest !== "") yield rest;
}
