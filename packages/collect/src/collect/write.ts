/** Writes a snapshot: a folder, or a .tar.gz. Nobody but its owner can read it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { InputError } from "@podpath/core";
import { packTar } from "modern-tar";
import type { CollectedFiles } from "./merge.ts";

const FILE = 0o600;
const FOLDER = 0o700;

/** Whether the path names an archive rather than a folder. */
export function isArchiveName(path: string): boolean {
	return /\.(tar\.gz|tgz)$/.test(path);
}

/** Refuses at once what could not be written at the end. */
export function checkTarget(path: string): void {
	if (!isArchiveName(path) && existsSync(path)) {
		let entries: readonly string[];
		try {
			entries = readdirSync(path);
		} catch (error) {
			throw cannotWrite(path, error);
		}
		if (entries.length > 0) {
			throw new InputError({
				code: "target-not-empty",
				message: `"${path}" is not empty`,
				hint: "-o a new folder, or a FILE.tar.gz",
			});
		}
	}
	if (!existsSync(dirname(path))) throw cannotWrite(path, new Error("its folder does not exist"));
}

export async function writeSnapshot(files: CollectedFiles, path: string): Promise<void> {
	try {
		if (isArchiveName(path)) await writeArchive(files, path);
		else writeFolder(files, path);
	} catch (error) {
		throw cannotWrite(path, error);
	}
}

function writeFolder(files: CollectedFiles, path: string): void {
	mkdirSync(path, { recursive: true, mode: FOLDER });
	chmodSync(path, FOLDER);
	for (const [inner, text] of files) {
		const file = join(path, inner);
		mkdirSync(dirname(file), { recursive: true, mode: FOLDER });
		writeFileSync(file, text, { mode: FILE, flag: "wx" });
	}
}

async function writeArchive(files: CollectedFiles, path: string): Promise<void> {
	const entries = [...files].map(([name, text]) => {
		const body = Buffer.from(text);
		return { header: { name, size: body.length, type: "file" as const, mode: FILE }, body };
	});
	const zipped = await promisify(gzip)(await packTar(entries));
	const part = `${path}.part`;
	try {
		writeFileSync(part, zipped, { mode: FILE });
		renameSync(part, path);
	} finally {
		rmSync(part, { force: true });
	}
}

function cannotWrite(path: string, error: unknown): InputError {
	const why = error instanceof Error ? error.message : String(error);
	return new InputError({ code: "cannot-write", message: `"${path}" cannot be written: ${why}` });
}
