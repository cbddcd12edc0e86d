/** What the reader makes of nft's text and JSON, and what it keeps of what it does not understand. */

import { describe, expect, test } from "vitest";
import { parseNftRuleset } from "../../../src/netfilter/nftables/parse.ts";
import { printRule } from "../../../src/netfilter/nftables/print.ts";
import { baseChains, type NftRule, type NftSet, type NftTable } from "../../../src/netfilter/nftables/ruleset.ts";
import type { UnreadLine } from "../../../src/netfilter/unread-line.ts";
import { phrase, worded } from "../../../src/wording/phrase.ts";

interface Read {
	readonly table: NftTable;
	readonly rules: readonly NftRule[];
	readonly unread: readonly UnreadLine[];
}

function read(text: string): Read {
	const { ruleset, unread } = parseNftRuleset(text, { file: "nft-ruleset.txt" });
	const [table] = ruleset.tables;
	if (table === undefined) throw new Error("no table was read");
	return { table, rules: [...table.chains.values()].flatMap(({ rules }) => rules), unread };
}

function readRule(rule: string, family = "inet"): { readonly rule: NftRule; readonly unread: readonly UnreadLine[] } {
	const { rules, unread } = read(`table ${family} t {\n\tchain c {\n\t\t${rule}\n\t}\n}\n`);
	return { rule: rules[0] as NftRule, unread };
}

describe("rules that mean the same are the same", () => {
	test.each([
		["words for signs (kube-proxy)", "mark and 0x4000 == 0 return", "meta mark & 0x4000 == 0x0 return"],
		["or", "mark set mark or 0x4000", "meta mark set meta mark | 0x4000"],
		["xor", "mark set mark xor 0x4000", "meta mark set meta mark ^ 0x4000"],
		[
			"precedence: & before ^ before |",
			"meta mark set meta mark & 0xff | 1 ^ 2",
			"meta mark set meta mark & 0xff | 0x1 ^ 0x2",
		],
		["numbers of protocols", "meta l4proto 6", "meta l4proto tcp"],
		["names of ports", "tcp dport https", "tcp dport 443"],
		["numbers of ICMP types", "icmp type 8", "icmp type echo-request"],
		["numbers of address types", "fib daddr type 2", "fib daddr type local"],
		["flags and their mask", "tcp flags syn / syn,ack", "tcp flags & (syn | ack) == syn"],
		["flags in another order", "ct state related,established", "ct state established,related"],
		["words for comparisons", "tcp dport ge 1024", "tcp dport >= 1024"],
		["bare device names", "iifname eth0", 'iifname "eth0"'],
		["ranges with blanks", "tcp dport 80 - 90", "tcp dport 80-90"],
		["reject of old versions", "reject with icmp type host-unreachable", "reject with icmp host-unreachable"],
		["IPv6 without blanks", "ip6 daddr {fd00::1,fd00::/64,::1-::9}", "ip6 daddr { fd00::1, fd00::/64, ::1-::9 }"],
		[
			"chains of kube-proxy",
			"ip daddr . meta l4proto . th dport vmap {10.0.0.1 . tcp . 80:goto a/b__1.2.3.4/80}",
			"ip daddr . meta l4proto . th dport vmap { 10.0.0.1 . tcp . 80 : goto a/b__1.2.3.4/80 }",
		],
	])("%s", (_, one, other) => {
		const first = readRule(one);
		expect(first.unread).toEqual([]);
		expect(first.rule.statements).toEqual(readRule(other).rule.statements);
		expect(printRule(first.rule)).toBe(other);
	});
});

describe("places", () => {
	test("are each rule's own line, with its handle where `nft -a` shows it", () => {
		const { rules } = read(
			'# nft -a list ruleset\ntable ip t { # handle 1\n\tchain c { # handle 2\n\n\t\taccept # handle 7\n\t\tdrop comment "no # handle 9"\n\t}\n}\n',
		);
		expect(rules.map(({ handle, origin }) => [handle, origin.source?.line])).toEqual([
			[7, 5],
			[undefined, 6],
		]);
		expect(rules[1]?.comment).toBe("no # handle 9");
	});

	test("of JSON are handles", () => {
		const rule = { family: "ip", table: "t", chain: "c", handle: 12, comment: "why", expr: [{ accept: null }] };
		const { rules } = read(
			JSON.stringify({
				nftables: [
					{ metainfo: {} },
					{ table: { family: "ip", name: "t" } },
					{ chain: { family: "ip", table: "t", name: "c" } },
					{ rule },
				],
			}),
		);
		expect(rules[0]).toMatchObject({ handle: 12, comment: "why", origin: { note: "why" } });
	});
});

