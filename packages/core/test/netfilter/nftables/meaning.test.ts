/** What rules do to a packet, where no random rule set went: look-ups, choices, rewrites, refusals, and what is unknown. */
import { describe, expect, test } from "vitest";
import { address } from "../../../src/address/address.ts";
import type { Effect, RuleContext } from "../../../src/netfilter/context.ts";
import { parseNftRuleset } from "../../../src/netfilter/nftables/parse.ts";
import { baseChains } from "../../../src/netfilter/nftables/ruleset.ts";
import { runNftChain } from "../../../src/netfilter/nftables/run.ts";
import { Hits, type RuleHit } from "../../../src/netfilter/result.ts";
import {
	type ContextOptions,
	newConnection,
	packet,
	type Recorded,
	ruleContext,
	told,
} from "../../support/rule-context.ts";

interface Ran {
	readonly effect: Effect;
	readonly hits: readonly RuleHit[];
	readonly at: RuleContext & { readonly recorded: Recorded };
}

/** Runs the base chain `c` of a table whose body is given; the policy drops what nothing decided. */
function run(rules: string, options: ContextOptions = {}, more = "", family = "inet"): Ran {
	const dump = `table ${family} t {\n${more}\nchain c {\ntype filter hook forward priority 0; policy drop;\n${rules}\n}\n}\n`;
	const { ruleset } = parseNftRuleset(dump, { file: "f" });
	const [base] = baseChains(ruleset);
	if (base === undefined) throw new Error("no base chain was read");
	const at = ruleContext(options);
	const hits = new Hits();
	return { effect: runNftChain(base.table, base.chain, at, hits), hits: hits.since(0), at };
}

function kind(rules: string, options: ContextOptions = {}, more = ""): string {
	return run(rules, options, more).effect.kind;
}

const IPV6 = { packet: { family: 6, src: address("fd00::7"), dst: address("fd00::80") } } as const;
const UDP = { packet: { protocol: "udp" } } as const;

describe("look-ups", () => {
	const MAPS = `map m { type ipv4_addr : verdict; flags interval
		elements = { 10.96.0.0/24 : goto low, 10.96.0.10 : goto ten, 10.96.1.0-10.96.1.9 : accept, * : goto rest }
	}
	chain low { drop; }
	chain ten { accept; }
	chain rest { reject; }`;

	test.each([
		["a value before the block that holds it", "10.96.0.10", "accept"],
		["a block", "10.96.0.11", "drop"],
		["the first of a range", "10.96.1.0", "accept"],
		["the last of a range", "10.96.1.9", "accept"],
		["one past a range falls to the element for all others", "10.96.1.10", "reject"],
	])("%s", (_, dst, expected) => {
		expect(kind("ip daddr vmap @m", { packet: { dst: address(dst) } }, MAPS)).toBe(expected);
	});

	test("patterns of device names", () => {
		expect(kind('iifname { "eth1", "cali*" } accept', { inDevice: "cali123" })).toBe("accept");
		expect(kind('iifname { "eth1", "cali*" } accept', { inDevice: "eth0" })).toBe("drop");
		expect(kind('iifname != "cali*" accept', { inDevice: "eth0" })).toBe("accept");
	});

	test("among ten thousand elements, ten thousand times, in no time worth noticing", () => {
		const elements = Array.from({ length: 10_000 }, (_, i) => `10.96.${i >> 8}.${i & 255} . tcp . 80 : accept`).join(
			", ",
		);
		const more = `map m { type ipv4_addr . inet_proto . inet_service : verdict; elements = { ${elements} }; }`;
		expect(kind("ip daddr . meta l4proto . th dport vmap @m", { packet: { dst: address("10.96.39.15") } }, more)).toBe(
			"accept",
		);
	});

	test("a set that is not there is unknown", () => {
		expect(told(run("ip daddr @absent accept").effect)).toEqual({
			kind: "unknown",
			unknown: 'set "absent" is not in table t',
		});
	});

	test("sets that packets fill are taken to be empty for a new client, with a remark", () => {
		const affinity = "set s { type ipv4_addr; flags dynamic,timeout; timeout 1h; }";
		const ran = run("ip saddr @s accept\nupdate @s { ip saddr }\nreturn", {}, affinity);
		expect(ran.effect.kind).toBe("drop");
		expect(ran.at.recorded.assumed).toEqual(["dynamic-set"]);
	});
});

