/** Ranges and pools of addresses: what is given out, and in which order. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { address, addressPlus } from "../../src/address/address.ts";
import { prefix } from "../../src/address/prefix.ts";
import { holds, TakenAddresses } from "../../src/ipam/pool.ts";
import { addressRange, hostRange, inRange, parseRange } from "../../src/ipam/range.ts";

describe("a range", () => {
	test.each([
		// host-local's range.go: neither the network nor the broadcast address; seed 004 writes detail pools with a tilde.
		["10.244.1.0/24", "10.244.1.1", "10.244.1.254"],
		["10.244.1.0/30", "10.244.1.1", "10.244.1.2"],
		["10.244.1.0/31", "10.244.1.0", "10.244.1.1"],
		["fd00::/64", "fd00::1", "fd00::ffff:ffff:ffff:ffff"],
		["1.1.1.1~1.1.1.9", "1.1.1.1", "1.1.1.9"],
		["1.1.1.1-1.1.1.9", "1.1.1.1", "1.1.1.9"],
		["1.1.1.7", "1.1.1.7", "1.1.1.7"],
	])("%s goes from %s to %s", (text, first, last) => {
		const range = parseRange(text);
		expect([range?.first.text, range?.last.text]).toEqual([first, last]);
	});

	test.each(["1.1.1.9-1.1.1.1", "1.1.1.1-fd00::1", "1.1.1.1-", "10.0.0.0/33", "a-b", "1.1.1.1-1.1.1.2-1.1.1.3"])(
		"%s is none",
		(text) => expect(parseRange(text)).toBeUndefined(),
	);
});

describe("a pool", () => {
	const range = addressRange(address("10.0.0.1"), address("10.0.0.4"));
	const pool = { name: "test", ranges: [range], excluded: new Set(["10.0.0.2"]) };

	test("gives out each address once, in order, and leaves out what is excluded or taken", () => {
		const taken = new TakenAddresses();
		taken.take(address("10.0.0.3"), "node/a");
		expect([1, 2, 3].map((n) => taken.takeFirst(pool, `pod ${n}`)?.text)).toEqual(["10.0.0.1", "10.0.0.4", undefined]);
		expect(taken.holderOf(address("10.0.0.4"))).toBe("pod 2");
	});

	test("holds what it could have given out", () => {
		expect(holds(pool, address("10.0.0.1"))).toBe(true);
		expect(holds(pool, address("10.0.0.2"))).toBe(false);
		expect(holds(pool, address("10.0.0.5"))).toBe(false);
	});

	test("of any size gives out as many as it holds", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 40 }), fc.uniqueArray(fc.integer({ min: 0, max: 40 })), (size, left) => {
				const first = address("fd00::1");
				const made = addressRange(first, addressPlus(first, size));
				const excluded = new Set(left.map((n) => addressPlus(first, n).text));
				const taken = new TakenAddresses();
				const all = { name: "any", ranges: [made], excluded };
				const got = Array.from({ length: 50 }, () => taken.takeFirst(all, "x")).filter((each) => each !== undefined);
				expect(got.length).toBe(size + 1 - left.filter((n) => n <= size).length);
				expect(new Set(got.map(({ text }) => text)).size).toBe(got.length);
				for (const each of got) expect(inRange(made, each) && !excluded.has(each.text)).toBe(true);
			}),
		);
	});

	test("of a subnet leaves its network address alone", () => {
		const subnet = { name: "subnet", ranges: [hostRange(prefix("10.1.0.0/24"))], excluded: new Set(["10.1.0.1"]) };
		expect(new TakenAddresses().takeFirst(subnet, "x")?.text).toBe("10.1.0.2");
	});
});
