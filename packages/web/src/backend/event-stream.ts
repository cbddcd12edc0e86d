/** Server-sent events of an answer to a POST, which EventSource cannot send. */
import { ProblemError } from "./backend.ts";

/** In order, until the stream ends or is cut. */
export async function* eventsOf<Event>({ body }: Response): AsyncGenerator<Event, void> {
	if (body === null) return;
	let text = "";
	try {
		for await (const piece of piecesOf(body.pipeThrough(new TextDecoderStream()))) {
			const blocks = (text + piece).split("\n\n");
			text = blocks.pop() ?? "";
			for (const block of blocks) {
				const data = dataOf(block);
				if (data !== "") yield JSON.parse(data) as Event;
			}
		}
	} catch (error) {
		// A server that goes away in the middle breaks the stream; what was said by then has been heard.
		if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
	}
}

/** Not every browser lets a stream be iterated. */
async function* piecesOf(stream: ReadableStream<string>): AsyncGenerator<string, void> {
	const reader = stream.getReader();
	try {
		for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
	} finally {
		void reader.cancel().catch(() => {});
	}
}

/** Of one event; lines that are comments keep the connection alive. */
function dataOf(block: string): string {
	return block
		.split("\n")
		.filter((line) => line.startsWith("data:"))
		.map((line) => line.slice("data:".length).trimStart())
		.join("\n");
}

/** The stream ended before its last event. */
export function cutShort(): ProblemError {
	return new ProblemError({ code: "server-away", message: "the server went away in the middle of its answer" });
}
