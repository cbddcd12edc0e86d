/**
 * Longest-prefix match: one hash table for each prefix length in use, tried from the longest down.
 *
 * Route tables and address sets hold few distinct lengths (a node's main table three or four), so this is a handful of
 * hash look-ups, needs no balancing, and serves both families with the same code.
 */
import type { Address, Family } from "./address.ts";
import { type Prefix, wordMask } from "./prefix.ts";

type Key = number | string;

/** A map from prefixes to values, asked by address. Keys of both families may live in one map. */
export class PrefixMap<Value> {
	readonly #byFamily: Record<Family, { length: number; entries: Map<Key, Value> }[]> = { 4: [], 6: [] };

	/** The value kept for exactly this prefix. */
	get(at: Prefix): Value | undefined {
		const bucket = this.#byFamily[at.family].find((candidate) => candidate.length === at.length);
		return bucket?.entries.get(keyOf(at.address.words, at.length));
	}

	/** Sets or replaces the value of exactly this prefix. */
	set(at: Prefix, value: Value): void {
		const buckets = this.#byFamily[at.family];
		let bucket = buckets.find((candidate) => candidate.length === at.length);
		if (bucket === undefined) {
			bucket = { length: at.length, entries: new Map() };
			buckets.push(bucket);
			buckets.sort((a, b) => b.length - a.length);
		}
		bucket.entries.set(keyOf(at.address.words, at.length), value);
	}

	/** The value of the longest prefix that holds the address. */
	longestMatch(of: Address): Value | undefined {
		for (const bucket of this.#byFamily[of.family]) {
			const value = bucket.entries.get(keyOf(of.words, bucket.length));
			if (value !== undefined) return value;
		}
		return undefined;
	}

	/** The values of every prefix that holds the address, longest first. */
	*matches(of: Address): Generator<Value> {
		for (const bucket of this.#byFamily[of.family]) {
			const value = bucket.entries.get(keyOf(of.words, bucket.length));
			if (value !== undefined) yield value;
		}
	}
}

function keyOf(words: readonly number[], length: number): Key {
	if (words.length === 1) return (words[0] as number) & wordMask(length, 0);
	let key = "";
	for (let i = 0; i < words.length; i++) key += `${((words[i] as number) & wordMask(length, i)).toString(36)}.`;
	return key;
}
