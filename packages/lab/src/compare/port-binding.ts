/**
 * Ports of NAT. Linux keeps the source port where that is free, so it has to be the predicted one (nf_nat_core.c,
 * get_unique_tuple). Where a rule has it drawn at random the first sight of it says which it is; from then on it must not change.
 */
import { type Address, formatEndpoint, type Rewrite } from "@podpath/core";

interface Drawn {
	readonly from: number;
	readonly to: number;
	/** The rewrite left the address alone, so an endpoint may be meant before it too. */
	readonly sameAddress: boolean;
}

export class PortBinding {
	readonly #drawn: ReadonlyMap<string, Drawn>;
	readonly #bound = new Map<string, number>();

	constructor(rewrites: readonly Rewrite[]) {
		this.#drawn = new Map(
			rewrites.flatMap(({ before, after, randomPort }) => {
				if (randomPort === undefined) return [];
				const sameAddress = before.address.text === after.address.text;
				return [[formatEndpoint(after.address, after.port), { ...randomPort, sameAddress }]];
			}),
		);
	}

	/** Whether an observed port is what was predicted for this endpoint. */
	fits(address: Address, predicted: number, observed: number): boolean {
		const key = formatEndpoint(address, predicted);
		const drawn = this.#drawn.get(key);
		if (drawn === undefined) return predicted === observed;
		if (drawn.sameAddress && predicted === observed) return true;
		if (observed < drawn.from || observed > drawn.to) return false;
		const bound = this.#bound.get(key);
		if (bound === undefined) this.#bound.set(key, observed);
		return bound === undefined || bound === observed;
	}

	/** The predicted port, or the one that was seen in its place. */
	shown(address: Address, predicted: number): number {
		return this.#bound.get(formatEndpoint(address, predicted)) ?? predicted;
	}
}
