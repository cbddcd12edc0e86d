/** nftables rule sets as data, in the form that reading a dump gives: for printing, reading back and running. */
import fc from "fast-check";
import { type Address, address, type Family } from "../../src/address/address.ts";
import { type Prefix, prefix } from "../../src/address/prefix.ts";
import {
	binary,
	concatenation,
	element,
	fib,
	isIn,
	meta,
	nftChain,
	nftSet,
	payload,
	verdictMap,
} from "../../src/netfilter/nftables/build.ts";
import {
	addressValue,
	type KeyPart,
	type NftElement,
	numberValue,
	wordValue,
} from "../../src/netfilter/nftables/element.ts";
import type { NftBase, NftChain, NftRule, NftRuleset, NftSet, NftTable } from "../../src/netfilter/nftables/ruleset.ts";
import type { Expression, Operand, Statement, Verdict } from "../../src/netfilter/nftables/statement.ts";
import type { MatchOperator } from "../../src/netfilter/nftables/statements/match.ts";
import { ENDS } from "./live-rules.ts";

export const ORIGIN = { component: "test" } as const;
export const CALLED = ["alpha", "beta", "gamma"] as const;

const PORTS = [53, 80, 443, 8080] as const;
const PREFIXES: Readonly<Record<Family, readonly Prefix[]>> = {
	4: ["10.9.0.0/24", "10.9.0.128/25", "0.0.0.0/1"].map(prefix),
	6: ["fd09::/64", "fd09::80/121", "fc00::/7"].map(prefix),
};

export function known(family: Family): readonly Address[] {
	return [...ENDS[family].sender, ...ENDS[family].receiver].map(address);
}

export function match(left: Expression, operator: MatchOperator, right: Operand): Statement {
	return { kind: "match", operator, left, right };
}

export function single(part: KeyPart): Operand {
	return { kind: "parts", parts: [part] };
}

const equality = fc.constantFrom("==" as const, "!=" as const);
/** Not `>=`: nft 1.0.6 lists `meta length >= 49 meta mark <= 0` as `meta mark 49-0`. */
const comparison = fc.constantFrom("==" as const, "!=" as const, "<" as const, ">" as const, "<=" as const);

function addressPart(family: Family): fc.Arbitrary<KeyPart> {
	const [low, , high] = [...known(family)].sort((a, b) => (a.words.at(-1) ?? 0) - (b.words.at(-1) ?? 0));
	const ends = [low, high].map((end) => addressValue(end as Address));
	return fc.oneof(
		fc.constantFrom(...known(family)).map(addressValue),
		fc.constantFrom(...PREFIXES[family]).map((block): KeyPart => ({ kind: "prefix", prefix: block })),
		fc.constant<KeyPart>({ kind: "range", from: ends[0] as never, to: ends[1] as never }),
	);
}

const port = fc.constantFrom(...PORTS).map(numberValue);
const portPart: fc.Arbitrary<KeyPart> = fc.oneof(
	port,
	fc
		.constantFrom(...PORTS)
		.map((from): KeyPart => ({ kind: "range", from: numberValue(from), to: numberValue(from + 400) })),
);
const protocol = fc.constantFrom("tcp", "udp", "icmp").map(wordValue);

/** Elements of which no two hold the same key, as the kernel wants them. */
function elements<Key>(keys: fc.Arbitrary<Key>, of: (key: Key) => NftElement): fc.Arbitrary<readonly NftElement[]> {
	return fc
		.uniqueArray(keys, { minLength: 1, maxLength: 4, selector: (key) => JSON.stringify(key) })
		.map((list) => list.map(of));
}

export function sideOf(family: Family, side: "saddr" | "daddr"): Expression {
	return payload(family === 4 ? "ip" : "ip6", side);
}

