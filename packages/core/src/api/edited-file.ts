/** A manifest as somebody changed it: whole, or the stretch alone that differs, which of a large file is short. */
import type { ManifestFile } from "../cluster/input/document.ts";

export interface EditedFile extends ManifestFile {
	/** What `text` stands in the place of, in UTF-16 units; absent: of the whole file. */
	readonly instead?: { readonly from: number; readonly removed: number };
}

/** From the first character that differs to the last one. */
export function editOf({ name, text: was }: ManifestFile, text: string): Required<EditedFile> {
	const most = Math.min(was.length, text.length);
	let from = 0;
	while (from < most && was[from] === text[from]) from++;
	let end = 0;
	while (end < most - from && was[was.length - 1 - end] === text[text.length - 1 - end]) end++;
	return { name, text: text.slice(from, text.length - end), instead: { from, removed: was.length - from - end } };
}

/** Undefined: the file has no such stretch. Errors are the caller's, since the page, which does this too, has no words for them. */
export function withEdit({ name, text: was }: ManifestFile, { text, instead }: EditedFile): ManifestFile | undefined {
	if (instead === undefined) return { name, text };
	const end = instead.from + instead.removed;
	return end > was.length ? undefined : { name, text: was.slice(0, instead.from) + text + was.slice(end) };
}
