/**
 * Longest-prefix match: one hash table for each prefix length in use, tried from the longest down. Of a few prefixes a list is
 * kept beside that (prefix-list.ts).
 *
 * Route tables and address sets hold few distinct lengths (a node's main table three or four), so this is a handful of
 * hash look-ups, needs no balancing, and serves both families with the same code.
 */
import type { Address, Family } from "./address.ts";
import { type Prefix, wordMask } from "./prefix.ts";
import { PrefixList } from "./prefix-list.ts";
import { WatchedAddress } from "./watched.ts";

type Key = number | string;

interface Bucket<Value> {
	readonly length: number;
	/** The bits that count, a mask for each word of an address. */
	readonly masks: readonly number[];
	readonly entries: Map<Key, Value | typeof HIDDEN>;
	/** Those of the map below, which show where there is no entry. */
	readonly below: ReadonlyMap<Key, Value> | null;
}

/** So many are gone through faster than a hash table is looked into for each of their lengths. */
const MOST_LISTED = 12;

/** In place of a value of the map below that this one has not. */
const HIDDEN = Symbol("hidden");

/** A map from prefixes to values, asked by address. Keys of both families may live in one map. */
export class PrefixMap<Value> {
	readonly #byFamily: Record<Family, Bucket<Value>[]>;
	/** The same entries again, as long as they are few and no map is below; else null. */
	readonly #few: Record<Family, PrefixList<Value> | null>;

	/**
	 * Starts empty, or with all that `below` has. That one must not change any more, and may be below many: it is neither
	 * copied nor changed. It must stand on its own.
	 */
	constructor(below?: PrefixMap<Value>) {
		this.#byFamily = below === undefined ? { 4: [], 6: [] } : { 4: below.#above(4), 6: below.#above(6) };
		this.#few = below === undefined ? { 4: new PrefixList(), 6: new PrefixList() } : { 4: null, 6: null };
	}

	#above(family: Family): Bucket<Value>[] {
		return this.#byFamily[family].map(({ length, masks, entries, below }) => {
			if (below !== null) throw new RangeError("a map above another cannot be below a third one");
			return { length, masks, entries: new Map(), below: entries as ReadonlyMap<Key, Value> };
		});
	}

	/** The value kept for exactly this prefix. */
	get(at: Prefix): Value | undefined {
		const bucket = this.#byFamily[at.family].find((candidate) => candidate.length === at.length);
		return bucket === undefined ? undefined : valueIn(bucket, keyOf(at.address, bucket));
	}

	/** Takes out what the map below has for exactly this prefix. */
	hide(at: Prefix): void {
		this.#setEntry(at, HIDDEN);
		this.#few[at.family] = null;
	}

	/** Sets or replaces the value of exactly this prefix. */
	set(at: Prefix, value: Value): void {
		this.#setEntry(at, value);
		const few = this.#few[at.family];
		few?.set(at, value);
		if (few !== null && few.size > MOST_LISTED) this.#few[at.family] = null;
	}

	#setEntry(at: Prefix, value: Value | typeof HIDDEN): void {
		const buckets = this.#byFamily[at.family];
		let bucket = buckets.find((candidate) => candidate.length === at.length);
		if (bucket === undefined) {
			const masks = at.address.words.map((_, i) => wordMask(at.length, i));
			bucket = { length: at.length, masks, entries: new Map(), below: null };
			buckets.push(bucket);
			buckets.sort((a, b) => b.length - a.length);
		}
		bucket.entries.set(keyOf(at.address, bucket), value);
	}

	/** The value of the longest prefix that holds the address. */
	longestMatch(of: Address): Value | undefined {
		if (of instanceof WatchedAddress) return this.longestMatch(of.lookedUpIn(this));
		const few = this.#few[of.family];
		if (few !== null) return few.longestMatch(of);
		for (const bucket of this.#byFamily[of.family]) {
			const value = valueIn(bucket, keyOf(of, bucket));
			if (value !== undefined) return value;
		}
		return undefined;
	}

	/** The values of every prefix that holds the address, longest first. */
	matches(of: Address): readonly Value[] {
		if (of instanceof WatchedAddress) return this.matches(of.lookedUpIn(this));
		const found: Value[] = [];
		for (const bucket of this.#byFamily[of.family]) {
			const value = valueIn(bucket, keyOf(of, bucket));
			if (value !== undefined) found.push(value);
		}
		return found;
	}

	/**
	 * Which prefix is the longest that holds the address, as a key of a map; undefined: none. Addresses for which it is the
	 * same are all the same to this map: the shorter prefixes that hold them are the same too.
	 */
	longestPrefix(of: Address): number | string | undefined {
		for (const bucket of this.#byFamily[of.family]) {
			const key = keyOf(of, bucket);
			if (valueIn(bucket, key) === undefined) continue;
			return typeof key === "number" ? bucket.length * 0x1_0000_0000 + (key >>> 0) : `${key}/${bucket.length}`;
		}
		return undefined;
	}
}

function valueIn<Value>({ entries, below }: Bucket<Value>, key: Key): Value | undefined {
	const value = entries.get(key);
	if (value === undefined) return below === null ? undefined : below.get(key);
	return value === HIDDEN ? undefined : (value as Value);
}

function keyOf({ family, words, text }: Address, { length, masks }: Pick<Bucket<unknown>, "length" | "masks">): Key {
	if (family === 4) return (words[0] as number) & (masks[0] as number);
	if (length === 128) return text;
	let key = "";
	for (let i = 0; i < words.length; i++) key += `${((words[i] as number) & (masks[i] as number)).toString(36)}.`;
	return key;
}