/** Sets and maps that every table here has. */
export function namedSets(family: Family): readonly NftSet[] {
	const type = family === 4 ? "ipv4_addr" : "ipv6_addr";
	const [a, b, c, d] = known(family) as [Address, Address, Address, Address];
	const goTo = (chain: string): Verdict => ({ kind: "goto", chain });
	const jump = (chain: string): Verdict => ({ kind: "jump", chain });
	return [
		nftSet({
			name: "hosts",
			kind: "set",
			keyTypes: [type],
			elements: [element([a]), element([c], undefined, "the first")],
			origin: ORIGIN,
		}),
		nftSet({
			name: "blocks",
			kind: "set",
			keyTypes: [type],
			flags: ["interval"],
			elements: [element([PREFIXES[family][1] as Prefix])],
			origin: ORIGIN,
		}),
		nftSet({
			name: "services",
			kind: "map",
			keyTypes: [type, "inet_proto", "inet_service"],
			valueType: "verdict",
			elements: [
				element([c, "tcp", 80], goTo("gamma")),
				element([c, "udp", 53], jump("gamma")),
				element([d, "udp", 53], { kind: "drop" }, "no endpoints"),
			],
			origin: ORIGIN,
		}),
		nftSet({
			name: "ranges",
			kind: "map",
			keyTypes: [type, "inet_service"],
			valueType: "verdict",
			flags: ["interval"],
			elements: [
				{
					key: [
						{ kind: "prefix", prefix: PREFIXES[family][1] as Prefix },
						{ kind: "range", from: numberValue(1), to: numberValue(100) },
					],
					value: { kind: "return" },
				},
				{ key: [addressValue(b), numberValue(443)], value: { kind: "accept" } },
			],
			origin: ORIGIN,
		}),
		nftSet({
			name: "marks",
			kind: "map",
			keyTypes: ["inet_service"],
			valueType: "mark",
			elements: [element([80], [numberValue(1)]), element([53], [numberValue(5)])],
			origin: ORIGIN,
		}),
		nftSet({ name: "wires", kind: "set", keyTypes: ["ifname"], elements: [element(["veth0"])], origin: ORIGIN }),
	];
}

/** The header that the ports of a rule are in: nft refuses rules that ask for two of them. */
export type Transport = "tcp" | "udp" | "th";
export const transports: fc.Arbitrary<Transport> = fc.constantFrom<Transport>("tcp", "udp", "th");

