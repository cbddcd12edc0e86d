/**
 * Against this machine's nft and kernel: what it lists is understood, in text and JSON alike; what we print it loads; and a
 * packet sent over a wire moves the counters of just the rules that we say it matches.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Family } from "../../../src/address/address.ts";
import { printNftJson } from "../../../src/netfilter/nftables/json/print-json.ts";
import { parseNftRuleset } from "../../../src/netfilter/nftables/parse.ts";
import { printRuleset, printTable } from "../../../src/netfilter/nftables/print.ts";
import type { NftChain, NftRule, NftRuleset, NftTable } from "../../../src/netfilter/nftables/ruleset.ts";
import { runNftChain } from "../../../src/netfilter/nftables/run.ts";
import { worded } from "../../../src/wording/phrase.ts";
import { sentPacket } from "../../support/live-rules.ts";
import { COUNTER, liveTable, withoutSources } from "../../support/nftables.ts";
import { inNewNamespace } from "../../support/real-kernel.ts";
import { arrivalOf, type Crossing, sendOverWire, whyNoWire } from "../../support/wire.ts";

const folder = mkdtempSync(join(tmpdir(), "podpath-nft-"));
afterAll(() => rmSync(folder, { recursive: true }));

const reason = whyNoWire(
	"nft add table inet t '{ chain c { type filter hook prerouting priority 0; ct state new counter; }; }'",
);
const skipped = reason === null ? "" : ` (skipped: ${reason})`;

/** One rule of each kind, as nft(8) has them. */
const GALLERY = readFileSync(new URL("../../fixtures/nftables/gallery.nft", import.meta.url), "utf8");

function read(text: string): NftRuleset {
	const { ruleset, unread } = parseNftRuleset(text, { file: "nft-ruleset" });
	expect(unread).toEqual([]);
	return ruleset;
}

/** What the kernel lists after loading a file, in text and in JSON. */
function listed(load: string, file: string): { readonly text: string; readonly json: string } {
	writeFileSync(join(folder, file), load);
	const name = join(folder, file);
	const tool = load.startsWith("{") ? "nft -j -f" : "nft -f";
	inNewNamespace(`${tool} ${name}; nft list ruleset >${name}.text; nft -j list ruleset >${name}.json`);
	return { text: readFileSync(`${name}.text`, "utf8"), json: readFileSync(`${name}.json`, "utf8") };
}

/** The rule set without what nft 1.0.6 leaves out of its JSON: that sets are filled by packets, and comments of tables. */
function withoutNews(ruleset: NftRuleset): NftRuleset {
	return {
		tables: ruleset.tables.map(({ comment: _, sets, ...table }) => ({
			...table,
			sets: new Map(
				[...sets].map(([name, set]) => [name, { ...set, flags: set.flags.filter((flag) => flag !== "dynamic") }]),
			),
		})),
	};
}

function comparable(ruleset: NftRuleset): unknown {
	return withoutSources(withoutNews(ruleset));
}

describe("what nft lists", () => {
	test.skipIf(reason !== null)(`means the same in text and in JSON, and loads again${skipped}`, () => {
		const first = listed(GALLERY, "gallery");
		const fromText = read(first.text);
		expect(comparable(read(first.json))).toEqual(comparable(fromText));
		expect(listed(printRuleset(fromText), "printed").text).toBe(first.text);
	});

	test.skipIf(reason !== null)(`is understood whatever the rules are${skipped}`, () => {
		const samples = ([4, 6] as const).flatMap((family) => fc.sample(liveTable(family), { numRuns: 5, seed: 77 }));
		const named = samples.map((table, i): NftTable => ({ ...table, name: `t${i}` }));
		const first = listed(printRuleset({ tables: named }), "random");
		expect(comparable(read(first.json))).toEqual(comparable(read(first.text)));
		expect(listed(printRuleset(read(first.text)), "random-printed").text).toBe(first.text);
		// nft 1.0.6 knows neither the flag "dynamic" nor comments of tables in JSON, and crashes on some of what it printed.
		const plain = withoutNews(read(first.text));
		expect(comparable(read(listed(printNftJson(plain), "random-json").text))).toEqual(comparable(plain));
	});
});

interface Case extends Crossing {
	readonly table: NftTable;
}

const CASES = 60;
/** A rate that no packet here reaches, and that tells rules apart. */
const RATES_FROM = 1_000_000;

/** Each rule with a rate of its own before its counter: our walk tells of the rate, the kernel counts. */
function labelled(table: NftTable): NftTable {
	let rate = RATES_FROM;
	const label = (rule: NftRule): NftRule => ({
		...rule,
		statements: rule.statements.flatMap((each) =>
			each === COUNTER
				? [{ kind: "limit", of: "limit", inverted: false, amount: ++rate, unit: "packets", per: "second" }, each]
				: [each],
		),
	});
	const chains = [...table.chains.values()].map((chain): NftChain => ({ ...chain, rules: chain.rules.map(label) }));
	return { ...table, chains: new Map(chains.map((chain) => [chain.name, chain])) };
}

function matchedByUs(each: Case): { readonly rates: readonly number[]; readonly effect: string } {
	const rates: number[] = [];
	const at = arrivalOf(each, {
		assume: (_, message) => rates.push(Number(/rate (\d+)\/second/.exec(worded(message))?.[1] ?? 0)),
	});
	const base = each.table.chains.get("enter") as NftChain;
	const effect = runNftChain(each.table, base, at, null);
	return { rates: rates.toSorted((a, b) => a - b), effect: effect.kind };
}

/** The rates of the rules that the kernel counted, as often as it did. */
function countedByKernel(dump: string): readonly number[] {
	const rules = read(dump).tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules));
	return rules
		.flatMap(({ statements }) => {
			const limit = statements.find((each) => each.kind === "limit");
			const counter = statements.find((each) => each.kind === "bystander");
			const times = counter?.kind === "bystander" ? Number(counter.options.packets ?? 0) : 0;
			return limit?.kind === "limit" ? Array.from({ length: times }, () => limit.amount) : [];
		})
		.toSorted((a, b) => a - b);
}

function runInKernel(family: Family, cases: readonly Case[]): readonly string[] {
	const dir = join(folder, `ipv${family}`);
	mkdirSync(dir);
	for (const [i, { table }] of cases.entries()) writeFileSync(join(dir, `${i}.rules`), printTable(table));
	sendOverWire(family, dir, cases, {
		once: "true",
		before: `nft flush ruleset; nft -f ${dir}/$i.rules`,
		after: `nft -j list ruleset >${dir}/$i.counters`,
	});
	return cases.map((_, i) => readFileSync(join(dir, `${i}.counters`), "utf8"));
}

describe.each([4, 6] as const)("IPv%s", (family) => {
	test.skipIf(reason !== null)(`counts the rules that we say match${skipped}`, () => {
		const samples = fc.sample(fc.tuple(liveTable(family), sentPacket(family)), { numRuns: CASES, seed: 4711 });
		const cases = samples.map(([table, sent], i): Case => ({ table: labelled(table), sent, sport: 30000 + i }));
		const dumps = runInKernel(family, cases);
		for (const [i, each] of cases.entries()) {
			const ours = matchedByUs(each);
			const about = `case ${i}, ${JSON.stringify(each.sent)}\n${printTable(each.table)}`;
			expect(ours.effect, about).not.toBe("unknown");
			expect(ours.rates, about).toEqual(countedByKernel(dumps[i] as string));
		}
	});
});
