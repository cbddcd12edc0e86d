/**
 * An address of which it is noted how much of it is looked at, so that what was found out about one address can be known to
 * hold for all that are alike as far as that (kernel/transit/). It reads like any other address; whoever takes its text or
 * its words has seen all of it, and only the functions of this folder look at less.
 */
import type { Address, Family } from "./address.ts";

/** As a number of bits: an address of any family. */
export const WHOLE = 128;

/** Where looks at addresses are noted. Addresses are told apart by their numbers. */
export interface Looks {
	/** The first `bits` of an address were seen, or all of it (`WHOLE`). */
	sawBits(address: number, bits: number): void;
	/** It was asked which of some prefixes is the longest that holds an address. */
	lookedUp(address: number, prefixes: Prefixes): void;
	/** Two of the addresses were compared. */
	compared(one: number, other: number): void;
}

export interface Prefixes {
	/** The same for two addresses: they are alike to whoever asks these prefixes. */
	longestPrefix(of: Address): number | string | undefined;
}

export class WatchedAddress implements Address {
	readonly family: Family;
	readonly real: Address;
	readonly number: number;
	readonly #looks: Looks;

	constructor(real: Address, number: number, looks: Looks) {
		this.family = real.family;
		this.real = real;
		this.number = number;
		this.#looks = looks;
	}

	get text(): string {
		this.see(WHOLE);
		return this.real.text;
	}

	get words(): readonly number[] {
		this.see(WHOLE);
		return this.real.words;
	}

	/** Gives the address itself, of which no more than the first `bits` matter to whoever asks. */
	see(bits: number): Address {
		this.#looks.sawBits(this.number, bits < (this.family === 4 ? 32 : 128) ? bits : WHOLE);
		return this.real;
	}

	/** Whether its first `length` bits are those of another address: what is alike is seen, and the first that is not. */
	startsAs(other: Address, length: number): boolean {
		const alike = this.family === other.family ? commonBits(this.real.words, other.words) : 0;
		if (this.family === other.family) this.see(Math.min(length, alike + 1));
		return this.family === other.family && alike >= length;
	}

	/** Gives the address itself, of which only the longest prefix matters to whoever asks. */
	lookedUpIn(prefixes: Prefixes): Address {
		this.#looks.lookedUp(this.number, prefixes);
		return this.real;
	}

	isSameAs(other: WatchedAddress): boolean {
		this.#looks.compared(this.number, other.number);
		return this.real.text === other.real.text;
	}
}

/** Whether two addresses are the same. */
export function sameAddress(a: Address, b: Address): boolean {
	if (a === b) return true;
	if (a instanceof WatchedAddress) return b instanceof WatchedAddress ? a.isSameAs(b) : a.startsAs(b, WHOLE);
	return b instanceof WatchedAddress ? b.startsAs(a, WHOLE) : a.text === b.text;
}

/** How many leading bits two addresses of one family share: `WHOLE` where they are the same. */
export function commonBits(a: readonly number[], b: readonly number[]): number {
	for (let i = 0; i < a.length; i++) {
		const difference = ((a[i] as number) ^ (b[i] as number)) >>> 0;
		if (difference !== 0) return i * 32 + Math.clz32(difference);
	}
	return WHOLE;
}