/** Matches that any kernel has and packets often meet. */
export function liveMatch(family: Family, transport: Transport): fc.Arbitrary<Statement> {
	const side = fc.constantFrom("saddr" as const, "daddr" as const).map((of) => sideOf(family, of));
	const portOf = fc.constantFrom("sport", "dport").map((field) => payload(transport, field));
	const flags = [
		...(["in", "!", "=="] as const).map((op) => match(payload("tcp", "flags"), op, single(wordValue("syn")))),
		match(binary(payload("tcp", "flags"), "&", 0x17), "==", single(wordValue("syn"))),
	];
	const tuple = fc.constantFrom("saddr", "daddr").map((side) => (family === 4 ? `ip ${side}` : `ip6 ${side}`));
	const list = (of: readonly NftElement[]): Operand => ({ kind: "list", elements: of });
	const state = fc.constantFrom("new", "established", "invalid");
	return fc.oneof(
		fc.tuple(side, equality, addressPart(family)).map(([left, op, part]) => match(left, op, single(part))),
		fc
			.tuple(
				side,
				equality,
				elements(fc.constantFrom(...known(family)), (of) => element([of])),
			)
			.map(([left, op, of]) => match(left, op, list(of))),
		fc.tuple(side, fc.constantFrom("hosts", "blocks")).map(([left, set]) => isIn(left, set)),
		fc
			.tuple(side, fc.constantFrom("hosts", "blocks"))
			.map(([left, set]) => match(left, "!=", { kind: "named", name: set })),
		fc.tuple(portOf, equality, portPart).map(([left, op, part]) => match(left, op, single(part))),
		fc.tuple(portOf, comparison, port).map(([left, op, part]) => match(left, op, single(part))),
		fc
			.tuple(
				portOf,
				equality,
				elements(fc.constantFrom(...PORTS), (of) => element([of])),
			)
			.map(([left, op, of]) => match(left, op, list(of))),
		protocol.map((of) => match(meta("l4proto"), "!=", single(of))),
		fc
			.tuple(
				transport === "th" ? equality : fc.constant("!=" as const),
				elements(fc.constantFrom("tcp", "udp", "sctp"), (of) => element([of])),
			)
			.map(([op, of]) => match(meta("l4proto"), op, list(of))),
		fc
			.tuple(equality, fc.constantFrom("veth0", "eth0", "ve*"))
			.map(([op, name]) => match(meta("iifname"), op, single(wordValue(name)))),
		fc.constant(isIn(meta("iifname"), "wires")),
		fc
			.tuple(fc.integer({ min: 1, max: 7 }), equality, fc.nat(7))
			.map(([mask, op, value]) => match(binary(meta("mark"), "&", mask), op, single(numberValue(value)))),
		fc.tuple(comparison, fc.nat(7)).map(([op, value]) => match(meta("mark"), op, single(numberValue(value)))),
		fc
			.tuple(fc.constantFrom("in" as const, "!=" as const, "==" as const, "!" as const), state)
			.map(([op, of]) => match({ kind: "ct", key: "state" }, op, single(wordValue(of)))),
		fc.constant(match({ kind: "ct", key: "state" }, "in", single(numberValue(10)))),
		fc.constant(match({ kind: "ct", key: "state" }, "==", list([element(["new"]), element(["related"])]))),
		fc
			.constantFrom("original", "reply")
			.map((of) => match({ kind: "ct", key: "direction" }, "==", single(wordValue(of)))),
		fc
			.constantFrom("in" as const, "!" as const)
			.map((op) => match({ kind: "ct", key: "status" }, op, single(wordValue("dnat")))),
		fc
			.tuple(fc.constantFrom("original" as const, "reply" as const), tuple, addressPart(family))
			.map(([direction, key, part]) => match({ kind: "ct", key, direction }, "==", single(part))),
		fc
			.tuple(fc.constantFrom("saddr", "daddr"), equality, fc.constantFrom("local", "unicast", "multicast"))
			.map(([of, op, type]) => match(fib("type", of), op, single(wordValue(type)))),
		fc.constantFrom("exists", "missing").map((is) => match(fib("oif", "saddr"), "==", single(wordValue(is)))),
		...(transport === "tcp" ? [fc.constantFrom(...flags)] : []),
		fc
			.tuple(comparison, fc.constantFrom(2, 60, 64))
			.map(([op, ttl]) =>
				match(payload(family === 4 ? "ip" : "ip6", family === 4 ? "ttl" : "hoplimit"), op, single(numberValue(ttl))),
			),
		fc
			.tuple(comparison, fc.constantFrom(29, 49, 100))
			.map(([op, length]) => match(meta("length"), op, single(numberValue(length)))),
		fc
			.tuple(equality, fc.constantFrom("host", "multicast"))
			.map(([op, type]) => match(meta("pkttype"), op, single(wordValue(type)))),
	);
}

/** Statements that do something; chains call only those after them, as the kernel wants. */
function liveAction(family: Family, chain: number): fc.Arbitrary<Statement> {
	const later: readonly Verdict[] = CALLED.slice(chain + 1).flatMap((name) => [
		{ kind: "jump", chain: name },
		{ kind: "goto", chain: name },
	]);
	const ends: readonly Verdict[] = [{ kind: "accept" }, { kind: "drop" }, { kind: "return" }, { kind: "continue" }];
	const verdicts = fc.constantFrom<Verdict>(...later, ...ends);
	const byPort = concatenation(meta("l4proto"), payload("th", "dport"));
	const named: readonly Statement[] =
		chain < 2
			? [
					verdictMap(concatenation(sideOf(family, "daddr"), meta("l4proto"), payload("th", "dport")), "services"),
					verdictMap(concatenation(sideOf(family, "saddr"), payload("th", "dport")), "ranges"),
				]
			: [verdictMap(concatenation(sideOf(family, "saddr"), payload("th", "dport")), "ranges")];
	const keys = fc.tuple(fc.constantFrom("tcp", "udp"), fc.constantFrom(...PORTS));
	const value = (number: number): Expression => ({ kind: "value", value: numberValue(number) });
	return fc.oneof(
		verdicts.map((verdict): Statement => ({ kind: "verdict", verdict })),
		fc.constantFrom(...named),
		fc
			.tuple(
				elements(keys, ([of, number]) => element([of, number])),
				verdicts,
			)
			.map(([of, verdict]) =>
				verdictMap(
					byPort,
					of.map((each) => ({ ...each, value: verdict })),
				),
			),
		fc.nat(7).map((number): Statement => ({ kind: "mangle", target: "mark", value: value(number) })),
		fc
			.tuple(fc.constantFrom("&" as const, "|" as const, "^" as const), fc.integer({ min: 1, max: 6 }))
			.map(([op, number]): Statement => ({ kind: "mangle", target: "mark", value: binary(meta("mark"), op, number) })),
		fc.constant<Statement>({
			kind: "mangle",
			target: "mark",
			value: { kind: "map", key: payload("th", "dport"), map: { kind: "named", name: "marks" } },
		}),
		fc.constantFrom<Statement>(
			{ kind: "mangle", target: "ct mark", value: meta("mark") },
			{ kind: "mangle", target: "mark", value: { kind: "ct", key: "mark" } },
		),
	);
}

