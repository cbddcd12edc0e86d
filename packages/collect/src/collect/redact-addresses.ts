/**
 * Public addresses replaced by others, so that two with a common prefix keep one of the same length (J. Fan, J. Xu et al.,
 * "Prefix-preserving IP address anonymization", 2004). The first bits stay as far as they tell a public block from a private one, so
 * that no public address becomes a private one.
 */
import { createHmac } from "node:crypto";
import { type Address, addressBits, addressFromWords, overlaps, parseAddress, prefix, prefixOf } from "@podpath/core";

/** Blocks that are not somebody's own on the Internet (RFC 6890, RFC 5737, RFC 3849, RFC 6598): they stay. */
const KEPT = [
	"0.0.0.0/8",
	"10.0.0.0/8",
	"100.64.0.0/10",
	"127.0.0.0/8",
	"169.254.0.0/16",
	"172.16.0.0/12",
	"192.0.0.0/24",
	"192.0.2.0/24",
	"192.168.0.0/16",
	"198.18.0.0/15",
	"198.51.100.0/24",
	"203.0.113.0/24",
	"224.0.0.0/3",
	"::/3",
	"4000::/2",
	"8000::/1",
	"2001:db8::/32",
].map((text) => prefix(text));

export class AddressRedactor {
	readonly #key: Uint8Array;
	readonly #known = new Map<string, Address>();

	constructor(key: Uint8Array) {
		this.#key = key;
	}

	/** Every address and prefix in a text. */
	text(text: string): string {
		return text
			.replace(/(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(\/\d{1,2})?(?![\w]|\.\d)/g, (whole, one: string, length?: string) =>
				this.#replaced(whole, one, length),
			)
			.replace(
				/(?<![\w:.])([0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(\/\d{1,3})?(?![\w:])/g,
				(whole, one: string, length?: string) => this.#replaced(whole, one, length),
			);
	}

	#replaced(whole: string, one: string, length: string | undefined): string {
		const found = parseAddress(one);
		if (found === undefined) return whole;
		const other = this.#of(found);
		if (other === found || length === undefined) return other === found ? whole : other.text;
		const bits = Number(length.slice(1));
		if (bits > addressBits(found.family)) return whole;
		// Of a prefix the host's bits stay zero.
		const isBlock = prefixOf(found, bits).address.text === found.text;
		return `${(isBlock ? prefixOf(other, bits).address : other).text}${length}`;
	}

	#of(found: Address): Address {
		const known = this.#known.get(found.text);
		if (known !== undefined) return known;
		const other = this.#compute(found);
		this.#known.set(found.text, other);
		return other;
	}

	#compute(found: Address): Address {
		const bits = addressBits(found.family);
		const kept = keptBits(found);
		if (kept === null) return found;
		const words = [...found.words];
		for (let bit = kept; bit < bits; bit++) {
			const before = prefixOf(found, bit).address.text;
			const flip = (createHmac("sha256", this.#key).update(`${before}/${bit}`).digest()[0] ?? 0) & 1;
			const index = bit >> 5;
			words[index] = ((words[index] ?? 0) ^ (flip << (31 - (bit & 31)))) >>> 0;
		}
		return addressFromWords(words);
	}
}

/** The length of the shortest block round the address that holds nothing which is kept; null: it is kept itself. */
function keptBits(found: Address): number | null {
	const special = KEPT.filter(({ family }) => family === found.family);
	for (let length = 1; length <= addressBits(found.family); length++) {
		const block = prefixOf(found, length);
		if (!special.some((each) => overlaps(each, block))) return length;
	}
	return null;
}
