/** Reads a snapshot that is a folder into its files. */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { InputError, phrase, type SnapshotFile } from "@podpath/core";
import { entriesOf } from "./manifests.ts";
import { readTextFile } from "./text-file.ts";

/** By the path inside the snapshot, with `/`; the file's name is its path on disk. */
export type SnapshotFiles = ReadonlyMap<string, SnapshotFile>;

/** Deeper than any snapshot is. */
const MOST_LEVELS = 12;

/**
 * Every text file below a folder for which `wanted` holds.
 * @throws {InputError} For a file that cannot be read, and for links that lead out of the folder.
 */
export function readFolder(path: string, wanted: (inner: string) => boolean): SnapshotFiles {
	const files = new Map<string, SnapshotFile>();
	const root = realpathSync(path);
	const walk = (folder: string, inner: string, level: number): void => {
		for (const entry of entriesOf(folder)) {
			const full = join(folder, entry.name);
			const innerPath = inner === "" ? entry.name : `${inner}/${entry.name}`;
			if (entry.folder) {
				if (level < MOST_LEVELS) walk(full, innerPath, level + 1);
			} else if (wanted(innerPath)) {
				refuseOutside(full, root);
				files.set(
					innerPath,
					snapshotFile(innerPath, full, () => readTextFile(full)),
				);
			}
		}
	};
	walk(path, "", 0);
	return files;
}

/** A node's file that is no text is named where an answer would need it. Of objects, none may be missing unnoticed. */
export function snapshotFile(inner: string, name: string, read: () => string): SnapshotFile {
	try {
		return { name, text: read() };
	} catch (error) {
		if (!(error instanceof InputError) || error.diagnostic.code !== "not-text" || !/(^|\/)nodes\//.test(inner))
			throw error;
		const { message, hint = "" } = error.diagnostic;
		return { name, text: "", unreadable: phrase("with-hint", { message, hint }) };
	}
}

/** A snapshot from somebody else must not make podpath read, and print parts of, files of this machine. */
function refuseOutside(path: string, root: string): void {
	let real: string;
	try {
		real = realpathSync(path);
	} catch {
		throw new InputError({ code: "snapshot-link", message: `"${path}" is a link that leads nowhere` });
	}
	if (real.startsWith(`${root}/`) || real.startsWith(`${root}\\`)) return;
	throw new InputError({
		code: "snapshot-link",
		message: `"${path}" is a link that leads out of the snapshot`,
		hint: "copy the file into the snapshot",
	});
}
