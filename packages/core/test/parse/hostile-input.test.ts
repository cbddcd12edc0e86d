/** Whatever a file holds, a parser either reads it or refuses it by an InputError that says where; it never hangs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagnosticIn, InputError, type ToldDiagnostic } from "../../src/diagnostic/diagnostic.ts";
import { parseBridgeFdb } from "../../src/parse/bridge-fdb.ts";
import { parseBridgeVlan } from "../../src/parse/bridge-vlan.ts";
import { parseConntrack } from "../../src/parse/conntrack.ts";
import { parseIpAddress } from "../../src/parse/ip-address.ts";
import { parseIpNeigh } from "../../src/parse/ip-neigh.ts";
import { parseIpRoute } from "../../src/parse/ip-route.ts";
import { parseIpRule } from "../../src/parse/ip-rule.ts";
import { parseIpvsadmSave } from "../../src/parse/ipvsadm-save.ts";
import { parseSysctl } from "../../src/parse/sysctl.ts";
import { parseTcFilter } from "../../src/parse/tc-filter.ts";
import { parseTcQdisc } from "../../src/parse/tc-qdisc.ts";
import { nodeDump } from "../support/parse-dumps.ts";

type Parser = (text: string, file: string) => unknown;

const PARSERS: readonly (readonly [name: string, parse: Parser, dumps: readonly string[]])[] = [
	["ip-address", parseIpAddress, ["ip-address.txt", "ip-address.json", "ip-address-plain.txt"]],
	["ip-route", parseIpRoute, ["ip-route.txt", "ip-route.json", "ip-route-one-line.txt"]],
	["ip-rule", parseIpRule, ["ip-rule.txt", "ip-rule.json"]],
	["ip-neigh", parseIpNeigh, ["ip-neigh.txt", "ip-neigh.json"]],
	["bridge-fdb", parseBridgeFdb, ["bridge-fdb.txt", "bridge-fdb.json"]],
	["bridge-vlan", parseBridgeVlan, ["bridge-vlan.txt", "bridge-vlan.json"]],
	["ipvsadm-save", parseIpvsadmSave, ["ipvsadm-save.txt"]],
	["conntrack", parseConntrack, ["conntrack-extended.txt"]],
	["sysctl", parseSysctl, []],
	["tc-qdisc", parseTcQdisc, ["tc-qdisc.txt", "tc-qdisc.json"]],
	["tc-filter", parseTcFilter, ["tc-filter.txt"]],
];

/** Gives the error where the parser refuses the text; anything but an InputError fails the test. */
function refusal(parse: Parser, text: string, file: string): InputError | undefined {
	try {
		parse(text, file);
		return undefined;
	} catch (error) {
		if (error instanceof InputError) return error;
		throw error;
	}
}

describe.each(PARSERS)("%s", (name, parse, dumps) => {
	it("survives arbitrary text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), fc.constantFrom("txt", "json"), (text, kind) => {
				refusal(parse, text, `${name}.${kind}`);
			}),
		);
	});

	it("survives arbitrary JSON", () => {
		const entries = fc.array(
			fc.dictionary(
				fc.constantFrom("dst", "ifname", "ifindex", "flags", "mtu", "metrics", "nexthops", "vlans", "__proto__", "via"),
				fc.jsonValue(),
			),
		);
		fc.assert(fc.property(entries, (value) => void refusal(parse, JSON.stringify(value), `${name}.json`)));
	});

	it.each(dumps)("survives %s cut anywhere, and with words changed", (dump) => {
		const text = nodeDump(dump);
		const cut = fc.integer({ min: 0, max: text.length });
		fc.assert(
			fc.property(cut, (at) => void refusal(parse, text.slice(0, at), dump)),
			{ numRuns: 60 },
		);
		const replacement = fc.constantFrom("", " ", "\n", "0", "-1", "99999999999999999999", "[", "::", "dev", "\\", "'");
		fc.assert(
			fc.property(cut, replacement, (at, by) => void refusal(parse, text.slice(0, at) + by + text.slice(at + 3), dump)),
			{ numRuns: 60 },
		);
	});

	it("refuses another file, naming it, the line and the right command", () => {
		const error = refusal(parse, "\n-----BEGIN CERTIFICATE-----\nMIID\u001b[31mXTCC\n", `nodes/a/host/${name}.txt`);
		expect(error?.diagnostic.where).toEqual({ file: `nodes/a/host/${name}.txt`, line: 2, column: 1 });
		expect(error?.message).toMatch(/not the output of "/);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
		expect(error?.message).not.toMatch(/[\u0000-\u001f]/);
	});

	it("takes an empty file for a tool that had nothing to print", () => {
		expect(refusal(parse, "", `${name}.txt`)).toBeUndefined();
		expect(refusal(parse, "\n", `${name}.json`)).toBeUndefined();
	});
});

describe("malformed JSON", () => {
	const refused = (text: string): ToldDiagnostic | undefined => {
		const error = refusal(parseIpRoute, text, "ip-route.json");
		return error && diagnosticIn(error.diagnostic, "en");
	};

	it("is refused where it ends too early", () => {
		expect(refused('[\n{"dst":"default"},\n{"dst":"10.0')).toMatchObject({
			message: "malformed JSON: the file ends inside an object",
			where: { line: 3 },
		});
		expect(refused('[{"dst":"default"},')).toMatchObject({ message: "malformed JSON: the file ends inside an array" });
	});

	it("is refused at the line and column of what is wrong", () => {
		expect(refused('[\n  {"dst":"default", "dev": eth0}\n]')).toMatchObject({
			code: "malformed-json",
			where: { file: "ip-route.json", line: 2, column: 28 },
		});
		expect(refused("default via 10.0.0.1 dev eth0\n")).toMatchObject({
			message: 'malformed JSON: unexpected "d"',
			where: { line: 1, column: 1 },
		});
	});

	it("is not: several arrays in a row, and the empty objects of filtered output", () => {
		const text = '[{"dst":"10.0.0.0/8","dev":"a"}]\n[{},{"dst":"fd00::/8","dev":"a"}]\n';
		expect(
			parseIpRoute(text, "ip-route.json").entries.map((route) => [route.family, route.origin.source?.line]),
		).toEqual([
			[4, 1],
			[6, 2],
		]);
	});
});
