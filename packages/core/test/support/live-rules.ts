/** Small rule sets about a few addresses, ports and marks, so that rules often match. */
import fc from "fast-check";
import { type Address, address, type Family } from "../../src/address/address.ts";
import { prefix } from "../../src/address/prefix.ts";
import { type Ipset, ipset } from "../../src/netfilter/ipset.ts";
import type { Match } from "../../src/netfilter/xtables/matches/index.ts";
import type { XtChain, XtRule, XtTable } from "../../src/netfilter/xtables/table.ts";
import type { Target } from "../../src/netfilter/xtables/targets/index.ts";

/** Two ends of a wire: the sender has the first addresses, the receiver, which has the rules, the second. */
export const ENDS: Readonly<
	Record<Family, { readonly sender: readonly string[]; readonly receiver: readonly string[] }>
> = {
	4: { sender: ["10.9.0.2", "10.9.0.130"], receiver: ["10.9.0.1", "10.9.0.129"] },
	6: { sender: ["fd09::2", "fd09::82"], receiver: ["fd09::1", "fd09::81"] },
};
export const DEVICE = "veth0";
export const SENDER_MAC = "02:00:00:00:00:02";
const PORTS = [53, 80, 443, 8080] as const;
const PREFIXES: Readonly<Record<Family, readonly string[]>> = {
	4: ["10.9.0.0/24", "10.9.0.128/25", "10.9.0.0/25", "10.9.0.1/32", "10.9.0.2/32", "10.9.0.129/32", "0.0.0.0/1"],
	6: ["fd09::/64", "fd09::80/121", "fd09::/121", "fd09::1/128", "fd09::2/128", "fd09::81/128", "fc00::/7"],
};
export const CHAINS = ["FIRST", "SECOND", "THIRD"] as const;

export interface Sent {
	readonly src: Address;
	readonly dst: Address;
	readonly protocol: "tcp" | "udp";
	readonly dport: number;
	readonly ttl: number;
	/** Bytes past the UDP header. */
	readonly payload: number;
}

export function sentPacket(family: Family): fc.Arbitrary<Sent> {
	return fc.record({
		src: fc.constantFrom(...ENDS[family].sender).map(address),
		dst: fc.constantFrom(...ENDS[family].receiver).map(address),
		protocol: fc.constantFrom("tcp" as const, "udp" as const),
		dport: fc.constantFrom(...PORTS),
		ttl: fc.constantFrom(2, 64),
		payload: fc.constantFrom(1, 100),
	});
}

const negated = fc.boolean();
const smallMark = fc.nat(7);

/** A protocol with ports, so that a module of ports may follow. */
function transport(): fc.Arbitrary<readonly Match[]> {
	const range = fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(0, 1000), negated).map(([from, more, not]) => ({
		from,
		to: from + more,
		negated: not,
	}));
	return fc
		.tuple(fc.constantFrom("tcp" as const, "udp" as const), range, fc.nat(4), negated)
		.map(([kind, port, which, not]) => {
			const protocol: Match = { kind: "protocol", protocol: kind, negated: false };
			if (which === 0) return [protocol];
			if (which === 1) return [{ ...protocol, negated: not }];
			if (which === 2) {
				const side = port.from === 53 ? "destination" : "either";
				return [
					protocol,
					{
						kind: "multiport",
						side,
						ports: [
							{ from: port.from, to: port.from },
							{ from: 8080, to: 9000 },
						],
						negated: not,
					},
				];
			}
			if (which === 3 && kind === "tcp") {
				return [protocol, { kind, flags: { mask: ["FIN", "SYN", "RST", "ACK"], set: ["SYN"], negated: not } }];
			}
			return [protocol, { kind, destinationPort: port }];
		});
}

