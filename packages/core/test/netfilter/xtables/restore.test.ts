/** What we print is given to the real iptables, and what it saves is read back: the same rules, in both backends. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Family } from "../../../src/address/address.ts";
import { parseXtablesSave, printXtablesSave } from "../../../src/netfilter/xtables/save.ts";
import type { XtBackend, XtChain, XtRule, XtTable, XtTableName } from "../../../src/netfilter/xtables/table.ts";
import { mangleRule, natTarget, rejectTarget } from "../../support/xtables.ts";

type Parts = Pick<XtRule, "matches" | "target">;

/** `iptables-nft`, `ip6tables-legacy` …: restores the input in namespaces of its own and prints what it then has. */
function restoreAndSave(tool: string, input: string): string {
	// The legacy tool keeps a lock in /run.
	const script = `mount -t tmpfs none /run; ${tool}-restore && ${tool}-save`;
	return execFileSync("unshare", ["-Urnm", "sh", "-ec", script], { encoding: "utf8", input, stdio: "pipe" });
}

function whyNot(tool: string): string | null {
	try {
		restoreAndSave(tool, "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m mark --mark 0x1 -j ACCEPT\nCOMMIT\n");
		return null;
	} catch (error) {
		return `${tool} does not run here: ${String(error).split("\n")[0]}`;
	}
}

function tableOf(family: Family, backend: XtBackend, name: XtTableName, rules: readonly Parts[]): XtTable {
	const chain: XtChain = {
		name: "RULES",
		policy: null,
		rules: rules.map((parts) => ({ ...parts, origin: { component: "test" } })),
	};
	return { family, name, backend, chains: new Map([[chain.name, chain]]) };
}

function rulesOf(tables: readonly XtTable[], name: XtTableName): readonly Parts[] {
	const rules = tables.find((table) => table.name === name)?.chains.get("RULES")?.rules ?? [];
	return rules.map(({ matches, target }) => ({ matches, target }));
}

const TOOLS = [
	["iptables-nft", 4, "nft"],
	["iptables-legacy", 4, "legacy"],
	["ip6tables-nft", 6, "nft"],
	["ip6tables-legacy", 6, "legacy"],
] as const;

describe.each(TOOLS)("%s", (tool, family, backend) => {
	const reason = whyNot(tool);
	// The same rules each time, so that a failure stays one.
	const sample = <T>(values: fc.Arbitrary<T>, count: number): T[] => fc.sample(values, { numRuns: count, seed: 42 });

	test.skipIf(reason !== null)(
		`takes and gives back our rules${reason === null ? "" : ` (skipped: ${reason})`}`,
		() => {
			const tcp: Parts["matches"] = [{ kind: "protocol", protocol: "tcp", negated: false }];
			const mangle = sample(mangleRule(family), 150);
			const nat = sample(natTarget(family), 40).map((target) => ({ matches: tcp, target }));
			const filter = sample(rejectTarget(family), 20).map((target) => ({ matches: [], target }));
			const tables = [
				tableOf(family, backend, "mangle", mangle),
				tableOf(family, backend, "nat", nat),
				tableOf(family, backend, "filter", filter),
			];
			const saved = parseXtablesSave(restoreAndSave(tool, printXtablesSave(tables)), { family, file: tool });
			expect(saved.unread).toEqual([]);
			expect(new Set(saved.tables.map((table) => table.backend))).toEqual(new Set([backend]));
			expect(rulesOf(saved.tables, "mangle")).toEqual(mangle);
			expect(rulesOf(saved.tables, "nat")).toEqual(nat);
			expect(rulesOf(saved.tables, "filter")).toEqual(filter);
		},
	);
});
