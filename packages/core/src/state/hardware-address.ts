/** MAC addresses where the input names none: made from names, so that the same input gives the same answer. */
import { type Address, addressFromWords } from "../address/address.ts";
import type { Place } from "./place.ts";

/**
 * A hash of a text as two unsigned 32-bit words. It only has to spread names evenly and to stay the same for ever:
 * device names and MAC addresses in answers come from it.
 */
export function stableHash(text: string): readonly [number, number] {
	// Two interleaved multiply-and-xor rounds, finished with murmur3's mixer so that the last characters reach every bit.
	let high = 0xdeadbeef;
	let low = 0x41c6ce57;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		high = Math.imul(high ^ code, 0x9e3779b1);
		low = Math.imul(low ^ code, 0x5f356495);
	}
	high = mix(high ^ (low >>> 15));
	low = mix(low ^ (high >>> 13));
	return [high >>> 0, low >>> 0];
}

/** A unicast, locally administered MAC (IEEE 802-2014 8.4) for a device: what the kernel draws at random, drawn from its name. */
export function hardwareAddress(place: Place, device: string): string {
	const [high, low] = stableHash(`${place} ${device}`);
	const first = ((high & 0xfc) | 0x02) & 0xff;
	const [a, b, c] = [byteText(first), byteText(high >>> 24), byteText(high >>> 16)];
	return `${a}:${b}:${c}:${byteText(low)}:${byteText(low >>> 8)}:${byteText(low >>> 16)}`;
}

/** The link-local address that a device makes from its MAC (RFC 4291 appendix A: modified EUI-64). */
export function linkLocalAddress(mac: string): Address {
	const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(":").map((byte) => Number.parseInt(byte, 16));
	const third = (((a ^ 0x02) << 24) | (b << 16) | (c << 8) | 0xff) >>> 0;
	const fourth = ((0xfe << 24) | (d << 16) | (e << 8) | f) >>> 0;
	return addressFromWords([0xfe80_0000, 0, third, fourth]);
}

function mix(word: number): number {
	let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
	mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
	return mixed ^ (mixed >>> 16);
}

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function byteText(byte: number): string {
	return BYTES[byte & 0xff] as string;
}
