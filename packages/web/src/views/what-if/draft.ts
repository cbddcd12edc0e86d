/** What a person has typed, beside the files that it began with: stretches, since a file may be many megabytes long. */
import { type EditedFile, type ManifestFile, withEdit } from "@podpath/core";

export type Stretch = Required<EditedFile>;

/** By the file's name; only of those that differ. */
export type Typed = Readonly<Record<string, Stretch>>;

/** Null: the file is as it was. */
export function withStretch(typed: Typed, name: string, stretch: Stretch | null): Typed {
	const { [name]: _, ...others } = typed;
	return stretch === null ? others : { ...others, [name]: stretch };
}

/** A file that nobody changed is the same object. */
export function draftOf(files: readonly ManifestFile[], typed: Typed): readonly ManifestFile[] {
	return files.map((file) => {
		const stretch = typed[file.name];
		return stretch === undefined ? file : (withEdit(file, stretch) ?? file);
	});
}

/** A stretch of a file, told by its digest, and what stands there instead. */
type Hunk = readonly [file: string, base: number, from: number, removed: number, text: string];

/** The change as the browser and the address keep it. */
export function hunksOf(files: readonly ManifestFile[], typed: Typed): readonly Hunk[] {
	return files.flatMap((file) => {
		const stretch = typed[file.name];
		if (stretch === undefined) return [];
		const { from, removed } = stretch.instead;
		return [[file.name, digestOf(file), from, removed, stretch.text] as const];
	});
}

/** Null: no change of these files. */
export function typedFrom(kept: string, files: readonly ManifestFile[]): Typed | null {
	const hunks = parsed(kept);
	if (!Array.isArray(hunks)) return null;
	let typed: Typed = {};
	for (const hunk of hunks) {
		if (!isHunk(hunk)) return null;
		const [name, base, from, removed, text] = hunk;
		const file = files.find((each) => each.name === name);
		if (file === undefined || digestOf(file) !== base) return null;
		const stretch: Stretch = { name, text, instead: { from, removed } };
		const changed = withEdit(file, stretch);
		if (changed === undefined) return null;
		typed = withStretch(typed, name, changed.text === file.text ? null : stretch);
	}
	return typed;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function isHunk(value: unknown): value is Hunk {
	if (!Array.isArray(value) || value.length !== 5) return false;
	const [file, base, from, removed, text] = value;
	const isPlace = [from, removed].every((each) => Number.isInteger(each) && each >= 0);
	return typeof file === "string" && Number.isInteger(base) && isPlace && typeof text === "string";
}

const digests = new WeakMap<ManifestFile, number>();

/** FNV-1a: tells whether the file is still the one that was changed. */
function digestOf(file: ManifestFile): number {
	const known = digests.get(file);
	if (known !== undefined) return known;
	let hash = 0x811c9dc5;
	for (let i = 0; i < file.text.length; i++) hash = Math.imul(hash ^ file.text.charCodeAt(i), 0x01000193);
	digests.set(file, hash >>> 0);
	return hash >>> 0;
}
