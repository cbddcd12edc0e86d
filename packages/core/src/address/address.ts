/**
 * IP addresses of both families as one plain value.
 *
 * An address is kept as its canonical text (for maps, equality and output) and as big-endian 32-bit words (for prefix
 * arithmetic): one word for IPv4, four for IPv6. Code that walks `words` is the same for both families.
 */

import { WatchedAddress } from "./watched.ts";

/** 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/** One IP address. Two addresses are the same exactly when their `text` is the same. */
export interface Address {
	readonly family: Family;
	/** Canonical: dotted decimal for IPv4, RFC 5952 for IPv6. */
	readonly text: string;
	/** Unsigned 32-bit words, most significant first: one for IPv4, four for IPv6. */
	readonly words: readonly number[];
}

/** How many bits an address of this family has. */
export function addressBits(family: Family): number {
	return family === 4 ? 32 : 128;
}

/** The address of these words; the family follows from their number. */
export function addressFromWords(words: readonly number[]): Address {
	const family: Family = words.length === 1 ? 4 : 6;
	return { family, words, text: family === 4 ? formatIPv4(words[0] as number) : formatIPv6(words) };
}

/** Reads an address in any usual spelling, or gives `undefined` where the text is none (no zone, no prefix length). */
export function parseAddress(text: string): Address | undefined {
	const words = text.includes(":") ? parseIPv6(text) : parseIPv4(text);
	return words === undefined ? undefined : addressFromWords(words);
}

/** As `parseAddress`, for text that the program itself wrote: throws a RangeError where it is no address. */
export function address(text: string): Address {
	const parsed = parseAddress(text);
	if (parsed === undefined) throw new RangeError(`not an IP address: ${JSON.stringify(text)}`);
	return parsed;
}

/** Numeric order, IPv4 before IPv6. */
export function compareAddresses(a: Address, b: Address): number {
	if (a.family !== b.family) return a.family - b.family;
	for (let i = 0; i < a.words.length; i++) {
		const difference = (a.words[i] as number) - (b.words[i] as number);
		if (difference !== 0) return difference;
	}
	return 0;
}

/** The address `offset` further on (it may be negative). Throws a RangeError past either end of the family. */
export function addressPlus(base: Address, offset: number): Address {
	const words = [...base.words];
	let carry = offset;
	for (let i = words.length - 1; i >= 0; i--) {
		const sum = (words[i] as number) + carry;
		const word = ((sum % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000;
		words[i] = word;
		carry = (sum - word) / 0x1_0000_0000;
	}
	if (carry !== 0) throw new RangeError(`${base.text} plus ${offset} is outside IPv${base.family}`);
	return addressFromWords(words);
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(a: Address): boolean {
	return a.family === 4 ? firstBits(a, 8) === 127 : startsAs(a, LOOPBACK6, 128);
}

/** 224.0.0.0/4 and ff00::/8. */
export function isMulticast(a: Address): boolean {
	return a.family === 4 ? firstBits(a, 4) === 0xe : firstBits(a, 8) === 0xff;
}

/** 169.254.0.0/16 and fe80::/10. */
export function isLinkLocal(a: Address): boolean {
	return a.family === 4 ? firstBits(a, 16) === 0xa9fe : firstBits(a, 10) === 0x3fa;
}

/** 0.0.0.0 and ::. */
export function isUnspecified(a: Address): boolean {
	return startsAs(a, a.family === 4 ? UNSPECIFIED4 : UNSPECIFIED6, 128);
}

/** Up to 32 bits, as a number. */
function firstBits(a: Address, bits: number): number {
	const { words } = a instanceof WatchedAddress ? a.see(bits) : a;
	return (words[0] as number) >>> (32 - bits);
}

/** Whether the first `length` bits of two addresses of one family are the same; nothing past the end differs. */
export function startsAs(a: Address, other: Address, length: number): boolean {
	if (a instanceof WatchedAddress) return a.startsAs(other, length);
	const { words } = a;
	for (let i = 0; i < words.length && i * 32 < length; i++) {
		const difference = ((words[i] as number) ^ (other.words[i] as number)) >>> 0;
		if (difference !== 0) return i * 32 + Math.clz32(difference) >= length;
	}
	return true;
}

/** An address with a port, as people write it: `10.0.0.1:80`, `[fd00::1]:80`. */
export function formatEndpoint(a: Address, port: number): string {
	return a.family === 4 ? `${a.text}:${port}` : `[${a.text}]:${port}`;
}

function parseIPv4(text: string): number[] | undefined {
	const parts = text.split(".");
	if (parts.length !== 4) return undefined;
	let word = 0;
	for (const part of parts) {
		// A leading zero is refused: inet_aton reads it as octal, inet_pton and people do not.
		if (!/^(0|[1-9]\d{0,2})$/.test(part)) return undefined;
		const byte = Number(part);
		if (byte > 255) return undefined;
		word = word * 256 + byte;
	}
	return [word];
}

function formatIPv4(word: number): string {
	return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function parseIPv6(text: string): number[] | undefined {
	let source = text;
	const lastColon = source.lastIndexOf(":");
	if (source.includes(".")) {
		const tail = parseIPv4(source.slice(lastColon + 1));
		if (tail === undefined) return undefined;
		const word = tail[0] as number;
		source = `${source.slice(0, lastColon + 1)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
	}
	const halves = source.split("::");
	if (halves.length > 2) return undefined;
	const head = groupsOf(halves[0] as string);
	const tail = halves.length === 2 ? groupsOf(halves[1] as string) : [];
	if (head === undefined || tail === undefined) return undefined;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
	return [0, 2, 4, 6].map((i) => (groups[i] as number) * 0x10000 + (groups[i + 1] as number));
}

function groupsOf(text: string): number[] | undefined {
	if (text === "") return [];
	const groups: number[] = [];
	for (const part of text.split(":")) {
		if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
		groups.push(Number.parseInt(part, 16));
	}
	return groups;
}

/** RFC 5952: lower case, the longest run of two or more zero groups (the first of equals) as `::`. */
function formatIPv6(words: readonly number[]): string {
	const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
	let best = { start: -1, length: 1 };
	for (let start = 0; start < 8; start++) {
		let length = 0;
		while (start + length < 8 && groups[start + length] === 0) length++;
		if (length > best.length) best = { start, length };
		start += length;
	}
	const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
	// inet_ntop and glibc print IPv4-mapped addresses with a dotted tail.
	if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return `::ffff:${formatIPv4(words[3] as number)}`;
	if (best.start < 0) return hex(groups);
	return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

const LOOPBACK6 = addressFromWords([0, 0, 0, 1]);
const UNSPECIFIED4 = addressFromWords([0]);
const UNSPECIFIED6 = addressFromWords([0, 0, 0, 0]);
