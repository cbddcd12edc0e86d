/** Rules of iptables at random, in the spelling that iptables-save gives back. */
import fc from "fast-check";
import { type Address, addressFromWords, compareAddresses, type Family } from "../../src/address/address.ts";
import { hostPrefix, type Prefix, prefixOf } from "../../src/address/prefix.ts";
import type { NatRange, RejectWith } from "../../src/netfilter/context.ts";
import type { Match } from "../../src/netfilter/xtables/matches/index.ts";
import { TCP_FLAG_NAMES } from "../../src/netfilter/xtables/matches/tcp.ts";
import type { XtChain, XtRule, XtTable } from "../../src/netfilter/xtables/table.ts";
import type { Target } from "../../src/netfilter/xtables/targets/index.ts";

type Arb<T> = fc.Arbitrary<T>;

export function anyAddress(family: Family): Arb<Address> {
	const words = family === 4 ? 1 : 4;
	return fc.array(fc.nat(0xffffffff), { minLength: words, maxLength: words }).map(addressFromWords);
}

export function anyPrefix(family: Family, from = 1): Arb<Prefix> {
	return fc
		.tuple(anyAddress(family), fc.integer({ min: from, max: family === 4 ? 32 : 128 }))
		.map(([address, length]) => prefixOf(address, length));
}

const negated: Arb<boolean> = fc.boolean();
const device: Arb<string> = fc.constantFrom("eth0", "eth+", "cni0", "cali123", "veth1a2b3c4d");
const word32: Arb<number> = fc.nat(0xffffffff);

function range(min: number, max: number): Arb<{ from: number; to: number }> {
	return fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => ({
		from: Math.min(a, b),
		to: Math.max(a, b),
	}));
}

/** A port or a range; iptables-save may leave out the ends 0 and 65535, which are kept off here. */
const port = fc.oneof(
	fc.integer({ min: 1, max: 65534 }).map((only) => ({ from: only, to: only })),
	range(1, 65534),
);
const negatablePort = fc.tuple(port, negated).map(([ports, not]) => ({ ...ports, negated: not }));
const ports = fc.record({ sourcePort: negatablePort, destinationPort: negatablePort }, { requiredKeys: [] });

function maskedMark<Kind extends "mark" | "connmark">(kind: Kind): Arb<Extract<Match, { kind: Kind }>> {
	return fc.record({ kind: fc.constant(kind), value: word32, mask: word32, negated }) as Arb<
		Extract<Match, { kind: Kind }>
	>;
}

/** A word of a comment: quotes, backslashes and spaces too, but nothing that ends a line. */
const text: Arb<string> = fc
	.string({ unit: fc.constantFrom(...Array.from("abz09 -_/:.'\"\\!,#")), minLength: 1, maxLength: 30 })
	.filter((value) => value.trim() !== "");

const tcpFlags = fc.subarray([...TCP_FLAG_NAMES], { minLength: 1 });

/** What may stand once in a rule for each of the rule's own options, in their order. */
export function basicMatches(family: Family): Arb<readonly Match[]> {
	return fc
		.tuple(
			fc.option(fc.record({ kind: fc.constant("source" as const), prefix: anyPrefix(family), negated })),
			fc.option(fc.record({ kind: fc.constant("destination" as const), prefix: anyPrefix(family), negated })),
			fc.option(fc.record({ kind: fc.constant("in-interface" as const), device, negated })),
			fc.option(fc.record({ kind: fc.constant("out-interface" as const), device, negated })),
		)
		.map((matches) => matches.filter((match): match is NonNullable<typeof match> => match !== null));
}

