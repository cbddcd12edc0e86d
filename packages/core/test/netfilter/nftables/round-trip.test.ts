/** Rule sets are printed and read back, in nft's text and in its JSON; nothing that is read makes the reader fail. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/diagnostic/diagnostic.ts";
import { printNftJson } from "../../../src/netfilter/nftables/json/print-json.ts";
import { parseNftRuleset } from "../../../src/netfilter/nftables/parse.ts";
import { printRuleset } from "../../../src/netfilter/nftables/print.ts";
import { worded } from "../../../src/wording/phrase.ts";
import { anyRuleset } from "../../support/any-nftables.ts";
import { withoutSources } from "../../support/nftables.ts";

const read = (text: string): ReturnType<typeof parseNftRuleset> => parseNftRuleset(text, { file: "nft-ruleset" });

describe.each([
	["text", printRuleset],
	["JSON", printNftJson],
] as const)("%s", (_, print) => {
	test("is read back as it was printed", () => {
		fc.assert(
			fc.property(anyRuleset, (ruleset) => {
				const text = print(ruleset);
				const { ruleset: again, unread } = read(text);
				expect(unread, text).toEqual([]);
				expect(withoutSources(again), text).toEqual(withoutSources(ruleset));
				expect(print(again)).toBe(text);
			}),
		);
	});

	test("that is damaged is read as far as it goes, or refused with an InputError", () => {
		const piece = fc.constantFrom(
			...'{ } ( ) [ ] , ; : . - / \\ " @ # = != == < & | ^ ! * ip tcp flags add rule set map vmap elements to 0 99999999999 null'.split(
				" ",
			),
			"\n",
		);
		const edit = fc.tuple(fc.nat(), fc.nat(12), fc.array(piece, { maxLength: 3 }));
		fc.assert(
			fc.property(anyRuleset, fc.array(edit, { minLength: 1, maxLength: 4 }), (ruleset, edits) => {
				let text = print(ruleset);
				for (const [where, gone, put] of edits) {
					const at = where % (text.length + 1);
					text = text.slice(0, at) + put.join(" ") + text.slice(at + gone);
				}
				expect(outcome(text)).toBe("read");
			}),
			{ numRuns: 300 },
		);
	});
});

test("arbitrary text is kept as what was not understood", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
			expect(outcome(text)).toBe("read");
		}),
	);
	const words = fc.array(
		fc.constantFrom(
			..."table inet ip t { } chain c type filter hook input priority ; policy rule add element ( ) ct meta ip saddr . : , @ map vmap 1 10.0.0.1 :: # \\ - \n numgen random mod update elements = fib".split(
				" ",
			),
			"\n",
		),
		{ maxLength: 60 },
	);
	fc.assert(
		fc.property(words, (list) => {
			expect(outcome(list.join(" "))).toBe("read");
		}),
		{ numRuns: 1000 },
	);
});

test.each([
	["parentheses", `add table ip t\nadd chain ip t c\nadd rule ip t c meta mark set ${"(".repeat(50_000)}`],
	["blocks", "table ip t { chain c { ".repeat(5_000)],
	["JSON", `{"nftables":[{"rule":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}]}`],
	[
		"JSON expressions",
		`{"nftables":[{"rule":{"family":"ip","table":"t","chain":"c","expr":[{"match":{"op":"==","left":${'{"&":[1,'.repeat(3_000)}1${"]}".repeat(3_000)},"right":1}}]}}]}`,
	],
	[
		"JSON flags",
		`{"nftables":[{"rule":{"family":"ip","table":"t","chain":"c","expr":[{"match":{"op":"==","left":{"ct":{"key":"state"}},"right":${'{"|":[1,'.repeat(9_000)}1${"]}".repeat(9_000)}}}]}}]}`,
	],
	["lists", `{"nftables":${"[".repeat(100_000)}`],
])("nesting without end: %s", (_, text) => {
	expect(outcome(text)).toBe("read");
});

test("JSON that is not nft's says where and what would be right", () => {
	expect(() => read("{\n\n  nonsense")).toThrow(/nft-ruleset:\d+: the rule set is no JSON.*nft -j list ruleset/);
	expect(() => read('{"tables": []}')).toThrow('the JSON has no list "nftables"');
});

function outcome(text: string): string {
	try {
		const { ruleset, unread } = read(text);
		printRuleset(ruleset);
		printNftJson(ruleset);
		return unread.every(({ why, source }) => worded(why) !== "" && source.line >= 1) ? "read" : "without a reason";
	} catch (error) {
		return error instanceof InputError ? "read" : String(error instanceof Error ? error.stack : error);
	}
}
