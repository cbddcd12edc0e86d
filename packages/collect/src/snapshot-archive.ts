/** Reads a snapshot that is a .tar.gz into its files. Nothing is written to disk. */
import { constants, gunzip } from "node:zlib";
import { InputError, type SnapshotFile } from "@podpath/core";
import { unpackTar } from "modern-tar";
import type { SnapshotFiles } from "./snapshot-folder.ts";
import { snapshotFile } from "./snapshot-folder.ts";
import { decodeText, readBytes } from "./text-file.ts";

/** Unpacked bytes of all files together. Beyond that it is no snapshot but a bomb, or one to give as a folder. */
const MOST_BYTES = 2 ** 30;
/** What is small may unpack to this much whatever its ratio is. */
const SMALL_BYTES = 2 ** 26;
/** Snapshots of many nodes with the same rules have some 30; gzip cannot go beyond 1032. */
const MOST_RATIO = 200;
/** Entries of one archive: some 15 files for each of thousands of namespaces. */
const MOST_ENTRIES = 500_000;

export interface ArchiveLimits {
	readonly bytes: number;
	readonly entries: number;
}

/**
 * Every text file of the archive for which `wanted` holds.
 * @throws {InputError} For an archive that is damaged, too big, or has entries that climb out of it or are links.
 */
export async function readArchive(
	path: string,
	wanted: (inner: string) => boolean,
	limits: ArchiveLimits = { bytes: MOST_BYTES, entries: MOST_ENTRIES },
): Promise<SnapshotFiles> {
	return filesOfArchive(readBytes(path), path, wanted, limits);
}

/** The same of an archive that is at hand; `path` is what messages call it. */
export async function filesOfArchive(
	bytes: Buffer,
	path: string,
	wanted: (inner: string) => boolean,
	limits: ArchiveLimits = { bytes: MOST_BYTES, entries: MOST_ENTRIES },
): Promise<SnapshotFiles> {
	const tar = await unzip(bytes, path, Math.min(limits.bytes, Math.max(SMALL_BYTES, bytes.length * MOST_RATIO)));
	refuseOddTypes(tar, path);
	const files = new Map<string, SnapshotFile>();
	for (const { header, data } of await unpack(tar, path, limits.entries)) {
		const inner = innerPath(header.name, path);
		if (header.type === "directory" || inner === "") continue;
		if (inner.includes("\ufffd")) throw refused(path, `the name of its entry "${inner}" is not UTF-8`);
		if (isSparse(header.pax)) throw refused(path, `"${inner}" is a sparse file`, "pack it without tar's --sparse");
		if (header.type !== "file") throw refused(path, `"${inner}" is of type ${header.type ?? "unknown"}, not a file`);
		if (!wanted(inner)) continue;
		if (files.has(inner)) throw refused(path, `"${inner}" is in it twice`);
		const name = `${path}:${inner}`;
		files.set(
			inner,
			snapshotFile(inner, name, () => decodeText(data ?? new Uint8Array(), name)),
		);
	}
	return files;
}

function unzip(bytes: Buffer, path: string, most: number): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		gunzip(bytes, { maxOutputLength: most, finishFlush: constants.Z_FINISH }, (error, result) => {
			if (error === null) resolve(result);
			else if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
				reject(refused(path, `it holds more than ${Math.round(most / 1e6)} MB`, "unpack it and give the folder"));
			} else reject(refused(path, "it is no whole gzip file", "an archive made by tar -czf"));
		});
	});
}

async function unpack(tar: Buffer, path: string, most: number): ReturnType<typeof unpackTar> {
	let count = 0;
	let tooMany = false;
	try {
		return await unpackTar(tar, {
			strict: true,
			filter: () => {
				tooMany = ++count > most;
				if (tooMany) throw new Error("too many entries");
				return true;
			},
		});
	} catch {
		throw tooMany
			? refused(path, `it has more than ${most} entries`, "unpack it and give the folder")
			: refused(path, "it is no whole tar archive", "an archive made by tar -czf");
	}
}

/** GNU tar's mark (GNU tar manual, "Storing Sparse Files"): what follows is a map of holes, not the file. */
function isSparse(pax: Readonly<Record<string, string>> | undefined): boolean {
	return Object.keys(pax ?? {}).some((key) => key.startsWith("GNU.sparse."));
}

/**
 * Refuses GNU tar's sparse and multi-volume files (tar.h: S, M, N, V at byte 156 of a header), which the reader of archives
 * takes for plain ones and would hand on without their holes.
 */
function refuseOddTypes(tar: Buffer, path: string): void {
	for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
		const type = tar.toString("latin1", at + 156, at + 157);
		if (/[SMNV]/.test(type)) {
			const name = tar.toString("utf8", at, at + 100).split("\0")[0] ?? "";
			throw refused(path, `"${name}" is a sparse file or a part of one`, "pack it without tar's --sparse");
		}
		const size = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8);
		at += 512 + (Number.isNaN(size) ? 0 : Math.ceil(size / 512) * 512);
	}
}

/** The path inside the snapshot: `./a/b` and `a//b` are `a/b`. */
function innerPath(name: string, path: string): string {
	const parts = name.split("/").filter((part) => part !== "" && part !== ".");
	if (name.startsWith("/") || name.includes("\\") || parts.includes("..")) {
		throw refused(path, `its entry "${name}" leads out of it`);
	}
	return parts.join("/");
}

function refused(path: string, why: string, hint?: string): InputError {
	return new InputError({
		code: "bad-archive",
		message: `"${path}" cannot be used as a snapshot: ${why}`,
		...(hint === undefined ? {} : { hint }),
	});
}