/** A counter that counts who comes by; `counter` says nothing else. */
export const COUNTER: Statement = { kind: "bystander", of: "counter", options: {} };

function liveRule(family: Family, chain: number): fc.Arbitrary<NftRule> {
	const matches = transports.chain((transport) => fc.array(liveMatch(family, transport), { maxLength: 3 }));
	return fc.tuple(matches, fc.option(liveAction(family, chain), { freq: 4 })).map(([asked, action]) => ({
		statements: [...asked, COUNTER, ...(action === null ? [] : [action])],
		origin: ORIGIN,
	}));
}

export function tableOf(family: "ip" | "ip6" | "inet", sets: readonly NftSet[], chains: readonly NftChain[]): NftTable {
	return {
		family,
		name: "podpath",
		chains: new Map(chains.map((chain) => [chain.name, chain])),
		sets: new Map(sets.map((set) => [set.name, set])),
		origin: ORIGIN,
	};
}

const PREROUTING: NftBase = { type: "filter", hook: "prerouting", priority: -150, policy: "accept" };

/** A base chain at prerouting hands TCP and UDP to `alpha`; nothing else is disturbed. */
export function liveTable(family: Family): fc.Arbitrary<NftTable> {
	const rules = (chain: number): fc.Arbitrary<NftRule[]> =>
		fc.array(liveRule(family, chain), { minLength: 4, maxLength: 12 });
	return fc
		.tuple(
			fc.constantFrom(family === 4 ? ("ip" as const) : ("ip6" as const), "inet" as const),
			rules(0),
			rules(1),
			rules(2),
		)
		.map(([kind, ...lists]) => {
			const enter: NftRule = {
				statements: [
					...(kind === "inet" ? [match(meta("nfproto"), "==", single(wordValue(family === 4 ? "ipv4" : "ipv6")))] : []),
					match(meta("l4proto"), "==", { kind: "list", elements: [element(["tcp"]), element(["udp"])] }),
					{ kind: "verdict", verdict: { kind: "jump", chain: "alpha" } },
				],
				origin: ORIGIN,
			};
			// Whatever a rule asks for that needs connections makes the kernel track them; this one always does.
			const track: NftRule = {
				statements: [match({ kind: "ct", key: "state" }, "in", single(wordValue("new")))],
				origin: ORIGIN,
			};
			const called = CALLED.map((name, i) => nftChain(name, lists[i] ?? []));
			return tableOf(kind, namedSets(family), [nftChain("enter", [enter, track], PREROUTING), ...called]);
		});
}

/** The rule set without what reading adds to it: where each thing was read, and handles. */
export function withoutSources({ tables }: NftRuleset): unknown {
	return tables.map(({ origin: _origin, chains, sets, ...table }) => ({
		...table,
		chains: [...chains.values()].map((chain) => ({
			...chain,
			rules: chain.rules.map(({ origin: _o, handle: _h, ...rule }) => rule),
		})),
		sets: [...sets.values()].map(({ origin: _o, ...set }) => set),
	}));
}
