import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base32, sha256 } from "../../src/digest/sha256.ts";

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("hex");
}

describe("sha256", () => {
	// FIPS 180-2, appendix B.1 and B.2, and the digest of nothing (NIST CAVP SHA256ShortMsg.rsp, Len = 0).
	test.each([
		["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
		["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
		[
			"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
		],
	])("of %j", (message, digest) => {
		expect(hex(sha256(message))).toBe(digest);
	});

	test("of any bytes is what OpenSSL makes of them", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				expect(hex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
			}),
		);
	});

	test("takes text as UTF-8", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (text) => {
				expect(hex(sha256(text))).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
			}),
		);
	});
});

describe("base32", () => {
	// RFC 4648, section 10.
	test.each([
		["f", "MY"],
		["fo", "MZXQ"],
		["foo", "MZXW6"],
		["foob", "MZXW6YQ"],
		["fooba", "MZXW6YTB"],
		["foobar", "MZXW6YTBOI"],
	])("of %j without padding", (text, letters) => {
		expect(base32(new TextEncoder().encode(text), letters.length)).toBe(letters);
	});
});
