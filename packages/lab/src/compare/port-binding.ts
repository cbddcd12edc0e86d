/**
 * Ports of NAT. Linux keeps the source port where that is free, so it has to be the predicted one (nf_nat_core.c,
 * get_unique_tuple). Where a rule has it drawn at random the first sight of it says which it is; from then on it must not change.
 */
import { type Address, formatEndpoint, type Rewrite } from "@podpath/core";

interface Drawn {
	readonly from: number;
	readonly to: number;
	/** How often the same endpoint is drawn a port: a bridge and the stack above it may both masquerade. */
	readonly times: number;
}

export class PortBinding {
	readonly #drawn = new Map<string, Drawn>();
	#bound: ReadonlyMap<string, readonly number[]> = new Map();
	/** Endpoints whose port is that of another, by a later rewrite that leaves the port alone. */
	readonly #followed = new Map<string, string>();
	/** Endpoints that stand for themselves before a port is drawn, and may stand for what was made of them afterwards. */
	readonly #before = new Set<string>();

	constructor(rewrites: readonly Rewrite[]) {
		for (const { before, after, randomPort } of rewrites) {
			const from = this.#key(before.address, before.port);
			const to = formatEndpoint(after.address, after.port);
			if (!this.#drawn.has(from)) this.#before.add(from);
			if (randomPort !== undefined)
				this.#drawn.set(to, { ...randomPort, times: (this.#drawn.get(to)?.times ?? 0) + 1 });
			else if (this.#drawn.has(from) && from !== to && before.port === after.port) this.#followed.set(to, from);
		}
	}

	/** Whether an observed port is what was predicted for this endpoint. */
	fits(address: Address, predicted: number, observed: number): boolean {
		const key = this.#key(address, predicted);
		const drawn = this.#drawn.get(key);
		if (drawn === undefined) return predicted === observed;
		if (predicted === observed && this.#before.has(formatEndpoint(address, predicted))) return true;
		if (observed < drawn.from || observed > drawn.to) return false;
		const bound = this.#bound.get(key) ?? [];
		if (bound.includes(observed)) return true;
		if (bound.length === drawn.times) return false;
		this.#bound = new Map(this.#bound).set(key, [...bound, observed]);
		return true;
	}

	/** What did not fit as a whole says of no port which it is: an earlier packet's connection may fit in part. */
	fitsTogether(fits: () => boolean): boolean {
		const before = this.#bound;
		const fitted = fits();
		if (!fitted) this.#bound = before;
		return fitted;
	}

	/** The predicted port, or the one that was seen in its place. */
	shown(address: Address, predicted: number): number {
		return this.#bound.get(this.#key(address, predicted))?.[0] ?? predicted;
	}

	#key(address: Address, port: number): string {
		const own = formatEndpoint(address, port);
		return this.#followed.get(own) ?? own;
	}
}
