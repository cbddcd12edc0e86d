/** Random choices of a seed: the same on every machine and for ever, as a seed stands for its networks. */

/** Marsaglia's xorshift with four words of state ("Xorshift RNGs", 2003), which spreads well enough for choosing. */
export class Draw {
	readonly #state: Uint32Array;

	constructor(seed: number, stream = 0) {
		this.#state = new Uint32Array([
			seed >>> 0,
			0x9e3779b9,
			Math.floor(seed / 2 ** 32) ^ 0x243f6a88,
			stream ^ 0xb7e15162,
		]);
		// The first numbers of seeds that are alike would be alike.
		for (let i = 0; i < 20; i++) this.#next();
	}

	#next(): number {
		const [x = 0, y = 0, z = 0, w = 0] = this.#state;
		const t = x ^ (x << 11);
		this.#state.set([y, z, w, w ^ (w >>> 19) ^ t ^ (t >>> 8)]);
		return this.#state[3] ?? 0;
	}

	/** A whole number from 0 to below `limit`. */
	below(limit: number): number {
		return this.#next() % limit;
	}

	/** A whole number between the two, both included. */
	between(least: number, most: number): number {
		return least + this.below(most - least + 1);
	}

	chance(probability: number): boolean {
		return this.#next() / 2 ** 32 < probability;
	}

	/** One of a list that is not empty. */
	pick<Item>(items: readonly Item[]): Item {
		if (items.length === 0) throw new RangeError("there is nothing to pick from");
		return items[this.below(items.length)] as Item;
	}

	/** One of a list, or undefined where it is empty. */
	pickAny<Item>(items: readonly Item[]): Item | undefined {
		return items.length === 0 ? undefined : this.pick(items);
	}

	/** One of some alternatives, each with its weight. */
	weighted<Item>(alternatives: readonly (readonly [weight: number, item: Item])[]): Item {
		let left = this.below(alternatives.reduce((sum, [weight]) => sum + weight, 0));
		for (const [weight, item] of alternatives) {
			left -= weight;
			if (left < 0) return item;
		}
		throw new RangeError("there is nothing to pick from");
	}

	/** Each of the items with this probability, in their order. */
	some<Item>(items: readonly Item[], probability: number): readonly Item[] {
		return items.filter(() => this.chance(probability));
	}

	/** All of the items in another order. */
	shuffled<Item>(items: readonly Item[]): readonly Item[] {
		const left = [...items];
		const order: Item[] = [];
		while (left.length > 0) order.push(...left.splice(this.below(left.length), 1));
		return order;
	}
}
