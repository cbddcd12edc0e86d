/** Reads one file as text, and refuses what is no text with a line that says so. */
import { constants as bufferConstants, isUtf8 } from "node:buffer";
import { closeSync, constants, createReadStream, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { InputError, type Phrase, phrase } from "@podpath/core";

/** The longest text that one string of this engine can hold (V8: some 512 MiB). */
const MOST_BYTES = bufferConstants.MAX_STRING_LENGTH;

/**
 * The text of a file, without a byte order mark.
 * @throws {InputError} For a file that is not there, cannot be read, is too big for one string, or holds no UTF-8 text.
 */
export function readTextFile(path: string): string {
	return decodeText(readBytes(path), path);
}

/** @throws {InputError} For a file that is not there, cannot be read, or is bigger than one string can be. */
export function readBytes(path: string): Buffer {
	let descriptor: number;
	// Before it is opened, which may wait for ever: a folder holds pipes and devices by accident or by malice.
	if (isSpecialFile(path))
		throw new InputError({ code: "special-file", message: `"${path}" is a pipe or device, no file` });
	try {
		descriptor = openSync(path, "r");
	} catch (error) {
		throw cannotRead(path, error);
	}
	try {
		const stat = fstatSync(descriptor);
		if (stat.size > MOST_BYTES) throw tooBig(path, stat.size);
		return readFileSync(descriptor);
	} catch (error) {
		throw error instanceof InputError ? error : cannotRead(path, error);
	} finally {
		closeSync(descriptor);
	}
}

/** Whether it is a pipe, socket or device: `<(…)` of a shell, /dev/stdin. */
export function isSpecialFile(path: string): boolean {
	let stat: ReturnType<typeof statSync>;
	try {
		stat = statSync(path, { throwIfNoEntry: false });
	} catch {
		// Reading it says what is wrong.
		return false;
	}
	return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

/** The text of a pipe or device. An interrupt is heard while it waits, and one without end (/dev/zero) is refused. */
export async function readSpecialFile(path: string): Promise<string> {
	try {
		return await readStream(openSpecialFile(path), path);
	} catch (error) {
		throw error instanceof InputError ? error : cannotRead(path, error);
	}
}

/**
 * A pipe is opened without waiting for its writer, and read as a socket is: a thread that waits in open(2) would keep an
 * interrupted process from ending.
 */
function openSpecialFile(path: string): AsyncIterable<Uint8Array> {
	if (!statSync(path).isFIFO()) return createReadStream(path);
	return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
}

/** The text of a stream; `name` is what messages call it. */
export async function readStream(stream: AsyncIterable<Uint8Array | string>, name: string): Promise<string> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of stream) {
		const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
		size += bytes.length;
		if (size > MOST_BYTES) throw tooBig(name, size);
		chunks.push(bytes);
	}
	return decodeText(Buffer.concat(chunks), name);
}

/** The text of these bytes; `name` is what messages call them. */
export function decodeText(bytes: Uint8Array, name: string): string {
	if (bytes.length > MOST_BYTES) throw tooBig(name, bytes.length);
	const [first, second, third] = bytes;
	if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
		throw noText(phrase("is-utf-16", { file: name }), phrase("save-as-utf-8"));
	}
	if (bytes.includes(0)) throw noText(phrase("is-binary", { file: name }), phrase("give-text"));
	if (!isUtf8(bytes)) throw noText(phrase("is-not-utf-8", { file: name }), phrase("save-as-utf-8"));
	const start = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
	return Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start).toString("utf8");
}

function noText(message: Phrase, hint: Phrase): InputError {
	return new InputError({ code: "not-text", message, hint });
}

function tooBig(name: string, size: number): InputError {
	return new InputError({
		code: "file-too-big",
		message: `"${name}" has ${megabytes(size)} MB or more, but one file can have ${megabytes(MOST_BYTES)} MB`,
		hint: "split manifests by kind or namespace (kubectl get pods -o json), each into a file of its own",
	});
}

function megabytes(size: number): number {
	return Math.round(size / 1e6);
}

/** Node's error codes, in words. */
const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "does not exist",
	EACCES: "may not be read: permission denied",
	EPERM: "may not be read: permission denied",
	EISDIR: "is a folder",
	ENOTDIR: "does not exist: part of its path is no folder",
	ELOOP: "leads round in a circle of symbolic links",
	ENAMETOOLONG: "is longer than a path can be",
	EMFILE: "cannot be opened: too many open files",
};

export function cannotRead(path: string, error: unknown): InputError {
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	const message = `"${path}" ${REASONS[code] ?? `cannot be read${code === "" ? "" : ` (${code})`}`}`;
	return new InputError({ code: "cannot-read", message, hint: "give a file, a folder, or - for standard input" });
}
