/**
 * SHA-256 (FIPS 180-4), synchronous and without `node:` or Web Crypto: kube-proxy names its chains after it, and `core` runs
 * in the browser too, where the built-in one is asynchronous.
 */

/** The round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = fractionalRoots(64, Math.cbrt);
/** The initial hash: the same of the square roots of the first 8 primes. */
const INITIAL_HASH = fractionalRoots(8, Math.sqrt);

// A cluster's chains take tens of thousands of digests, so that nothing but the result is allocated for one.
const schedule = new Int32Array(64);
const state = new Int32Array(8);
let blocks = new Uint8Array(256);

/** The 32 bytes of the digest. Text is hashed as UTF-8. */
export function sha256(message: string | Uint8Array): Uint8Array {
	const longest = message.length * 3 + 72;
	if (blocks.length < longest) blocks = new Uint8Array(longest * 2);
	const length = typeof message === "string" ? writeUtf8(message) : writeBytes(message);
	const end = pad(length);
	state.set(INITIAL_HASH);
	for (let offset = 0; offset < end; offset += 64) compress(offset);
	const digest = new Uint8Array(32);
	for (let i = 0; i < 32; i++) digest[i] = (state[i >> 2] as number) >>> (24 - (i & 3) * 8);
	return digest;
}

/** The first `length` letters of RFC 4648's base64 for URLs, as Go's base64.RawURLEncoding writes them. */
export function base64Url(bytes: Uint8Array, length: number): string {
	let text = "";
	for (let letter = 0; letter < length; letter++) {
		const bit = letter * 6;
		const byte = bit >>> 3;
		const pair = ((bytes[byte] ?? 0) << 8) | (bytes[byte + 1] ?? 0);
		text += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[
			(pair >>> (10 - (bit & 7))) & 63
		] as string;
	}
	return text;
}

/** The first `length` letters of RFC 4648 base32, as Go's base32.StdEncoding writes them. */
export function base32(bytes: Uint8Array, length: number): string {
	let text = "";
	for (let letter = 0; letter < length; letter++) {
		const bit = letter * 5;
		const byte = bit >>> 3;
		const pair = ((bytes[byte] ?? 0) << 8) | (bytes[byte + 1] ?? 0);
		text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(pair >>> (11 - (bit & 7))) & 31] as string;
	}
	return text;
}

function compress(offset: number): void {
	const w = schedule;
	for (let t = 0; t < 16; t++) w[t] = wordAt(offset + t * 4);
	for (let t = 16; t < 64; t++) {
		const x = w[t - 15] as number;
		const y = w[t - 2] as number;
		const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
		const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
		w[t] = (w[t - 16] as number) + s0 + (w[t - 7] as number) + s1;
	}
	let a = state[0] as number;
	let b = state[1] as number;
	let c = state[2] as number;
	let d = state[3] as number;
	let e = state[4] as number;
	let f = state[5] as number;
	let g = state[6] as number;
	let h = state[7] as number;
	for (let t = 0; t < 64; t++) {
		const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
		const choice = (e & f) ^ (~e & g);
		const first = (h + big1 + choice + (ROUND_CONSTANTS[t] as number) + (w[t] as number)) | 0;
		const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
		const majority = (a & b) ^ (a & c) ^ (b & c);
		h = g;
		g = f;
		f = e;
		e = (d + first) | 0;
		d = c;
		c = b;
		b = a;
		a = (first + big0 + majority) | 0;
	}
	add(0, a);
	add(1, b);
	add(2, c);
	add(3, d);
	add(4, e);
	add(5, f);
	add(6, g);
	add(7, h);
}

function add(i: number, value: number): void {
	state[i] = (state[i] as number) + value;
}

function wordAt(i: number): number {
	const high = ((blocks[i] as number) << 24) | ((blocks[i + 1] as number) << 16);
	return high | ((blocks[i + 2] as number) << 8) | (blocks[i + 3] as number);
}

function rotate(word: number, bits: number): number {
	return (word >>> bits) | (word << (32 - bits));
}

/** After the message a bit 1, zeros, and its length in bits as 64 bits; gives where that ends, a multiple of 64. */
function pad(length: number): number {
	const end = ((length + 8) >>> 6) * 64 + 64;
	blocks.fill(0, length, end);
	blocks[length] = 0x80;
	const bits = length * 8;
	for (let i = 1, rest = bits; rest > 0; i++, rest = Math.floor(rest / 256)) blocks[end - i] = rest % 256;
	return end;
}

function writeBytes(message: Uint8Array): number {
	blocks.set(message);
	return message.length;
}

/** Gives the length in bytes. */
function writeUtf8(text: string): number {
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const point = text.codePointAt(i) as number;
		if (point < 0x80) blocks[length++] = point;
		else if (point < 0x800) {
			blocks[length++] = 0xc0 | (point >> 6);
			blocks[length++] = continuation(point);
		} else {
			if (point >= 0x10000) {
				// The second half of a surrogate pair is part of this point.
				i++;
				blocks[length++] = 0xf0 | (point >> 18);
				blocks[length++] = continuation(point >> 12);
			} else blocks[length++] = 0xe0 | (point >> 12);
			blocks[length++] = continuation(point >> 6);
			blocks[length++] = continuation(point);
		}
	}
	return length;
}

function continuation(bits: number): number {
	return 0x80 | (bits & 0x3f);
}

function fractionalRoots(count: number, root: (of: number) => number): Int32Array {
	const constants = new Int32Array(count);
	for (let candidate = 2, found = 0; found < count; candidate++) {
		let prime = true;
		for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
		if (prime) constants[found++] = ((root(candidate) % 1) * 0x1_0000_0000) | 0;
	}
	return constants;
}
