/** Addresses that are given out, and who has which. */
import { type Address, addressPlus, compareAddresses } from "../address/address.ts";
import { contains, type Prefix } from "../address/prefix.ts";
import type { Said } from "../wording/phrase.ts";
import { type AddressRange, inRange } from "./range.ts";

/** What addresses are taken out of. */
export interface AddressPool {
	/** As answers name it: `podCIDR of node/a 10.244.1.0/24`. */
	readonly name: Said;
	readonly ranges: readonly AddressRange[];
	/** Texts of addresses that it never gives out: gateways, reserved ones. */
	readonly excluded: ReadonlySet<string>;
	/** Blocks that it leaves out. */
	readonly excludedBlocks?: readonly Prefix[];
}

/** Whether the pool could have given the address out. */
export function holds(pool: AddressPool, candidate: Address): boolean {
	return !leavesOut(pool, candidate) && pool.ranges.some((range) => inRange(range, candidate));
}

function leavesOut({ excluded, excludedBlocks = [] }: AddressPool, candidate: Address): boolean {
	return excluded.has(candidate.text) || excludedBlocks.some((block) => contains(block, candidate));
}

/** Who has which address, by the address's text. */
export class TakenAddresses {
	readonly #holders = new Map<string, Said>();
	/** By pool: where the search for a free address goes on, which is what keeps large pools quick. */
	readonly #next = new WeakMap<AddressPool, { range: number; candidate: Address | undefined }>();

	/** Whoever comes first keeps it. */
	take(address: Address, holder: Said): void {
		if (!this.#holders.has(address.text)) this.#holders.set(address.text, holder);
	}

	holderOf(address: Address): Said | undefined {
		return this.#holders.get(address.text);
	}

	/** The pool's first free address, which the holder now has; none where the pool is exhausted. */
	takeFirst(pool: AddressPool, holder: string): Address | undefined {
		const at = this.#next.get(pool) ?? { range: 0, candidate: pool.ranges[0]?.first };
		this.#next.set(pool, at);
		for (let range = pool.ranges[at.range]; range !== undefined; range = pool.ranges[at.range]) {
			while (at.candidate !== undefined) {
				const { candidate } = at;
				at.candidate = compareAddresses(candidate, range.last) < 0 ? addressPlus(candidate, 1) : undefined;
				if (leavesOut(pool, candidate) || this.#holders.has(candidate.text)) continue;
				this.#holders.set(candidate.text, holder);
				return candidate;
			}
			at.range += 1;
			at.candidate = pool.ranges[at.range]?.first;
		}
		return undefined;
	}
}
