/** Progress on a terminal: one line that is written over. */
import type { OutputStream } from "../cli-process.ts";

const ERASE_LINE = "\r\u001b[K";

/** Shows a text until the next; an empty one takes it away. Nothing is shown where nobody watches. */
export function progressOn(stream: OutputStream): (text: string) => void {
	if (stream.isTTY !== true) return () => {};
	return (text) => void stream.write(`${ERASE_LINE}${text}`);
}