function liveMatch(family: Family, sets: readonly Ipset[]): fc.Arbitrary<Match> {
	const anyPrefix = fc.constantFrom(...PREFIXES[family]).map(prefix);
	const state = fc.subarray(["NEW", "ESTABLISHED", "INVALID", "SNAT", "DNAT"] as const, { minLength: 1 });
	const type = fc.constantFrom("LOCAL" as const, "UNICAST" as const, "MULTICAST" as const);
	const range = fc.record({
		from: fc.constantFrom(...ENDS[family].receiver.slice(0, 1)).map(address),
		to: fc.constantFrom(...ENDS[family].sender).map(address),
		negated,
	});
	const setMatches = sets.map((set): fc.Arbitrary<Match> => {
		const parts = set.type.split(",").length;
		const direction = fc.constantFrom("src" as const, "dst" as const);
		return fc
			.record({
				directions: fc.array(direction, { minLength: parts, maxLength: parts }),
				negated,
				returnNomatch: negated,
			})
			.map((asked): Match => ({ kind: "set", set: set.name, counters: "", ...asked }));
	});
	return fc.oneof(
		...setMatches,
		fc.record({ value: smallMark, mask: smallMark, negated }).map((mark): Match => ({ kind: "mark", ...mark })),
		fc.record({ value: smallMark, mask: smallMark, negated }).map((mark): Match => ({ kind: "connmark", ...mark })),
		fc.record({ states: state, negated }).map((asked): Match => ({ kind: "conntrack", state: asked })),
		fc
			.record({ prefix: anyPrefix, negated })
			.chain((end) =>
				fc.constantFrom<Match>(
					{ kind: "conntrack", originalSource: end },
					{ kind: "conntrack", replySource: end },
					{ kind: "conntrack", originalDestination: end, direction: "original" },
					{ kind: "conntrack", replyDestination: end, direction: "reply" },
				),
			),
		fc
			.record({ types: fc.uniqueArray(type, { minLength: 1 }), negated })
			.chain((asked) =>
				fc.constantFrom<Match>(
					{ kind: "addrtype", source: asked, limitInterface: null },
					{ kind: "addrtype", destination: asked, limitInterface: null },
					{ kind: "addrtype", destination: asked, limitInterface: "in" },
				),
			),
		fc.record({ isIn: negated }).map((physdev): Match => ({ kind: "physdev", ...physdev })),
		range.chain((ends) =>
			fc.constantFrom<Match>({ kind: "iprange", source: ends }, { kind: "iprange", destination: ends }),
		),
		fc
			.record({ address: fc.constantFrom(SENDER_MAC, "02:00:00:00:00:09"), negated })
			.map((mac): Match => ({ kind: "mac", ...mac })),
		fc.record({ comparison: fc.constantFrom("eq" as const, "lt" as const, "gt" as const), negated }).map(
			({ comparison, negated: not }): Match => ({
				kind: family === 4 ? "ttl" : "hl",
				comparison,
				value: 64,
				negated: comparison === "eq" && not,
			}),
		),
		fc.record({ negated }).map((not): Match => ({ kind: "length", from: 50, to: 100, ...not })),
		fc
			.record({ type: fc.constantFrom("unicast" as const, "multicast" as const), negated })
			.map((pkttype): Match => ({ kind: "pkttype", ...pkttype })),
		fc
			.record({ loose: negated, validMark: fc.constant(false), acceptLocal: negated, invert: negated })
			.map((rpfilter): Match => ({ kind: "rpfilter", ...rpfilter })),
	);
}

/** Chains call only those after them, as the kernel wants. */
function liveTarget(chain: number): fc.Arbitrary<Target | null> {
	const later = CHAINS.slice(chain + 1);
	const mark = fc.record({ value: smallMark, mask: smallMark });
	const copy = fc.record({
		action: fc.constantFrom("save" as const, "restore" as const),
		packetMask: smallMark,
		connectionMask: smallMark,
	});
	return fc.oneof(
		...later.flatMap((name): fc.Arbitrary<Target>[] => [
			fc.constant({ kind: "jump", chain: name }),
			fc.constant({ kind: "goto", chain: name }),
		]),
		fc.constant(null),
		fc.constantFrom<Target>({ kind: "return" }, { kind: "accept" }, { kind: "drop" }),
		mark.map((value): Target => ({ kind: "mark", ...value })),
		mark.map((value): Target => ({ kind: "connmark", action: "set", ...value })),
		copy.map((value): Target => ({ kind: "connmark", ...value })),
	);
}

