/** Any rule set at all, kernel or not: for printing and reading back. */
import fc from "fast-check";
import type { Address, Family } from "../../src/address/address.ts";
import { element, nftChain, nftSet, payload, verdictMap } from "../../src/netfilter/nftables/build.ts";
import { addressValue, type KeyPart, numberValue } from "../../src/netfilter/nftables/element.ts";
import type { NftBase, NftRule, NftRuleset } from "../../src/netfilter/nftables/ruleset.ts";
import type { Expression, Statement } from "../../src/netfilter/nftables/statement.ts";
import { CALLED, known, liveMatch, match, namedSets, ORIGIN, sideOf, single, tableOf, transports } from "./nftables.ts";

/** Statements besides: whatever podpath reads and prints, though no packet is sent through it. */
function quietStatement(family: Family): fc.Arbitrary<Statement> {
	const to = (part: KeyPart): Expression => ({ kind: "value", value: part });
	const there = addressValue(known(family)[0] as Address);
	return fc.constantFrom<Statement>(
		{ kind: "nat", action: "dnat", address: to(there), port: to(numberValue(80)), flags: [] },
		{ kind: "nat", action: "snat", address: to(there), flags: ["random", "persistent"] },
		{ kind: "nat", action: "masquerade", flags: ["fully-random"] },
		{ kind: "nat", action: "masquerade", flags: [] },
		{ kind: "nat", action: "redirect", port: to(numberValue(8080)), flags: [] },
		{ kind: "reject", with: null },
		{ kind: "reject", with: "tcp-reset" },
		{ kind: "reject", with: family === 4 ? "icmp-host-unreachable" : "icmp6-no-route" },
		{ kind: "notrack" },
		{ kind: "remember", operation: "update", set: "seen", key: sideOf(family, "saddr"), timeout: 60 },
		{ kind: "limit", of: "limit", inverted: false, amount: 10, unit: "packets", per: "second" },
		{ kind: "limit", of: "limit", inverted: true, amount: 5, unit: "mbytes", per: "minute", burst: "10 mbytes" },
		{ kind: "limit", of: "quota", inverted: true, amount: 25, unit: "mbytes" },
		{ kind: "limit", of: "ct count", inverted: true, amount: 20, unit: "connections" },
		{ kind: "bystander", of: "counter", options: { packets: 3, bytes: 120 } },
		{ kind: "bystander", of: "log", options: { prefix: "dropped: ", level: "debug" } },
		{ kind: "rewrite", key: payload(family === 4 ? "ip" : "ip6", "dscp"), value: to(numberValue(8)) },
		{
			kind: "rewrite",
			key: { kind: "other", text: "tcp option maxseg size" },
			value: { kind: "other", text: "rt mtu" },
		},
		verdictMap({ kind: "numgen", mode: "random", modulus: 2, offset: 0 }, [
			element([0], { kind: "accept" }),
			element([1], { kind: "drop" }),
		]),
		match({ kind: "hash", key: sideOf(family, "saddr"), modulus: 4, seed: 7, offset: 1 }, "==", single(numberValue(2))),
		match({ kind: "hash", modulus: 2, offset: 0 }, "==", single(numberValue(0))),
	);
}

const comment = fc.stringMatching(/^[ -!#-[\]-~]{1,20}$/).filter((text) => text.trim() === text);

/** Whole rule sets of both families. */
export const anyRuleset: fc.Arbitrary<NftRuleset> = fc.constantFrom<Family>(4, 6).chain((family) => {
	const statements = fc.array(
		fc.oneof(
			transports.chain((transport) => liveMatch(family, transport)),
			quietStatement(family),
		),
		{ minLength: 1, maxLength: 4 },
	);
	const rule = fc.tuple(statements, fc.option(comment, { nil: undefined })).map(
		([list, text]): NftRule => ({
			statements: list,
			...(text === undefined ? {} : { comment: text }),
			origin: ORIGIN,
		}),
	);
	const base = fc.record<NftBase>({
		type: fc.constantFrom("filter", "nat"),
		hook: fc.constantFrom("prerouting", "output", "postrouting"),
		priority: fc.integer({ min: -400, max: 400 }),
		policy: fc.constantFrom("accept", "drop"),
	});
	const chains = fc.tuple(base, fc.array(rule, { maxLength: 6 }), fc.array(rule, { maxLength: 6 }));
	const seen = nftSet({
		name: "seen",
		kind: "set",
		keyTypes: [family === 4 ? "ipv4_addr" : "ipv6_addr"],
		flags: ["dynamic", "timeout"],
		timeout: 10800,
		size: 65535,
		elements: [{ key: [addressValue(known(family)[0] as Address)], timeout: 90, expires: 30 }],
		origin: ORIGIN,
	});
	return chains.map(([hung, own, called]): NftRuleset => {
		const rest = CALLED.map((name) => nftChain(name, called));
		return {
			tables: [
				tableOf(family === 4 ? "ip" : "ip6", [...namedSets(family), seen], [nftChain("base", own, hung), ...rest]),
			],
		};
	});
});