/** A protocol with the module of its own options. */
export function protocolMatches(family: Family): Arb<readonly Match[]> {
	const protocol = (name: string): Match => ({ kind: "protocol", protocol: name, negated: false });
	const tcp = fc
		.record(
			{
				ports,
				flags: fc
					.record({ mask: tcpFlags, negated })
					.chain(({ mask, negated: not }) =>
						fc.subarray(mask, { minLength: 1 }).map((set) => ({ mask, set, negated: not })),
					),
				option: fc.record({ number: fc.integer({ min: 1, max: 255 }), negated }),
			},
			{ requiredKeys: ["ports"] },
		)
		.map(({ ports: asked, ...rest }): Match => ({ kind: "tcp", ...asked, ...rest }));
	const icmpKind = family === 4 ? ("icmp" as const) : ("icmp6" as const);
	const icmp = fc
		.record({ type: fc.nat(254), code: fc.option(fc.nat(254)), negated })
		.map((asked): Match => ({ kind: icmpKind, ...asked }));
	const multiport = fc
		.record({
			kind: fc.constant("multiport" as const),
			side: fc.constantFrom("source" as const, "destination" as const, "either" as const),
			ports: fc.array(
				port.filter(({ from, to }) => from !== to || from > 0),
				{ minLength: 1, maxLength: 7 },
			),
			negated,
		})
		.map((match): Match => match);
	const chunks = fc.record({
		how: fc.constantFrom("any" as const, "all" as const, "only" as const),
		chunks: fc.constantFrom("INIT", "DATA:Be", "DATA,INIT"),
		negated,
	});
	const sctp = fc
		.record({ ports, chunkTypes: chunks }, { requiredKeys: ["ports"] })
		.map(({ ports: asked, ...rest }): Match => ({ kind: "sctp", ...asked, ...rest }));
	return fc.oneof(
		fc.constantFrom("tcp", "udp", "sctp", "esp", "ipip", "gre", "89").map((name): readonly Match[] => [protocol(name)]),
		tcp.map((match) => [protocol("tcp"), match]),
		ports.map((asked): readonly Match[] => [protocol("udp"), { kind: "udp", ...asked }]),
		sctp.map((match) => [protocol("sctp"), match]),
		fc.tuple(fc.constantFrom("tcp", "udp", "sctp"), multiport).map(([name, match]) => [protocol(name), match]),
		icmp.map((match) => [protocol(family === 4 ? "icmp" : "icmpv6"), match]),
	);
}

