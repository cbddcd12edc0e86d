import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { address, addressFromWords } from "../../src/address/address.ts";
import {
	contains,
	containsPrefix,
	lastAddress,
	nthAddress,
	parsePrefix,
	prefix,
	prefixOf,
} from "../../src/address/prefix.ts";
import { PrefixMap } from "../../src/address/prefix-map.ts";

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const anyPrefix = fc.oneof(
	fc
		.tuple(fc.tuple(word), fc.integer({ min: 0, max: 32 }))
		.map(([words, length]) => prefixOf(addressFromWords(words), length)),
	fc
		.tuple(fc.tuple(word, word, word, word), fc.integer({ min: 0, max: 128 }))
		.map(([words, length]) => prefixOf(addressFromWords(words), length)),
);

describe("prefixes", () => {
	it("clears host bits", () => {
		expect(prefix("10.1.2.3/8").text).toBe("10.0.0.0/8");
		expect(prefix("fd00::1:2/64").text).toBe("fd00::/64");
	});

	it("reads netmasks and bare addresses", () => {
		expect(prefix("10.0.0.0/255.255.0.0").text).toBe("10.0.0.0/16");
		expect(prefix("10.0.0.1").text).toBe("10.0.0.1/32");
		expect(parsePrefix("10.0.0.0/255.0.255.0")).toBeUndefined();
		expect(parsePrefix("10.0.0.0/33")).toBeUndefined();
	});

	it("counts addresses from both ends, as the vSwitch gateway is the third from the end", () => {
		expect(nthAddress(prefix("10.0.4.0/24"), -3).text).toBe("10.0.4.253");
		expect(nthAddress(prefix("172.23.96.0/26"), 1).text).toBe("172.23.96.1");
		expect(lastAddress(prefix("172.23.96.0/26")).text).toBe("172.23.96.63");
	});

	it("holds its own first and last address", () => {
		fc.assert(
			fc.property(anyPrefix, (p) => {
				expect(contains(p, p.address)).toBe(true);
				expect(contains(p, lastAddress(p))).toBe(true);
				expect(parsePrefix(p.text)).toEqual(p);
			}),
		);
	});
});

describe("PrefixMap", () => {
	it("finds what a search through the whole list finds", () => {
		fc.assert(
			fc.property(
				fc.array(anyPrefix, { maxLength: 40 }),
				fc.array(word, { minLength: 4, maxLength: 4 }),
				(prefixes, words) => {
					const map = new PrefixMap<string>();
					for (const p of prefixes) map.set(p, p.text);
					const candidates = [
						addressFromWords(words.slice(0, 1)),
						addressFromWords(words),
						...prefixes.map((p) => p.address),
					];
					for (const candidate of candidates) {
						const expected = prefixes
							.filter((p) => contains(p, candidate))
							.sort((a, b) => b.length - a.length)[0]?.text;
						expect(map.longestMatch(candidate)).toBe(expected);
					}
				},
			),
		);
	});

	it("has the value that was set last, among few prefixes and among many", () => {
		for (const others of [0, 40]) {
			const map = new PrefixMap<string>();
			for (let i = 0; i < others; i++) map.set(prefix(`10.9.${i}.0/24`), "other");
			map.set(prefix("10.0.0.0/8"), "first");
			map.set(prefix("10.0.0.0/8"), "second");
			expect(map.longestMatch(address("10.200.0.1"))).toBe("second");
		}
	});

	it("gives all that match, longest first", () => {
		const map = new PrefixMap<string>();
		for (const text of ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"]) map.set(prefix(text), text);
		expect([...map.matches(address("10.1.2.3"))]).toEqual(["10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0"]);
		expect(containsPrefix(prefix("10.0.0.0/8"), prefix("10.1.0.0/16"))).toBe(true);
	});
});
