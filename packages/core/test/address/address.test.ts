import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { address, addressFromWords, addressPlus, parseAddress } from "../../src/address/address.ts";

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const anyAddress = fc.oneof(fc.tuple(word), fc.tuple(word, word, word, word)).map((words) => addressFromWords(words));

describe("addresses", () => {
	it("reads IPv4 and prints it back", () => {
		expect(address("172.23.96.23").words).toEqual([0xac176017]);
		expect(address("172.23.96.23").text).toBe("172.23.96.23");
	});

	it("prints IPv6 as RFC 5952 section 4 says", () => {
		expect(address("2001:DB8:0:0:1:0:0:1").text).toBe("2001:db8::1:0:0:1");
		expect(address("2001:db8:0:1:1:1:1:1").text).toBe("2001:db8:0:1:1:1:1:1");
		expect(address("::").text).toBe("::");
		expect(address("::ffff:10.0.0.1").text).toBe("::ffff:10.0.0.1");
		expect(address("fd00:0:0:0:0:0:0:7").text).toBe("fd00::7");
	});

	it.each([
		"",
		"1.2.3",
		"1.2.3.256",
		"01.2.3.4",
		"1.2.3.4.5",
		":::",
		"1::2::3",
		"12345::",
		"g::",
		"1:2:3:4:5:6:7",
		"::1%eth0",
	])("refuses %j", (text) => {
		expect(parseAddress(text)).toBeUndefined();
	});

	it("reads what it prints", () => {
		fc.assert(
			fc.property(anyAddress, (a) => {
				expect(parseAddress(a.text)).toEqual(a);
			}),
		);
	});

	it("goes forward and back by the same number", () => {
		fc.assert(
			fc.property(anyAddress, fc.integer({ min: -70000, max: 70000 }), (a, n) => {
				let there: typeof a;
				try {
					there = addressPlus(a, n);
				} catch (error) {
					expect(error).toBeInstanceOf(RangeError);
					return;
				}
				expect(addressPlus(there, -n).text).toBe(a.text);
			}),
		);
	});
});
