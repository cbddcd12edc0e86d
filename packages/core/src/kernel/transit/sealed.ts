/** A map of which only some entries may be looked at; it tells whether others were. */
export class SealedMap<Key, Value> extends Map<Key, Value> {
	readonly #open: Key;
	/** Whether another entry than the open one was asked for or set. */
	opened = false;

	constructor(open: Key) {
		super();
		this.#open = open;
	}

	override get(key: Key): Value | undefined {
		if (key !== this.#open) this.opened = true;
		return super.get(key);
	}

	override has(key: Key): boolean {
		if (key !== this.#open) this.opened = true;
		return super.has(key);
	}

	override set(key: Key, value: Value): this {
		if (key !== this.#open) this.opened = true;
		return super.set(key, value);
	}
}
