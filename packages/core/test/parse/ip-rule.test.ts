/** Expected values are what was asked of `ip rule add` when fixtures/node-dumps was made, and iproute2's ip/iprule.c. */
import { describe, expect, it } from "vitest";
import { parseIpRule } from "../../src/parse/ip-rule.ts";
import { nodeDump } from "../support/parse-dumps.ts";
import { withoutOrigin } from "../support/parse-generators.ts";

const dump = parseIpRule(nodeDump("ip-rule.txt"), "ip-rule.txt");
const at = (priority: number) => dump.entries.find((rule) => rule.family === 4 && rule.priority === priority);

describe("ip rule", () => {
	it("says the same as JSON", () => {
		const json = parseIpRule(nodeDump("ip-rule.json"), "ip-rule.json");
		expect(withoutOrigin(json)).toEqual(withoutOrigin(dump));
	});

	it("tells IPv6's rules, printed after IPv4's, by the priorities starting anew", () => {
		const six = dump.entries.filter((rule) => rule.family === 6);
		expect(six.map((rule) => rule.priority)).toEqual([0, 32765, 32766]);
		expect(
			parseIpRule("0:\tfrom all lookup local\n5:\tfrom fd00::/8 lookup 7\n", "f").entries.map((rule) => rule.family),
		).toEqual([6, 6]);
	});

	it("reads selectors", () => {
		expect(at(5)).toMatchObject({
			from: { text: "10.0.0.0/8" },
			to: { text: "10.1.0.0/16" },
			tos: 0x10,
			fwmark: { value: 0x10, mask: 0xff },
			iif: "br0",
			oif: "va",
			action: { kind: "lookup", table: 100 },
		});
		expect(at(6)).toMatchObject({ invert: true, from: { text: "10.0.0.5/32" } });
		expect(at(7)).toMatchObject({
			protocol: "tcp",
			sport: { from: 5, to: 5 },
			dport: { from: 1, to: 10 },
			uidRange: { from: 0, to: 0 },
		});
		expect(at(8)).toMatchObject({ fwmark: { value: 5, mask: 0xffff_ffff }, action: { kind: "blackhole" } });
		expect(at(18)).toMatchObject({ protocol: "99" });
	});

	it("reads actions", () => {
		expect([9, 10, 11, 12, 13, 19].map((priority) => at(priority)?.action)).toEqual([
			{ kind: "unreachable" },
			{ kind: "prohibit" },
			{ kind: "nop" },
			{ kind: "goto", priority: 100 },
			{ kind: "lookup", table: 254 },
			{ kind: "goto", priority: 5000 },
		]);
		expect(at(13)?.suppressPrefixLength).toBe(0);
	});

	it("keeps selectors that it does not know, so that the rule matches nobody knows what", () => {
		expect([14, 16, 20].map((priority) => at(priority)?.notUnderstood)).toEqual([
			"suppress_ifgroup default",
			"lookup [l3mdev-table]",
			"tun_id 5",
		]);
	});

	it("knows who made a rule where the rule says so", () => {
		expect(at(17)?.origin.component).toBe("bird");
		expect(at(0)?.origin).toEqual({ component: "unknown", source: { file: "ip-rule.txt", line: 1 } });
	});
});
