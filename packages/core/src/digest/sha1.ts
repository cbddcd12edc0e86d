/** SHA-1 (RFC 3174), synchronous and without `node:` or Web Crypto: Calico and Terway name their veths after it. */

const INITIAL: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

/** The digest of a text in UTF-8, as 40 hexadecimal digits. */
export function sha1Hex(text: string): string {
	const blocks = padded(utf8(text));
	let state = INITIAL;
	for (let offset = 0; offset < blocks.byteLength; offset += 64) state = compressed(state, blocks, offset);
	return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Core is compiled without the types of any platform, so without TextEncoder's. */
function utf8(text: string): Uint8Array {
	const escaped = encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
	return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}

/** After the message a bit 1, zeros, and its length in bits as 64 bits. */
function padded(message: Uint8Array): DataView {
	const length = ((message.length + 8) >>> 6) * 64 + 64;
	const bytes = new Uint8Array(length);
	bytes.set(message);
	bytes[message.length] = 0x80;
	const view = new DataView(bytes.buffer);
	view.setUint32(length - 8, Math.floor(message.length / 0x2000_0000));
	view.setUint32(length - 4, (message.length << 3) >>> 0);
	return view;
}

function compressed(state: readonly number[], blocks: DataView, offset: number): readonly number[] {
	const words = schedule(blocks, offset);
	let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
	for (const [t, word] of words.entries()) {
		const { mixed, constant } = round(t, b, c, d);
		const next = (rotate(a, 5) + mixed + e + word + constant) | 0;
		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	return [a, b, c, d, e].map((word, i) => (word + (state[i] ?? 0)) | 0);
}

function schedule(blocks: DataView, offset: number): readonly number[] {
	const words = Array.from({ length: 16 }, (_, t) => blocks.getInt32(offset + t * 4));
	const at = (t: number): number => words[t] ?? 0;
	for (let t = 16; t < 80; t++) words.push(rotate(at(t - 3) ^ at(t - 8) ^ at(t - 14) ^ at(t - 16), 1));
	return words;
}

function round(t: number, b: number, c: number, d: number): { readonly mixed: number; readonly constant: number } {
	if (t < 20) return { mixed: (b & c) | (~b & d), constant: 0x5a827999 };
	if (t < 40) return { mixed: b ^ c ^ d, constant: 0x6ed9eba1 };
	if (t < 60) return { mixed: (b & c) | (b & d) | (c & d), constant: 0x8f1bbcdc };
	return { mixed: b ^ c ^ d, constant: 0xca62c1d6 };
}

function rotate(word: number, bits: number): number {
	return (word << bits) | (word >>> (32 - bits));
}
