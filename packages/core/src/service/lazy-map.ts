/** A map whose values are made when they are first asked for: a node's chains are many, and a packet meets few of them. */

/**
 * Names come from `names` (asked only where somebody goes through the map, and one by one, as whoever looks for something
 * stops where it is found), values from `make`, each made once.
 */
export class LazyMap<Value> implements ReadonlyMap<string, Value> {
	readonly #names: () => Iterable<string>;
	readonly #make: (name: string) => Value | undefined;
	readonly #made = new Map<string, Value>();

	/** `make` gives undefined for a name that the map does not have, and a value for each of `names`. */
	constructor(names: () => Iterable<string>, make: (name: string) => Value | undefined) {
		this.#names = names;
		this.#make = make;
	}

	get(name: string): Value | undefined {
		const made = this.#made.get(name);
		if (made !== undefined) return made;
		const value = this.#make(name);
		if (value !== undefined) this.#made.set(name, value);
		return value;
	}

	has(name: string): boolean {
		return this.get(name) !== undefined;
	}

	get size(): number {
		return [...this.#names()].length;
	}

	forEach(visit: (value: Value, name: string, map: ReadonlyMap<string, Value>) => void): void {
		for (const [name, value] of this.entries()) visit(value, name, this);
	}

	*entries(): MapIterator<[string, Value]> {
		for (const name of this.#names()) {
			const value = this.get(name);
			if (value !== undefined) yield [name, value];
		}
	}

	*keys(): MapIterator<string> {
		yield* this.#names();
	}

	*values(): MapIterator<Value> {
		for (const [, value] of this.entries()) yield value;
	}

	[Symbol.iterator](): MapIterator<[string, Value]> {
		return this.entries();
	}
}
