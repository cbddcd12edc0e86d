import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha1Hex } from "../../../src/digest/sha1.ts";
import { hostInterface } from "../../../src/modes/terway/host-interface.ts";

describe("SHA-1", () => {
	it.each([
		// RFC 3174 section 7.3, TEST1 to TEST4
		["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
		["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"],
		["a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"],
		["01234567".repeat(80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"],
		["", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
	])("of the test vectors of RFC 3174", (text, digest) => {
		expect(sha1Hex(text)).toBe(digest);
	});

	it("is that of OpenSSL for any text, whatever its length and letters", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
				expect(sha1Hex(text)).toBe(createHash("sha1").update(text).digest("hex"));
			}),
		);
	});
});

describe("the name of a pod's veth on its node", () => {
	it.each([
		// reference terway.md 6.9, computed from the pods of seed 000 L43, L90, L143
		["trunking", "nginx-6f545cb57c-kt7r8", "cali7404cdaedc9"],
		["trunking", "busybox-87ff8bd74-g8zs7", "calia47654df859"],
		["trunking", "centos-59cdc5c9c4-l5vf9", "cali7d5bd3feb5f"],
		["trunking", "nginx-96bb9b7bb-wwrdm", "cali146beb6a241"],
	])("follows from its namespace and name: %s.%s", (namespace, name, device) => {
		expect(hostInterface({ namespace, name })).toBe(device);
	});

	it("has the device in it for a pod's other devices, and always fits IFNAMSIZ", () => {
		const pod = { namespace: "a", name: "b" };
		expect(hostInterface(pod, "eth1")).toBe(`cali${createHash("sha1").update("a.beth1").digest("hex").slice(0, 11)}`);
		expect(hostInterface(pod, "eth1")).toHaveLength(15);
	});
});
