/** A few prefixes of one family, gone through from the longest to the shortest: all that is read stands in one place of the memory. */
import type { Address } from "./address.ts";
import { type Prefix, wordMask } from "./prefix.ts";

export class PrefixList<Value> {
	readonly #lengths: number[] = [];
	readonly #values: Value[] = [];
	/** Word by word of each prefix: the bits that count, and what they are. */
	readonly #tests: number[] = [];

	get size(): number {
		return this.#values.length;
	}

	/** Sets or replaces the value of exactly this prefix. */
	set(at: Prefix, value: Value): void {
		const tests = testsOf(at);
		let place = 0;
		for (; place < this.size; place++) {
			const length = this.#lengths[place] as number;
			if (length < at.length) break;
			if (length === at.length && this.#isAt(place, tests)) {
				this.#values[place] = value;
				return;
			}
		}
		this.#lengths.splice(place, 0, at.length);
		this.#values.splice(place, 0, value);
		this.#tests.splice(place * tests.length, 0, ...tests);
	}

	#isAt(place: number, tests: readonly number[]): boolean {
		return tests.every((test, i) => this.#tests[place * tests.length + i] === test);
	}

	/** The value of the longest prefix that holds the address. */
	longestMatch({ words }: Address): Value | undefined {
		const tests = this.#tests;
		for (let place = 0, at = 0; place < this.size; place++, at += 2 * words.length) {
			let word = 0;
			while (
				word < words.length &&
				((words[word] as number) & (tests[at + 2 * word] as number)) === tests[at + 2 * word + 1]
			)
				word++;
			if (word === words.length) return this.#values[place];
		}
		return undefined;
	}
}

function testsOf({ address, length }: Prefix): readonly number[] {
	return address.words.flatMap((word, i) => {
		const mask = wordMask(length, i) | 0;
		return [mask, word & mask];
	});
}