describe("choices", () => {
	test("numgen and hashes ask once, with equal weights", () => {
		const asked: (readonly number[])[] = [];
		const choose = (weights: readonly number[]): number => asked.push(weights) - 1;
		expect(kind("numgen random mod 3 vmap { 0 : drop, 1-2 : accept }", { choose })).toBe("drop");
		expect(kind("numgen inc mod 3 vmap { 0 : drop, 1-2 : accept }", { choose })).toBe("accept");
		expect(kind("jhash ip saddr . tcp sport mod 4 offset 10 12 accept", { choose })).toBe("accept");
		expect(asked.map((weights) => weights.length)).toEqual([3, 3, 4]);
	});
});

describe("rewrites", () => {
	const rangeOf = (rules: string, options: ContextOptions = {}): unknown => run(rules, options, MAP).effect;
	const MAP = "map to { type inet_service : ipv4_addr . inet_service; elements = { 80 : 10.0.0.1 . 8080 }; }";
	const at = (text: string): object => ({ from: address(text), to: address(text) });

	test("dnat and snat, by value, range and map", () => {
		const [tcp, one] = ["meta l4proto tcp", { from: 8080, to: 8080 }];
		expect(rangeOf(`${tcp} dnat ip to 10.0.0.1:8080`)).toEqual({
			kind: "dnat",
			range: { addresses: at("10.0.0.1"), ports: one },
		});
		expect(rangeOf("dnat ip to tcp dport map @to")).toEqual({
			kind: "dnat",
			range: { addresses: at("10.0.0.1"), ports: one },
		});
		expect(rangeOf(`${tcp} snat ip to 10.0.0.1-10.0.0.9:1000-2000 fully-random,persistent`)).toEqual({
			kind: "snat",
			range: {
				addresses: { from: address("10.0.0.1"), to: address("10.0.0.9") },
				ports: { from: 1000, to: 2000 },
				random: true,
				persistent: true,
			},
		});
		expect(rangeOf("dnat ip to numgen random mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }", { choose: () => 1 })).toEqual({
			kind: "dnat",
			range: { addresses: at("10.0.0.2") },
		});
	});

	test("a prefix is mapped onto another", () => {
		expect(rangeOf("dnat ip prefix to ip daddr map { 10.96.0.0/24 : 192.168.0.0/24 }")).toEqual({
			kind: "netmap",
			network: address("192.168.0.0"),
			length: 24,
		});
	});

	test("masquerade and redirect", () => {
		expect(rangeOf("masquerade fully-random")).toEqual({ kind: "masquerade", range: { random: true } });
		expect(rangeOf("redirect to :8080")).toEqual({ kind: "redirect", range: { ports: { from: 8080, to: 8080 } } });
	});

	test("the other family's addresses do not match, in tables of both", () => {
		expect(rangeOf("dnat ip to 10.0.0.1\naccept", IPV6)).toEqual({ kind: "accept" });
		expect(rangeOf("dnat ip6 to fd00::1", IPV6)).toMatchObject({ kind: "dnat" });
	});

	test("marks, by arithmetic and by map", () => {
		expect(run("meta mark set meta mark & 0xffff00ff | 0x4000", { mark: 0x1234 }).at.recorded.mark).toBe(0x4034);
		expect(run("meta mark set tcp dport map { 80 : 0x7 }").at.recorded.mark).toBe(7);
		expect(run("meta mark set tcp dport map { 81 : 0x7 }", { mark: 3 }).at.recorded.mark).toBe(3);
		expect(
			run("ct mark set meta mark", { mark: 9, connection: newConnection(packet()) }).at.recorded.connectionMark,
		).toBe(9);
	});
});

describe("refusals", () => {
	test.each([
		["reject", {}, "icmp-port-unreachable"],
		["reject", IPV6, "icmp6-port-unreachable"],
		["reject with icmpx admin-prohibited", IPV6, "icmp6-adm-prohibited"],
		["reject with icmpx host-unreachable", {}, "icmp-host-unreachable"],
		["reject with tcp reset", {}, "tcp-reset"],
	] as const)("%s (nft_reject_icmp_code, nft_reject_icmpv6_code) %#", (rule, options, expected) => {
		expect(run(rule, options).effect).toEqual({ kind: "reject", with: expected });
	});

	test("of one family or protocol do not match others", () => {
		expect(kind("reject with icmp host-unreachable\naccept", IPV6)).toBe("accept");
		expect(kind("reject with tcp reset\naccept", UDP)).toBe("accept");
	});
});

