/**
 * Where the network chooses (IPVS, `statistic`, ECMP, a load balancer), a walk follows one alternative; the walk is run
 * again for each other one (docs/decisions/0002).
 */

export interface Choice {
	readonly weights: readonly number[];
	readonly taken: number;
	readonly about: string;
}

/** The choices of one walk: a script of those already settled, then the first alternative of each new one. */
export class Choices {
	readonly #script: readonly number[];
	readonly #made: Choice[] = [];

	constructor(script: readonly number[] = []) {
		this.#script = script;
	}

	/** Gives the index of the alternative to follow. Weights need not add up to 1; one of them must be positive. */
	choose(weights: readonly number[], about: string): number {
		const scripted = this.#script[this.#made.length];
		const taken = scripted ?? weights.findIndex((weight) => weight > 0);
		if (taken < 0) throw new RangeError(`nothing to choose from: ${about}`);
		this.#made.push({ weights, taken, about });
		return taken;
	}

	/** Forgets all but the first `count` choices, to make the others anew. */
	takeBack(count: number): void {
		this.#made.length = count;
	}

	/** What was chosen, in order. */
	get made(): readonly Choice[] {
		return this.#made;
	}

	/** The share of packets that go this way: the product of the shares of all choices. */
	get weight(): number {
		let weight = 1;
		for (const { weights, taken } of this.#made) {
			let sum = 0;
			for (const each of weights) sum += each;
			weight *= (weights[taken] as number) / sum;
		}
		return weight;
	}

	/** The script of the next way that was not walked yet, the last choice changing first; null after the last way. */
	nextScript(): number[] | null {
		for (let i = this.#made.length - 1; i >= 0; i--) {
			const { weights, taken } = this.#made[i] as Choice;
			const other = weights.findIndex((weight, index) => index > taken && weight > 0);
			if (other >= 0) return [...this.#made.slice(0, i).map((choice) => choice.taken), other];
		}
		return null;
	}
}
