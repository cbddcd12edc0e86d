/** Reads one file as text, and refuses what is no text with a line that says so. */
import { constants, isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { InputError } from "@podpath/core";

/** The longest text that one string of this engine can hold (V8: some 512 MiB). */
const MOST_BYTES = constants.MAX_STRING_LENGTH;

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
	try {
		descriptor = openSync(path, "r");
	} catch (error) {
		throw cannotRead(path, error);
	}
	try {
		const { size } = fstatSync(descriptor);
		if (size > MOST_BYTES) throw tooBig(path, size);
		return readFileSync(descriptor);
	} catch (error) {
		throw error instanceof InputError ? error : cannotRead(path, error);
	} finally {
		closeSync(descriptor);
	}
}

/** The text of these bytes; `name` is what messages call them. */
export function decodeText(bytes: Uint8Array, name: string): string {
	if (bytes.length > MOST_BYTES) throw tooBig(name, bytes.length);
	const [first, second, third] = bytes;
	if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
		throw noText(name, "is UTF-16", "save it as UTF-8");
	}
	if (bytes.includes(0)) throw noText(name, "is a binary file", "give YAML, JSON or a tool's text output");
	if (!isUtf8(bytes)) throw noText(name, "is not UTF-8", "save it as UTF-8");
	const start = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
	return Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start).toString("utf8");
}

function noText(name: string, message: string, hint: string): InputError {
	return new InputError({ code: "not-text", message: `"${name}" ${message}`, hint });
}

function tooBig(name: string, size: number): InputError {
	return new InputError({
		code: "file-too-big",
		message: `"${name}" has ${megabytes(size)} MB, more than the ${megabytes(MOST_BYTES)} MB that one file can have`,
		hint: "split it: kubectl get nodes,services,endpointslices,pods -o json by kind or namespace, each into a file of its own",
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
