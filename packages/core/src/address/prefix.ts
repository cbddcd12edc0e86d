/** CIDR prefixes of both families: a network address and how many leading bits count. */
import {
	type Address,
	addressBits,
	addressFromWords,
	addressPlus,
	type Family,
	parseAddress,
	startsAs,
} from "./address.ts";

/** An address block. The bits of `address` past `length` are zero. */
export interface Prefix {
	readonly family: Family;
	readonly address: Address;
	/** Number of leading bits that count: 0 to 32, or 0 to 128. */
	readonly length: number;
	/** Canonical, always with its length: `10.0.0.0/8`. */
	readonly text: string;
}

/** The block of `length` bits that holds `inside`. Throws a RangeError where the family has no such length. */
export function prefixOf(inside: Address, length: number): Prefix {
	if (!Number.isInteger(length) || length < 0 || length > addressBits(inside.family)) {
		throw new RangeError(`IPv${inside.family} has no prefix length ${length}`);
	}
	const words = inside.words.map((word, i) => (word & wordMask(length, i)) >>> 0);
	const base = words.every((word, i) => word === inside.words[i]) ? inside : addressFromWords(words);
	return { family: inside.family, address: base, length, text: `${base.text}/${length}` };
}

/** The block that holds just this address: /32 or /128. */
export function hostPrefix(only: Address): Prefix {
	return prefixOf(only, addressBits(only.family));
}

/** `0.0.0.0/0` or `::/0`. */
export function defaultPrefix(family: Family): Prefix {
	return family === 4 ? DEFAULT_IPV4 : DEFAULT_IPV6;
}

const DEFAULT_IPV4 = prefixOf(addressFromWords([0]), 0);
const DEFAULT_IPV6 = prefixOf(addressFromWords([0, 0, 0, 0]), 0);

/**
 * Reads `ADDRESS/LENGTH`, `ADDRESS/NETMASK` or a bare address (then the whole address counts); host bits are cleared.
 * Gives `undefined` where the text is no prefix.
 */
export function parsePrefix(text: string): Prefix | undefined {
	const slash = text.indexOf("/");
	const base = parseAddress(slash < 0 ? text : text.slice(0, slash));
	if (base === undefined) return undefined;
	if (slash < 0) return hostPrefix(base);
	const length = parseLength(text.slice(slash + 1), base.family);
	return length === undefined ? undefined : prefixOf(base, length);
}

/** As `parsePrefix`, for text that the program itself wrote: throws a RangeError where it is no prefix. */
export function prefix(text: string): Prefix {
	const parsed = parsePrefix(text);
	if (parsed === undefined) throw new RangeError(`not an IP prefix: ${JSON.stringify(text)}`);
	return parsed;
}

/** Whether the block holds this address; blocks never hold addresses of the other family. */
export function contains(block: Prefix, candidate: Address): boolean {
	return block.family === candidate.family && startsAs(candidate, block.address, block.length);
}

/** Whether every address of `inner` is in `outer`. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
	return outer.length <= inner.length && contains(outer, inner.address);
}

/** Whether some address is in both. */
export function overlaps(a: Prefix, b: Prefix): boolean {
	return containsPrefix(a, b) || containsPrefix(b, a);
}

/** The block's last address: the broadcast address of an IPv4 subnet. */
export function lastAddress(block: Prefix): Address {
	return addressFromWords(block.address.words.map((word, i) => (word | ~wordMask(block.length, i)) >>> 0));
}

/** The block's n-th address, counted from its network address, or from its end where n is negative (-1 is the last). */
export function nthAddress(block: Prefix, n: number): Address {
	const nth = n >= 0 ? addressPlus(block.address, n) : addressPlus(lastAddress(block), n + 1);
	if (!contains(block, nth)) throw new RangeError(`${block.text} has no address number ${n}`);
	return nth;
}

/** The bits of word `index` that count in a prefix of this length, as a signed 32-bit mask. */
export function wordMask(length: number, index: number): number {
	const bits = Math.min(32, Math.max(0, length - index * 32));
	// A shift by 32 is a shift by 0 in JavaScript.
	return bits === 0 ? 0 : -1 << (32 - bits);
}

function parseLength(text: string, family: Family): number | undefined {
	if (/^\d{1,3}$/.test(text)) {
		const length = Number(text);
		return length <= addressBits(family) ? length : undefined;
	}
	const mask = parseAddress(text);
	if (mask === undefined || mask.family !== family) return undefined;
	for (let length = 0; length <= addressBits(family); length++) {
		if (mask.words.every((word, i) => word === wordMask(length, i) >>> 0)) return length;
	}
	return undefined;
}
