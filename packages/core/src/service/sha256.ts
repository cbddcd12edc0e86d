/**
 * SHA-256 (FIPS 180-4), synchronous and without `node:` or Web Crypto: kube-proxy names its chains after it, and `core` runs
 * in the browser too, where the built-in one is asynchronous.
 */

/** The round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = fractionalRoots(64, Math.cbrt);
/** The initial hash: the same of the square roots of the first 8 primes. */
const INITIAL_HASH = fractionalRoots(8, Math.sqrt);

const schedule = new Uint32Array(64);

/** The 32 bytes of the digest. Text is hashed as UTF-8. */
export function sha256(message: string | Uint8Array): Uint8Array {
	const blocks = padded(typeof message === "string" ? utf8(message) : message);
	const view = new DataView(blocks.buffer);
	const hash = Uint32Array.from(INITIAL_HASH);
	for (let offset = 0; offset < blocks.length; offset += 64) compress(hash, view, offset);
	const digest = new Uint8Array(32);
	const out = new DataView(digest.buffer);
	for (let i = 0; i < 8; i++) out.setUint32(i * 4, hash[i] as number);
	return digest;
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

function compress(hash: Uint32Array, block: DataView, offset: number): void {
	const w = schedule;
	for (let t = 0; t < 16; t++) w[t] = block.getUint32(offset + t * 4);
	for (let t = 16; t < 64; t++) {
		const x = w[t - 15] as number;
		const y = w[t - 2] as number;
		const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
		const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
		w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0;
	}
	let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
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
	const added = [a, b, c, d, e, f, g, h];
	for (let i = 0; i < 8; i++) hash[i] = (hash[i] as number) + (added[i] as number);
}

function rotate(word: number, bits: number): number {
	return (word >>> bits) | (word << (32 - bits));
}

/** The message, a bit 1, zeros, and its length in bits as 64 bits: a multiple of 64 bytes. */
function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
	const blocks = new Uint8Array(((message.length + 8) >>> 6) * 64 + 64);
	blocks.set(message);
	blocks[message.length] = 0x80;
	const view = new DataView(blocks.buffer);
	view.setUint32(blocks.length - 8, Math.floor(message.length / 0x2000_0000));
	view.setUint32(blocks.length - 4, (message.length << 3) >>> 0);
	return blocks;
}

function utf8(text: string): Uint8Array {
	const bytes: number[] = [];
	for (const character of text) {
		const point = character.codePointAt(0) as number;
		if (point < 0x80) bytes.push(point);
		else if (point < 0x800) bytes.push(0xc0 | (point >> 6), continuation(point));
		else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
		else bytes.push(0xf0 | (point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point));
	}
	return Uint8Array.from(bytes);
}

function continuation(bits: number): number {
	return 0x80 | (bits & 0x3f);
}

function fractionalRoots(count: number, root: (of: number) => number): readonly number[] {
	const constants: number[] = [];
	for (let candidate = 2; constants.length < count; candidate++) {
		let prime = true;
		for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
		if (prime) constants.push(((root(candidate) % 1) * 0x1_0000_0000) | 0);
	}
	return constants;
}