function liveRule(family: Family, chain: number, sets: readonly Ipset[]): fc.Arbitrary<XtRule> {
	const anyPrefix = fc.constantFrom(...PREFIXES[family]).map(prefix);
	const source = fc.record({ kind: fc.constant("source" as const), prefix: anyPrefix, negated });
	const destination = fc.record({ kind: fc.constant("destination" as const), prefix: anyPrefix, negated });
	const device = fc.record({
		kind: fc.constant("in-interface" as const),
		device: fc.constantFrom(DEVICE, "veth+", "eth0"),
		negated,
	});
	const often = { freq: 2 };
	return fc
		.tuple(
			fc.option(source, often),
			fc.option(destination, often),
			fc.option(device, often),
			fc.option(transport(), often),
			fc.array(liveMatch(family, sets), { maxLength: 2 }),
			liveTarget(chain),
		)
		.map(([src, dst, dev, ports, more, target]) => {
			const basic = [src, dst, dev].filter((match): match is NonNullable<typeof match> => match !== null);
			return { matches: [...basic, ...(ports ?? []), ...more], target, origin: { component: "test" } };
		});
}

/** PREROUTING of the mangle table hands TCP and UDP to FIRST; nothing else is disturbed. */
export function liveTable(family: Family, sets: readonly Ipset[]): fc.Arbitrary<XtTable> {
	const rules = (chain: number): fc.Arbitrary<XtRule[]> =>
		fc.array(liveRule(family, chain, sets), { minLength: 4, maxLength: 14 });
	return fc.tuple(rules(0), rules(1), rules(2)).map((lists) => {
		const origin = { component: "test" };
		const enter = ["tcp", "udp"].map(
			(name): XtRule => ({
				matches: [{ kind: "protocol", protocol: name, negated: false }],
				target: { kind: "jump", chain: "FIRST" },
				origin,
			}),
		);
		// Something that asks for connections makes the kernel track them (nf_ct_netns_get).
		const track: XtRule = { matches: [{ kind: "state", states: ["NEW"], negated: false }], target: null, origin };
		const chains: [string, XtChain][] = CHAINS.map((name, i) => [name, { name, policy: null, rules: lists[i] ?? [] }]);
		return {
			family,
			name: "mangle",
			backend: "nft",
			chains: new Map([["PREROUTING", { name: "PREROUTING", policy: "ACCEPT", rules: [...enter, track] }], ...chains]),
		};
	});
}

/** Sets of the kinds that any kernel has, about the same addresses. */
export function liveSets(family: Family): readonly Ipset[] {
	const origin = { component: "test" };
	const options = family === 6 ? "family inet6" : "";
	const [a, b] = ENDS[family].receiver as readonly [string, string];
	const [c] = ENDS[family].sender as readonly [string, string];
	const [wide, half] = PREFIXES[family] as readonly [string, string];
	const nets = ipset("nets", "hash:net", [wide], origin, options);
	return [
		ipset("ips", "hash:ip", [a, c], origin, options),
		{ ...nets, entries: [...nets.entries, { text: half, nomatch: true, options: "", origin }] },
		ipset("ip-ports", "hash:ip,port", [`${a},tcp:80`, `${b},udp:53`, `${a},443`], origin, options),
		ipset("ip-port-ips", "hash:ip,port,ip", [`${a},tcp:80,${c}`, `${b},udp:53,${c}`], origin, options),
		ipset("ip-port-nets", "hash:ip,port,net", [`${a},tcp:80,${half}`, `${a},udp:53,${wide}`], origin, options),
		ipset("net-ports", "hash:net,port", [`${wide},tcp:8080`, `${half},udp:443`], origin, options),
		ipset("net-ifaces", "hash:net,iface", [`${wide},${DEVICE}`, `${half},eth0`], origin, options),
		ipset("ports", "bitmap:port", ["80", "8080"], origin, "range 0-65535"),
		ipset("all", "list:set", ["ips", "nets"], origin, "size 8"),
	];
}
