/** Finds and reads the manifests that a person names: files, folders, standard input. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError, type ManifestFile } from "@podpath/core";
import { cannotRead, isSpecialFile, readSpecialFile, readStream, readTextFile } from "./text-file.ts";

/** The name of standard input, for people and in messages. */
export const STDIN = "-";

const ENDINGS = [".yaml", ".yml", ".json"];

/**
 * The files of these paths in order: a file as it is named, a folder with everything below it that ends in .yaml, .yml or
 * .json, sorted by name. A file that is named twice is read once. `stdin` is read where a path is `-`.
 * @throws {InputError} Naming the path that cannot be read.
 */
export async function readManifests(
	paths: readonly string[],
	stdin: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<readonly ManifestFile[]> {
	const seen = new Set<string>();
	const files: ManifestFile[] = [];
	for (const path of paths) {
		if (path === STDIN) {
			if (!seen.has(STDIN)) files.push({ name: "stdin", text: await readStream(stdin, "stdin") });
			seen.add(STDIN);
			continue;
		}
		if (isSpecialFile(path)) {
			files.push({ name: path, text: await readSpecialFile(path) });
			continue;
		}
		const known = seen.size;
		const found = manifestsUnder(path, seen);
		if (found.length === 0 && seen.size > known) throw noManifests(path);
		for (const file of found) files.push({ name: file, text: readTextFile(file) });
	}
	return files;
}

function manifestsUnder(path: string, seen: Set<string>): readonly string[] {
	const stat = statOf(path);
	const real = realpathSync(path);
	// Also ends the circles that symbolic links can make of folders.
	if (seen.has(real)) return [];
	seen.add(real);
	if (!stat.isDirectory()) return [path];
	return entriesOf(path).flatMap(({ name, folder }) => {
		const full = join(path, name);
		if (folder) return manifestsUnder(full, seen);
		if (!ENDINGS.some((ending) => name.endsWith(ending))) return [];
		return manifestsUnder(full, seen);
	});
}

function statOf(path: string): ReturnType<typeof statSync> & object {
	try {
		return statSync(path);
	} catch (error) {
		throw cannotRead(path, error);
	}
}

/** Sorted, without hidden ones: editors and version control keep theirs there. */
export function entriesOf(path: string): readonly { readonly name: string; readonly folder: boolean }[] {
	try {
		return readdirSync(path)
			.filter((name) => !name.startsWith("."))
			.sort()
			.map((name) => ({ name, folder: isFolder(join(path, name)) }));
	} catch (error) {
		throw cannotRead(path, error);
	}
}

/** A symbolic link counts as what it leads to; one that leads nowhere is no folder. */
function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function noManifests(path: string): InputError {
	return new InputError({
		code: "no-manifests",
		message: `"${path}" holds no manifests`,
		hint: `files that end in ${ENDINGS.join(", ")}`,
	});
}
