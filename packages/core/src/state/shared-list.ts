/**
 * Lists that many namespaces have nearly alike, as each node's routes to all other nodes. They are plain lists, of which it
 * is known beside them what they share, so that look-ups over it are compiled once for all: compiled node by node, the
 * routes, neighbours and FDB entries of 1,000 Flannel nodes took 450 MB.
 */

/** What a list shares with others: `length` of its entries, from `start`, are those of `all` but for some. */
export interface SharedPart<Entry> {
	readonly all: readonly Entry[];
	readonly without: ReadonlySet<Entry>;
	readonly start: number;
	readonly length: number;
}

const parts = new WeakMap<readonly unknown[], SharedPart<unknown>>();
const NOTHING: ReadonlySet<never> = new Set<never>();

/** The entries of a list that others share, but for `without`. */
export function sharing<Entry>(all: readonly Entry[], without: ReadonlySet<Entry> = NOTHING): readonly Entry[] {
	const list = all.filter((entry) => !without.has(entry));
	parts.set(list, { all, without, start: 0, length: list.length });
	return list;
}

/** The lists one after the other; of what they share, the longest part is remembered. */
export function joined<Entry>(lists: readonly (readonly Entry[])[]): readonly Entry[] {
	const used = lists.filter((list) => list.length > 0);
	if (used.length === 1) return used[0] as readonly Entry[];
	let longest: SharedPart<Entry> | undefined;
	let before = 0;
	for (const list of used) {
		const part = sharedPartOf(list);
		if (part !== undefined && part.length > (longest?.length ?? 0)) longest = { ...part, start: before + part.start };
		before += list.length;
	}
	const all = used.flat();
	if (longest !== undefined) parts.set(all, longest);
	return all;
}

/** What the list shares with others; undefined: nothing that is known. */
export function sharedPartOf<Entry>(list: readonly Entry[]): SharedPart<Entry> | undefined {
	return parts.get(list) as SharedPart<Entry> | undefined;
}