/** A match that needs no protocol and no kernel module that a plain machine lacks. */
export function moduleMatch(family: Family): Arb<Match> {
	const addressRange = fc.tuple(anyAddress(family), anyAddress(family), negated).map(([a, b, not]) => {
		const [from, to] = compareAddresses(a, b) <= 0 ? [a, b] : [b, a];
		return { from: from as Address, to: to as Address, negated: not };
	});
	const asked = fc.record({ device, negated });
	const whole = hostPrefix(
		addressFromWords(family === 4 ? [0xffffffff] : [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]),
	);
	const matches: Arb<Match>[] = [
		text.map((comment): Match => ({ kind: "comment", text: comment })),
		conntrack(family),
		maskedMark("mark"),
		maskedMark("connmark"),
		fc.integer({ min: 1, max: 99 }).chain((hundredths) =>
			fc.boolean().map(
				(not): Match => ({
					kind: "statistic",
					mode: "random",
					// The kernel keeps a whole number of 2^-31.
					probability: Number((Math.round((hundredths / 100) * 2 ** 31) / 2 ** 31).toFixed(11)),
					negated: not,
				}),
			),
		),
		fc
			.integer({ min: 2, max: 99 })
			.chain((every) =>
				fc
					.record({ packet: fc.nat(every - 1), negated })
					.map((nth): Match => ({ kind: "statistic", mode: "nth", every, ...nth })),
			),
		fc.record({ action: fc.constantFrom("set" as const, "remove" as const), negated }).map(
			(recent): Match => ({
				kind: "recent",
				list: "SEEN",
				reap: false,
				sameTtl: false,
				mask: whole.address,
				side: "source",
				...recent,
			}),
		),
		fc
			.record({
				action: fc.constantFrom("rcheck" as const, "update" as const),
				negated,
				seconds: fc.integer({ min: 1, max: 86400 }),
				reap: fc.boolean(),
				hitCount: fc.integer({ min: 1, max: 20 }),
				sameTtl: fc.boolean(),
				side: fc.constantFrom("source" as const, "destination" as const),
			})
			.map((recent): Match => ({ kind: "recent", list: "SEEN", mask: whole.address, ...recent })),
		fc
			.record({ types: fc.constantFrom(["LOCAL"], ["UNICAST"], ["UNICAST", "LOCAL"], ["MULTICAST"]), negated })
			.map((types): Match => ({ kind: "addrtype", destination: types, limitInterface: null }) as Match),
		fc
			.record({ isIn: fc.boolean(), in: asked, isBridged: fc.boolean() }, { requiredKeys: ["isIn"] })
			.map((physdev): Match => ({ kind: "physdev", ...physdev })),
		fc
			.record({ source: addressRange, destination: addressRange }, { requiredKeys: ["source"] })
			.map((iprange): Match => ({ kind: "iprange", ...iprange })),
		fc
			.record({ address: fc.constantFrom("02:00:00:00:00:01", "aa:bb:cc:dd:ee:ff"), negated })
			.map((mac): Match => ({ kind: "mac", ...mac })),
		fc
			.record({ rate: fc.constantFrom("5/sec", "3/min", "1/hour"), burst: fc.integer({ min: 1, max: 100 }) })
			.map((limit): Match => ({ kind: "limit", ...limit })),
		fc
			.record({ value: fc.nat(63), mask: fc.constantFrom(0x3f, 0xff), negated })
			.map((tos): Match => ({ kind: "tos", ...tos })),
		fc.record({ value: fc.nat(63), negated }).map((dscp): Match => ({ kind: "dscp", ...dscp })),
		fc
			.tuple(fc.constantFrom("eq" as const, "lt" as const, "gt" as const), fc.integer({ min: 1, max: 255 }), negated)
			.map(
				([comparison, value, not]): Match => ({
					kind: family === 4 ? "ttl" : "hl",
					comparison,
					value,
					negated: comparison === "eq" && not,
				}),
			),
		fc.tuple(range(1, 65534), negated).map(([length, not]): Match => ({ kind: "length", ...length, negated: not })),
		fc
			.record({ type: fc.constantFrom("unicast" as const, "broadcast" as const, "multicast" as const), negated })
			.map((pkttype): Match => ({ kind: "pkttype", ...pkttype })),
		fc
			.record({ loose: fc.boolean(), validMark: fc.boolean(), acceptLocal: fc.boolean(), invert: fc.boolean() })
			.map((rpfilter): Match => ({ kind: "rpfilter", ...rpfilter })),
	];
	return fc.oneof(...matches);
}

function conntrack(family: Family): Arb<Match> {
	const prefix = fc.record({ prefix: anyPrefix(family), negated });
	const states = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"] as const;
	return fc
		.record(
			{
				state: fc.record({ states: fc.subarray([...states], { minLength: 1 }), negated }),
				originalSource: prefix,
				originalDestination: prefix,
				replySource: prefix,
				replyDestination: prefix,
				originalSourcePort: negatablePort,
				originalDestinationPort: negatablePort,
				replySourcePort: negatablePort,
				replyDestinationPort: negatablePort,
				direction: fc.constantFrom("original" as const, "reply" as const),
			},
			{ requiredKeys: ["state"] },
		)
		.map((asked): Match => ({ kind: "conntrack", ...asked }));
}

/** Targets that the mangle table of any machine takes. */
export function mangleTarget(): Arb<Target> {
	return fc.oneof(
		fc.constantFrom<Target>({ kind: "accept" }, { kind: "drop" }, { kind: "return" }),
		fc.record({ value: word32, mask: word32 }).map((mark): Target => ({ kind: "mark", ...mark })),
		fc.record({ value: word32, mask: word32 }).map((mark): Target => ({ kind: "connmark", action: "set", ...mark })),
		fc
			.record({
				action: fc.constantFrom("save" as const, "restore" as const),
				packetMask: word32,
				connectionMask: word32,
			})
			.map((copy): Target => ({ kind: "connmark", ...copy })),
		fc.record({ value: fc.nat(0xff), mask: fc.nat(0xff) }).map((tos): Target => ({ kind: "tos", ...tos })),
		fc.nat(63).map((value): Target => ({ kind: "dscp", value })),
		fc.constantFrom<Target>(
			{ kind: "log", options: '--log-prefix "a b: " --log-level 7' },
			{ kind: "nflog", options: "--nflog-group 5" },
		),
	);
}

