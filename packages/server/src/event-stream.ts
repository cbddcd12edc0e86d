/** Server-sent events: what a long call tells while it goes on, and an end to the call when nobody listens any more. */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";

/** Browsers and proxies take a silent stream for a dead one. */
const HEARTBEAT_MS = 15_000;

/** The signal aborts when the listener has gone. Whatever `work` fails with is for it to tell. */
export function eventStream<Event>(
	context: Context,
	work: (send: (event: Event) => void, signal: AbortSignal) => Promise<void>,
): Response {
	return streamSSE(context, async (stream) => {
		const ending = new AbortController();
		stream.onAbort(() => ending.abort());
		const heartbeat = setInterval(() => void stream.write(": still here\n\n"), HEARTBEAT_MS);
		let written = Promise.resolve();
		const send = (event: Event): void => {
			const data = JSON.stringify(event);
			written = written.then(() => stream.writeSSE({ data }));
		};
		try {
			await work(send, ending.signal);
			// The stream closes when this ends, with whatever is not written yet.
			await written;
		} finally {
			clearInterval(heartbeat);
		}
	});
}
