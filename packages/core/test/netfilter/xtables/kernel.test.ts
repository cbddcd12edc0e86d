/** Random rule sets against this machine's kernel: a packet is sent over a wire, and the counters say which rules it matched. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Family } from "../../../src/address/address.ts";
import { printIpsetSave } from "../../../src/netfilter/ipset/save.ts";
import type { Ipset } from "../../../src/netfilter/ipset.ts";
import { printRule } from "../../../src/netfilter/xtables/rule.ts";
import { printXtablesSave } from "../../../src/netfilter/xtables/save.ts";
import type { XtTable } from "../../../src/netfilter/xtables/table.ts";
import { runChain } from "../../../src/netfilter/xtables/walk.ts";
import { walkLinearly } from "../../support/linear-walk.ts";
import { liveSets, liveTable, sentPacket } from "../../support/live-rules.ts";
import { arrivalOf, type Crossing, sendOverWire, whyNoWire } from "../../support/wire.ts";

const CASES = 60;
const folder = mkdtempSync(join(tmpdir(), "podpath-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Case extends Crossing {
	readonly table: XtTable;
}

function runInKernel(family: Family, tool: string, sets: readonly Ipset[], cases: readonly Case[]): readonly string[] {
	const dir = join(folder, tool);
	mkdirSync(dir);
	writeFileSync(join(dir, "sets"), printIpsetSave(sets));
	for (const [i, { table }] of cases.entries()) writeFileSync(join(dir, `${i}.rules`), printXtablesSave([table]));
	sendOverWire(family, dir, cases, {
		once: `ipset restore <${dir}/sets`,
		before: `${tool}-restore <${dir}/$i.rules`,
		after: `${tool}-save -c -t mangle >${dir}/$i.counters`,
	});
	return cases.map((_, i) => readFileSync(join(dir, `${i}.counters`), "utf8"));
}

/** `CHAIN POSITION` of each rule, as often as its counter moved. */
function counted(dump: string): readonly string[] {
	const places = new Map<string, number>();
	return dump.split("\n").flatMap((line) => {
		const [, packets, chain] = /^\[(\d+):\d+\] -A (\S+)/.exec(line) ?? [];
		if (chain === undefined) return [];
		const place = (places.get(chain) ?? 0) + 1;
		places.set(chain, place);
		return Array.from({ length: Number(packets) }, () => `${chain} ${place}`);
	});
}

describe.each([
	["iptables-nft", 4],
	["iptables-legacy", 4],
	["ip6tables-nft", 6],
] as const)("%s", (tool, family) => {
	const reason = whyNoWire(`ipset create s hash:ip; ${tool} -t mangle -A PREROUTING -m conntrack --ctstate NEW`);
	const skipped = reason === null ? "" : ` (skipped: ${reason})`;

	test.skipIf(reason !== null)(`counts the rules that we say match${skipped}`, () => {
		const sets = liveSets(family);
		const samples = fc.sample(fc.tuple(liveTable(family, sets), sentPacket(family)), { numRuns: CASES, seed: 12345 });
		const cases = samples.map(([table, sent], i): Case => ({ table, sent, sport: 30000 + i }));
		const dumps = runInKernel(family, tool, sets, cases);
		for (const [i, each] of cases.entries()) {
			const ours = walkLinearly(each.table, "PREROUTING", arrivalOf(each, { sets }));
			const rules = [...each.table.chains.values()].flatMap(({ name, rules: list }) =>
				list.map((rule, place) => `${name} ${place + 1}: ${printRule(name, rule, family)}`),
			);
			const about = `case ${i}, ${JSON.stringify(each.sent)}\n${rules.join("\n")}`;
			expect([...ours.matched].sort(), about).toEqual([...counted(dumps[i] as string)].sort());
			const at = arrivalOf(each, { sets });
			expect(runChain(each.table, "PREROUTING", at, null), about).toEqual(ours.effect);
		}
	});
});
