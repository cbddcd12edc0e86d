/** What of a state holds the words that somebody looks for. */
import type { StateGroup } from "@podpath/core";

export function wordsOf(search: string): readonly string[] {
	return search
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== "");
}

/** The group with the entries that hold every word; a group whose name holds them is whole. */
export function matching(group: StateGroup, words: readonly string[]): readonly StateGroup[] {
	const holds = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
	if (holds(group.name)) return [group];
	const entries = group.entries.filter(({ text, origin }) =>
		holds(`${group.name} ${text} ${origin?.component ?? ""} ${origin?.object ?? ""}`),
	);
	return entries.length === 0 ? [] : [{ ...group, entries }];
}
