/** What a person has typed, beside the files that it began with. */
import { type EditedFile, editOf, type ManifestFile } from "@podpath/core";

/** By the file's name; only what differs from the file. */
export type Typed = Readonly<Record<string, string>>;

export function withText(typed: Typed, file: ManifestFile, text: string): Typed {
	const { [file.name]: _, ...others } = typed;
	return text === file.text ? others : { ...others, [file.name]: text };
}

export function draftOf(files: readonly ManifestFile[], typed: Typed): readonly ManifestFile[] {
	return files.map(({ name, text }) => ({ name, text: typed[name] ?? text }));
}

/** What differs, as short as it can be told. */
export function editsOf(files: readonly ManifestFile[], typed: Typed): readonly Required<EditedFile>[] {
	return files.flatMap((file) => {
		const text = typed[file.name];
		return text === undefined ? [] : [editOf(file, text)];
	});
}

/** What the browser kept; anything else than that is nothing. */
export function parseTyped(kept: string | null): Typed {
	try {
		const parsed: unknown = JSON.parse(kept ?? "{}");
		if (typeof parsed !== "object" || parsed === null) return {};
		return Object.fromEntries(Object.entries(parsed).filter(([, text]) => typeof text === "string"));
	} catch {
		return {};
	}
}
