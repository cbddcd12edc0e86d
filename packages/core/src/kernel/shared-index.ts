/** Look-ups by a key, over lists that namespaces may share a part of (state/shared-list.ts). */
import { sharedPartOf } from "../state/shared-list.ts";

/** Some entries, in the order of the list, and the first that was met with their key. */
export interface Group<Entry> {
	readonly first: Entry;
	/** Empty: the shared part has such entries, and this list has not. */
	readonly entries: readonly Entry[];
}

/** A list's entries by key: what it has otherwise than the shared part, and that part, if there is one. */
export interface Split<Entry> {
	readonly own: ReadonlyMap<string, Group<Entry>>;
	readonly shared: readonly Entry[] | null;
}

/** The key of an entry; undefined: nobody looks for it. */
export type KeyOf<Entry> = (entry: Entry) => string | undefined;

/** Groups a list. `has` tells whether the shared part has entries with the key of this one. */
export function split<Entry>(
	list: readonly Entry[],
	keyOf: KeyOf<Entry>,
	has: (shared: readonly Entry[], entry: Entry, key: string) => boolean,
): Split<Entry> {
	const part = sharedPartOf(list);
	if (part === undefined) return { own: grouped(list, keyOf), shared: null };
	const { all, without, start, length } = part;
	const own = grouped([...list.slice(0, start), ...list.slice(start + length)], keyOf);
	const both = new Map<string, Entry>();
	for (const entry of without) {
		const key = keyOf(entry);
		if (key !== undefined) both.set(key, entry);
	}
	for (const [key, { first }] of own) if (has(all, first, key)) both.set(key, first);
	for (const [key, first] of both) own.set(key, { first, entries: [] });
	if (both.size > 0) {
		const again = grouped(list, (entry) => {
			const key = keyOf(entry);
			return key !== undefined && both.has(key) ? key : undefined;
		});
		for (const [key, group] of again) own.set(key, group);
	}
	return { own, shared: all };
}

function grouped<Entry>(list: readonly Entry[], keyOf: KeyOf<Entry>): Map<string, Group<Entry>> {
	const groups = new Map<string, { readonly first: Entry; readonly entries: Entry[] }>();
	for (const entry of list) {
		const key = keyOf(entry);
		if (key === undefined) continue;
		const group = groups.get(key);
		if (group === undefined) groups.set(key, { first: entry, entries: [entry] });
		else group.entries.push(entry);
	}
	return groups;
}

/** Makes indexes that find the entries of a list by key. Lists that share a part share its index. */
export function indexBy<Entry>(keyOf: KeyOf<Entry>): (list: readonly Entry[]) => (key: string) => readonly Entry[] {
	const known = new WeakMap<readonly Entry[], ReadonlyMap<string, Group<Entry>>>();
	const groupsOf = (shared: readonly Entry[]): ReadonlyMap<string, Group<Entry>> => {
		const before = known.get(shared);
		if (before !== undefined) return before;
		const groups = grouped(shared, keyOf);
		known.set(shared, groups);
		return groups;
	};
	return (list) => {
		const { own, shared } = split(list, keyOf, (all, _, key) => groupsOf(all).has(key));
		if (shared === null) return (key) => own.get(key)?.entries ?? NO_ENTRIES;
		const groups = groupsOf(shared);
		return (key) => (own.get(key) ?? groups.get(key))?.entries ?? NO_ENTRIES;
	};
}

const NO_ENTRIES: readonly never[] = [];