describe("connections", () => {
	const reply = { ...newConnection(packet()), state: "established", direction: "reply", destinationNat: true } as const;

	test("status is bits, of which not all are known", () => {
		expect(kind("ct status dnat accept", { connection: reply })).toBe("accept");
		expect(kind("ct status snat accept", { connection: reply })).toBe("drop");
		expect(kind("ct status & (snat | dnat) == dnat accept", { connection: reply })).toBe("accept");
		expect(kind("ct status assured accept", { connection: reply })).toBe("unknown");
		expect(kind("ct status == dnat accept", { connection: reply })).toBe("unknown");
	});

	test("without one the state is invalid, and nothing else matches (nft_ct_get_eval)", () => {
		expect(kind("ct state invalid accept")).toBe("accept");
		expect(kind("ct mark != 5 accept")).toBe("drop");
	});

	test("notrack leaves connections that are there", () => {
		expect(run("notrack").at.recorded.untracked).toBe(true);
		expect(run("notrack", { connection: reply }).at.recorded.untracked).toBe(false);
	});
});

describe("the device that a look-up finds (nft_fib4_eval, nft_fib6_eval)", () => {
	const types = { "10.244.1.7": "LOCAL" } as const;

	test.each([
		["the way back is by the device that it came in by", "exists", { inDevice: "eth0" }, "accept"],
		["it is by another", "missing", { inDevice: "eth1" }, "accept"],
		["no route is looked for by an address of the stack's own", "missing", { inDevice: "eth0", types }, "accept"],
		["nor for what it sends to itself", "exists", { hook: "prerouting", inDevice: "lo", types }, "accept"],
		// Linux 6.15 has the same in INPUT (nft_fib_can_skip), and those before have not.
		["which depends on the kernel in INPUT", "exists", { hook: "input", inDevice: "lo", types }, "unknown"],
	] as const)("%s", (_, asked, options, expected) => {
		expect(kind(`fib saddr . iif oif ${asked} accept`, options)).toBe(expected);
	});
});

describe("limits", () => {
	test("are taken not to be reached, with a remark", () => {
		const within = run("limit rate 10/second accept");
		expect([within.effect.kind, within.at.recorded.assumed]).toEqual(["accept", ["rate-limit"]]);
		expect(kind("limit rate over 10 mbytes/minute drop\nquota over 5 bytes drop\nct count over 20 drop\naccept")).toBe(
			"accept",
		);
	});
});

describe("unknown", () => {
	test("is what a packet meets, not what stands in rules that it does not match", () => {
		expect(kind("tcp dport 81 frobnicate accept\naccept")).toBe("accept");
		expect(kind("socket transparent 1 tcp dport 81 drop\naccept")).toBe("accept");
		expect(told(run("socket transparent 1 tcp dport 80 drop\naccept").effect)).toEqual({
			kind: "unknown",
			unknown: 'expression "socket transparent"',
		});
	});

	test("chains that lead back to themselves, which the kernel would not take", () => {
		expect(kind("jump a", {}, "chain a { jump a; }")).toBe("unknown");
		expect(kind("jump nowhere")).toBe("unknown");
	});
});

describe("hits", () => {
	test("are the jumps under way, what changed something, and what decided", () => {
		const more = "chain idle { tcp dport 81 drop; }\nchain busy { meta mark set 0x1; accept; }";
		const { hits } = run("jump idle\ngoto idle2\njump busy", {}, `${more}\nchain idle2 { tcp dport 81 drop; return; }`);
		expect(hits.map(({ table, chain, position, text }) => `${table} ${chain} ${position}: ${text()}`)).toEqual([
			"nft inet t c 0: policy drop",
		]);
		const decided = run("jump idle\njump busy", {}, more).hits;
		expect(decided.map(({ chain, position, text }) => `${chain} ${position}: ${text()}`)).toEqual([
			"c 2: jump busy",
			"busy 1: meta mark set 0x1",
			"busy 2: accept",
		]);
	});
});
