/**
 * Several maps seen as one, the first that has a key wins. A thousand nodes share kube-proxy's chains this way: each adds
 * a small map of its own in front instead of copying tens of thousands of entries.
 */

/** `layers` united, earlier ones over later ones. Gives the only layer itself where there is just one. */
export function layered<Key, Value>(layers: readonly ReadonlyMap<Key, Value>[]): ReadonlyMap<Key, Value> {
	return layers.length === 1 ? (layers[0] as ReadonlyMap<Key, Value>) : new LayeredMap(layers);
}

class LayeredMap<Key, Value> implements ReadonlyMap<Key, Value> {
	readonly #layers: readonly ReadonlyMap<Key, Value>[];

	constructor(layers: readonly ReadonlyMap<Key, Value>[]) {
		this.#layers = layers;
	}

	get(key: Key): Value | undefined {
		for (const layer of this.#layers) {
			const value = layer.get(key);
			if (value !== undefined || layer.has(key)) return value;
		}
		return undefined;
	}

	has(key: Key): boolean {
		return this.#layers.some((layer) => layer.has(key));
	}

	/** Counts, as keys may be in several layers: not for a hot path. */
	get size(): number {
		let size = 0;
		for (const _ of this.keys()) size++;
		return size;
	}

	*keys(): MapIterator<Key> {
		for (const [index, layer] of this.#layers.entries()) {
			for (const key of layer.keys()) {
				if (!this.#layers.slice(0, index).some((earlier) => earlier.has(key))) yield key;
			}
		}
	}

	*entries(): MapIterator<[Key, Value]> {
		for (const key of this.keys()) yield [key, this.get(key) as Value];
	}

	*values(): MapIterator<Value> {
		for (const [, value] of this.entries()) yield value;
	}

	[Symbol.iterator](): MapIterator<[Key, Value]> {
		return this.entries();
	}

	forEach(each: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
		for (const [key, value] of this.entries()) each(value, key, this);
	}
}