describe("what is not understood", () => {
	test("stands in the rule, with all that comes after it, and is reported with its line", () => {
		const { rule, unread } = readRule("tcp dport 80 osf name Linux frobnicate set 3 accept");
		expect(rule.statements.map(({ kind }) => kind)).toEqual(["match", "match", "other"]);
		expect(unread).toMatchObject([{ source: { line: 3 }, why: phrase("word-not-known", { text: "frobnicate" }) }]);
	});

	test.each([
		["a match of iptables", 'xt match "recent" counter accept'],
		["a proxy", "tproxy to :50080"],
		["an ICMP type that nobody knows", "icmp type frobnicated accept"],
		["an address of the wrong family", "ip saddr fd00::1 accept"],
		["an index of a device", "iif 3 accept"],
		["a verdict without its chain", "jump"],
	])("%s", (_, text) => {
		const { rule, unread } = readRule(text);
		expect(rule.statements.at(-1)).toMatchObject({ kind: "other" });
		expect(unread).toHaveLength(1);
	});

	test("a table that is cut off keeps what was there", () => {
		const { rules, unread } = read("table ip t {\n\tchain c {\n\t\tip saddr 10.0.0.1 accept\n\t\tip sad");
		expect(printRule(rules[0] as NftRule)).toBe("ip saddr 10.0.0.1 accept");
		expect(unread.map(({ why }) => worded(why))).toContain("the chain has no end: the dump may be cut off");
	});

	test("a chain that was not declared, and elements of no set", () => {
		const { unread } = read("add table ip t\nadd rule ip t c accept\nadd element ip t s { 10.0.0.1 }");
		expect(unread.map(({ source, why }) => [source.line, worded(why)])).toEqual([
			[2, 'the chain "c" was not declared'],
			[3, 'elements of "s", which was not declared'],
		]);
	});

	test("a dormant table whose flag nft 1.0.6 garbles leaves its base chains unknown", () => {
		const base = { family: "ip", table: "t", name: "c", type: "filter", hook: "input", prio: 0, policy: "drop" };
		const { rules, unread } = read(
			JSON.stringify({ nftables: [{ table: { family: "ip", name: "t", flags: "t" } }, { chain: base }] }),
		);
		expect(rules).toMatchObject([{ statements: [{ kind: "other" }] }]);
		expect(unread).toHaveLength(1);
	});
});

describe("tables", () => {
	test.each([
		["ip", "dstnat", -100],
		["ip6", "mangle - 5", -155],
		["inet", "filter+10", 10],
		["bridge", "filter", -200],
		["bridge", "dstnat", -300],
		["inet", "-450", -450],
	])("%s priority %s (std_prios of nftables src/rule.c)", (family, text, priority) => {
		const dump = `table ${family} t { chain c { type filter hook prerouting priority ${text}; policy drop; }; }`;
		const { ruleset } = parseNftRuleset(dump, { file: "f" });
		expect(baseChains(ruleset)[0]?.base).toEqual({ type: "filter", hook: "prerouting", priority, policy: "drop" });
	});

	test("dormant ones hang nowhere", () => {
		const dump = "table ip t { flags dormant; chain c { type filter hook input priority 0; policy drop; }; }";
		expect(baseChains(parseNftRuleset(dump, { file: "f" }).ruleset)).toEqual([]);
	});

	test("commands may also flush and delete", () => {
		const { table } = read(
			"table ip a { chain c { accept; }; }\ntable ip t { chain c { accept; }; }\nflush chain ip t c\ndelete table ip a\ninsert rule ip t c drop\ninsert rule ip t c accept",
		);
		expect(table.name).toBe("t");
		expect(table.chains.get("c")?.rules.map((rule) => printRule(rule))).toEqual(["accept", "drop"]);
	});
});

describe("sets", () => {
	test("have types, also by the expressions that they were declared with, and elements with their notes", () => {
		const { table, unread } = read(`table inet t {
	set s {
		typeof ip saddr . meta mark
		elements = { 1.1.1.1 . 0x00000010 }
	}
	set d {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
		elements = { 1.2.3.4 counter packets 1 bytes 60 timeout 1m30s expires 1m29s996ms comment "seen",
			     1.2.3.5 }
	}
}`);
		expect(unread).toEqual([]);
		expect(table.sets.get("s")?.keyTypes).toEqual(["ipv4_addr", "mark"]);
		const set = table.sets.get("d") as NftSet;
		expect(set).toMatchObject({ timeout: 10800, size: 65535, flags: ["dynamic", "timeout"] });
		expect(set.elements[0]).toMatchObject({ timeout: 90, expires: 89, comment: "seen" });
		expect(set.elements).toHaveLength(2);
	});
});
