/** Numbers, addresses and text out of a packet's bytes, in network order. Who reads past the end has not looked at the length. */
import { type Address, addressFromWords } from "@podpath/core";

export function u8(bytes: Uint8Array, at: number): number {
	const value = bytes[at];
	if (value === undefined) throw new RangeError(`byte ${at} of ${bytes.length}`);
	return value;
}

export function u16(bytes: Uint8Array, at: number): number {
	return (u8(bytes, at) << 8) | u8(bytes, at + 1);
}

export function u32(bytes: Uint8Array, at: number): number {
	return u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
}

export function macAt(bytes: Uint8Array, at: number): string {
	return [0, 1, 2, 3, 4, 5]
		.map((i) =>
			u8(bytes, at + i)
				.toString(16)
				.padStart(2, "0"),
		)
		.join(":");
}

export function ipv4At(bytes: Uint8Array, at: number): Address {
	return addressFromWords([u32(bytes, at)]);
}

export function ipv6At(bytes: Uint8Array, at: number): Address {
	return addressFromWords([0, 4, 8, 12].map((i) => u32(bytes, at + i)));
}
