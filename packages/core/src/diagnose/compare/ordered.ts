/** Lists whose order counts: which entries of one are missing from, and which are too many in, another. */

/** The longest common subsequence of two lists of texts, as pairs of positions. */
export function alignment(
	expected: readonly string[],
	actual: readonly string[],
): readonly (readonly [number, number])[] {
	let start = 0;
	while (start < expected.length && start < actual.length && expected[start] === actual[start]) start++;
	let [a, b] = [expected.length, actual.length];
	while (a > start && b > start && expected[a - 1] === actual[b - 1]) {
		a--;
		b--;
	}
	const same = Array.from({ length: start }, (_, i) => [i, i] as const);
	const tail = Array.from({ length: expected.length - a }, (_, i) => [a + i, b + i] as const);
	const middle = longest(expected.slice(start, a), actual.slice(start, b));
	return [...same, ...middle.map(([x, y]) => [x + start, y + start] as const), ...tail];
}

/** Above it two lists are taken for wholly different rather than compared entry by entry. */
const MOST_CELLS = 4_000_000;

function longest(expected: readonly string[], actual: readonly string[]): readonly (readonly [number, number])[] {
	const width = actual.length + 1;
	if ((expected.length + 1) * width > MOST_CELLS) return [];
	const lengths = new Uint16Array((expected.length + 1) * width);
	for (let i = expected.length - 1; i >= 0; i--) {
		for (let j = actual.length - 1; j >= 0; j--) {
			const at = i * width + j;
			lengths[at] =
				expected[i] === actual[j]
					? (lengths[at + width + 1] as number) + 1
					: Math.max(lengths[at + width] as number, lengths[at + 1] as number);
		}
	}
	const pairs: (readonly [number, number])[] = [];
	for (let i = 0, j = 0; i < expected.length && j < actual.length; ) {
		const at = i * width + j;
		if (expected[i] === actual[j]) pairs.push([i++, j++]);
		else if ((lengths[at + width] as number) >= (lengths[at + 1] as number)) i++;
		else j++;
	}
	return pairs;
}

/** A stretch in which the lists differ: what should be there, what is, and the entry of `expected` before it. */
export interface Stretch<Entry> {
	readonly missing: readonly Entry[];
	readonly extra: readonly Entry[];
	/** The position in `expected` at which the stretch begins. */
	readonly position: number;
}

/** Where two lists differ, in order. */
export function stretches<Entry>(
	expected: readonly Entry[],
	actual: readonly Entry[],
	textOf: (entry: Entry) => string,
): readonly Stretch<Entry>[] {
	const pairs = alignment(expected.map(textOf), actual.map(textOf));
	const found: Stretch<Entry>[] = [];
	let [i, j] = [0, 0];
	for (const [a, b] of [...pairs, [expected.length, actual.length] as const]) {
		if (a > i || b > j) found.push({ missing: expected.slice(i, a), extra: actual.slice(j, b), position: i });
		[i, j] = [a + 1, b + 1];
	}
	return found;
}

/** The list with `entry` at its place: after the entry of `order` that comes before it and is there. */
export function inserted<Entry>(
	list: readonly Entry[],
	entry: Entry,
	order: readonly Entry[],
	textOf: (entry: Entry) => string,
): readonly Entry[] {
	const before = new Set(order.slice(0, order.indexOf(entry)).map(textOf));
	const anchor = list.findLastIndex((each) => before.has(textOf(each)));
	return [...list.slice(0, anchor + 1), entry, ...list.slice(anchor + 1)];
}