const REJECTS: Readonly<Record<Family, readonly RejectWith[]>> = {
	4: [
		"icmp-net-unreachable",
		"icmp-host-unreachable",
		"icmp-port-unreachable",
		"icmp-proto-unreachable",
		"icmp-net-prohibited",
		"icmp-host-prohibited",
		"icmp-admin-prohibited",
	],
	6: [
		"icmp6-no-route",
		"icmp6-adm-prohibited",
		"icmp6-addr-unreachable",
		"icmp6-port-unreachable",
		"icmp6-policy-fail",
		"icmp6-reject-route",
	],
};

export function rejectTarget(family: Family): Arb<Target> {
	return fc.constantFrom(...REJECTS[family]).map((how): Target => ({ kind: "reject", with: how }));
}

/** Targets of the nat table, for rules that ask for TCP. */
export function natTarget(family: Family): Arb<Target> {
	const addresses = fc.tuple(anyAddress(family), anyAddress(family), fc.boolean()).map(([a, b, one]) => {
		const [from, to] = one || compareAddresses(a, b) <= 0 ? [a, one ? a : b] : [b, a];
		return { from: from as Address, to: to as Address };
	});
	const natPorts = range(1, 65535);
	const flags = fc.constantFrom<readonly [NatRange, boolean]>(
		[{}, false],
		[{ random: true }, false],
		[{ random: true }, true],
	);
	const full = (value: boolean): { fullyRandom?: true } => (value ? { fullyRandom: true } : {});
	return fc.oneof(
		fc
			.tuple(
				fc.constantFrom("dnat" as const, "snat" as const),
				fc.record({ addresses, ports: natPorts }, { requiredKeys: ["addresses"] }),
				flags,
				fc.boolean(),
			)
			.map(([kind, to, [random, fully], persistent]): Target => {
				// DNAT has no --random-fully in iptables-extensions(8).
				const allowed = kind === "snat" && fully;
				const range_ = { ...to, ...(kind === "dnat" && fully ? {} : random), ...(persistent ? { persistent } : {}) };
				return { kind, range: range_, ...full(allowed) };
			}),
		fc.tuple(fc.option(natPorts), flags).map(
			([to, [random, fully]]): Target => ({
				kind: "masquerade",
				range: { ...(to && { ports: to }), ...random },
				...full(fully),
			}),
		),
		fc
			.tuple(natPorts, fc.boolean())
			.map(([to, random]): Target => ({ kind: "redirect", range: random ? { ports: to, random } : { ports: to } })),
		anyPrefix(family).map((prefix): Target => ({ kind: "netmap", prefix })),
	);
}

/** A rule that the mangle table takes. */
export function mangleRule(family: Family): Arb<Pick<XtRule, "matches" | "target">> {
	return fc
		.tuple(
			basicMatches(family),
			fc.option(protocolMatches(family)),
			// iptables v1.8.9 gets lost between several of `-m mark` and `-m connmark`, whose options have one name.
			fc.uniqueArray(moduleMatch(family), { maxLength: 3, selector: ({ kind }) => kind }),
			fc.option(mangleTarget()),
		)
		.map(([basic, protocol, modules, target]) => {
			const [name, ...own] = protocol ?? [];
			return { matches: [...basic, ...(name ? [name] : []), ...own, ...modules], target };
		});
}

/** A table with two user-defined chains, whose rules come from nowhere in particular. */
export function anyTable(family: Family): Arb<XtTable> {
	const rules = fc.array(mangleRule(family), { maxLength: 8 });
	return fc
		.record({
			PREROUTING: rules,
			FIRST: rules,
			SECOND: rules,
			backend: fc.constantFrom("legacy" as const, "nft" as const),
		})
		.map(({ backend, ...chains }) => ({
			family,
			name: "mangle",
			backend,
			chains: new Map(
				Object.entries(chains).map(([name, parts]): [string, XtChain] => [
					name,
					{
						name,
						policy: name === "PREROUTING" ? "ACCEPT" : null,
						rules: parts.map((rule) => ({ ...rule, origin: { component: "test" } })),
					},
				]),
			),
		}));
}
