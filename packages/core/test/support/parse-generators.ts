/** Arbitrary state of every kind, as a node could print it, for properties such as parse(print(x)) = x. */
import fc from "fast-check";
import { type Address, addressFromWords, type Family } from "../../src/address/address.ts";
import { type Prefix, prefixOf } from "../../src/address/prefix.ts";
import type { Origin } from "../../src/origin/origin.ts";
import type { ConntrackEntry, Tuple } from "../../src/state/conntrack.ts";
import type { FdbEntry, Neighbour, NextHop, Route, Rule, RuleAction } from "../../src/state/ip.ts";
import type { RealServer, VirtualServer } from "../../src/state/ipvs.ts";
import type { TcAction, TcFilter, TcQdisc } from "../../src/state/tc.ts";

export const UNKNOWN: Origin = { component: "unknown" };

/** What the parsers add of their own: positions differ, everything else must not. */
export function withoutOrigin(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value, (key, each) => (key === "origin" ? undefined : each)));
}

const word = fc.integer({ min: 0, max: 0xffff_ffff });
export const port: fc.Arbitrary<number> = fc.integer({ min: 0, max: 65535 });
const byte = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, "0"));

export const anyFamily: fc.Arbitrary<Family> = fc.constantFrom(4, 6);
export const anyMac: fc.Arbitrary<string> = fc
	.tuple(byte, byte, byte, byte, byte, byte)
	.map((bytes) => bytes.join(":"));
export const anyDevice: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}[0-9](\.[0-9]{1,3})?$/);

export function anyAddress(family: Family): fc.Arbitrary<Address> {
	const words = family === 4 ? fc.tuple(word) : fc.tuple(word, word, word, word);
	return words.map((each) => addressFromWords(each));
}

export function anyPrefix(family: Family, shortest = 0): fc.Arbitrary<Prefix> {
	const length = fc.integer({ min: shortest, max: family === 4 ? 32 : 128 });
	return fc.tuple(anyAddress(family), length).map(([address, bits]) => prefixOf(address, bits));
}

/** Every field of a record may be absent. */
export const optional: { readonly requiredKeys: [] } = { requiredKeys: [] };

function anyNextHop(family: Family): fc.Arbitrary<NextHop> {
	return fc
		.tuple(
			fc.record({ gateway: anyAddress(family), dead: fc.constant(true), linkDown: fc.constant(true) }, optional),
			anyDevice,
			fc.boolean(),
			fc.integer({ min: 1, max: 256 }),
		)
		.map(([rest, device, onlink, weight]) => ({ ...rest, device, onlink, weight }));
}

const anyTable = fc.oneof(fc.constantFrom(253, 254, 255), fc.integer({ min: 1, max: 0xffff_ffff }));
const anyRouteProtocol = fc.constantFrom("kernel", "boot", "static", "bird", "ra", "dhcp", "80");

/** A route of one family: leading nowhere, over one next hop (whose weight no line shows), or over several. */
export function anyRoute(family: Family): fc.Arbitrary<Route> {
	const hops = fc
		.array(anyNextHop(family), { minLength: 1, maxLength: 3 })
		.map((all) => (all.length === 1 ? all.map((hop) => ({ ...hop, weight: 1 })) : all));
	const leading = fc.tuple(fc.constantFrom("unicast", "local", "broadcast", "anycast", "multicast" as const), hops);
	const nowhere = fc.tuple(fc.constantFrom("blackhole", "unreachable", "prohibit", "throw" as const), fc.constant([]));
	return fc
		.tuple(
			fc.oneof(leading, nowhere),
			fc.record({ table: anyTable, destination: anyPrefix(family), protocol: anyRouteProtocol }),
			fc.constantFrom("global", "site", "link", "host"),
			fc.integer({ min: 0, max: 0xffff_ffff }),
			fc.record(
				{
					tos: fc.integer({ min: 1, max: 255 }),
					preferredSource: anyAddress(family),
					mtu: fc.integer({ min: 68, max: 9000 }),
				},
				optional,
			),
		)
		.map(([[type, nextHops], base, scope, metric, rest]) => ({
			family,
			type,
			nextHops,
			...base,
			scope,
			metric,
			...rest,
			origin: UNKNOWN,
		}));
}

const anyRange = fc.tuple(port, port).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

const anyAction: fc.Arbitrary<RuleAction> = fc.oneof(
	anyTable.map((table): RuleAction => ({ kind: "lookup", table })),
	fc.integer({ min: 1, max: 32765 }).map((priority): RuleAction => ({ kind: "goto", priority })),
	fc.constantFrom("nop", "blackhole", "unreachable", "prohibit").map((kind): RuleAction => ({ kind })),
);

/** A policy rule of one family. */
export function anyRule(family: Family): fc.Arbitrary<Rule> {
	const selectors = fc.record(
		{
			from: anyPrefix(family, 1),
			to: anyPrefix(family, 1),
			fwmark: fc.record({ value: word, mask: word }),
			iif: anyDevice,
			oif: anyDevice,
			tos: fc.integer({ min: 0, max: 255 }),
			protocol: fc.constantFrom("tcp", "udp", "sctp", "icmp", "icmpv6", "99"),
			sport: anyRange,
			dport: anyRange,
			uidRange: anyRange,
		},
		optional,
	);
	return fc
		.tuple(selectors, anyAction, fc.boolean(), fc.integer({ min: 0, max: 0xffff_ffff }), fc.option(port))
		.map(([rest, action, invert, priority, suppress]) => ({
			...rest,
			...(suppress !== null && action.kind === "lookup" ? { suppressPrefixLength: suppress } : {}),
			family,
			action,
			invert,
			priority,
			origin: UNKNOWN,
		}));
}

export const anyNeighbour: fc.Arbitrary<Neighbour> = anyFamily.chain((family) => {
	const known = fc.record({
		mac: fc.oneof(anyMac, fc.constant(null)),
		state: fc.constantFrom(
			"permanent",
			"noarp",
			"reachable",
			"stale",
			"delay",
			"probe",
			"incomplete",
			"failed",
			"none",
		),
		proxy: fc.constant(false),
	});
	const proxy = fc.record({ mac: fc.constant(null), state: fc.constant("none" as const), proxy: fc.constant(true) });
	return fc
		.tuple(anyAddress(family), anyDevice, fc.oneof(known, proxy))
		.map(([address, device, rest]): Neighbour => ({ family, address, device, ...rest, origin: UNKNOWN }));
});

export const anyFdbEntry: fc.Arbitrary<FdbEntry> = fc
	.tuple(
		anyMac,
		anyDevice,
		fc.record(
			{
				vlan: fc.integer({ min: 1, max: 4094 }),
				master: anyDevice,
				destination: anyFamily.chain(anyAddress),
				port,
				vni: fc.integer({ min: 0, max: 0xff_ffff }),
				via: anyDevice,
			},
			optional,
		),
		fc.boolean(),
		fc.constantFrom("permanent", "static", "dynamic" as const),
	)
	.map(([mac, device, rest, self, state]) => ({ mac, device, ...rest, self, state, origin: UNKNOWN }));

function anyServer(family: Family): fc.Arbitrary<RealServer> {
	return fc
		.record({
			address: anyAddress(family),
			port,
			method: fc.constantFrom("masq", "tunnel", "route", "local" as const),
			weight: port,
		})
		.map((server) => ({ ...server, origin: UNKNOWN }));
}

export const anyVirtualServer: fc.Arbitrary<VirtualServer> = anyFamily.chain((family) => {
	const match: fc.Arbitrary<VirtualServer["match"]> = fc.oneof(
		fc.record({
			kind: fc.constant("address" as const),
			protocol: fc.constantFrom("tcp", "udp", "sctp" as const),
			address: anyAddress(family),
			port,
		}),
		fc.record({
			kind: fc.constant("fwmark" as const),
			mark: fc.integer({ min: 1, max: 0xffff_ffff }),
			family: fc.constant(family),
		}),
	);
	const persistence = fc.record({
		seconds: fc.integer({ min: 1, max: 86400 }),
		prefixLength: fc.integer({ min: 1, max: family === 4 ? 32 : 128 }),
	});
	return fc
		.tuple(
			match,
			fc.constantFrom("rr", "wrr", "lc", "sh", "mh"),
			fc.subarray(["sh-port", "sh-fallback", "ops"]),
			fc.record({ persistence }, optional),
			fc.array(anyServer(family), { maxLength: 3 }),
		)
		.map(([selected, scheduler, flags, rest, servers]) => ({
			match: selected,
			scheduler,
			flags,
			...rest,
			servers,
			origin: UNKNOWN,
		}));
});

function anyTuple(family: Family, protocol: string): fc.Arbitrary<Tuple> {
	const zero = fc.constant(0);
	const [sport, dport] = protocol === "icmp" ? [port, zero] : protocol === "2" ? [zero, zero] : [port, port];
	return fc.record({ src: anyAddress(family), dst: anyAddress(family), protocol: fc.constant(protocol), sport, dport });
}

export const anyConntrackEntry: fc.Arbitrary<ConntrackEntry> = fc
	.tuple(anyFamily, fc.constantFrom("tcp", "udp", "icmp", "2"))
	.chain(([family, protocol]) =>
		fc
			.tuple(
				fc.record({ original: anyTuple(family, protocol), reply: anyTuple(family, protocol), mark: word, zone: port }),
				fc.subarray(["UNREPLIED", "ASSURED", "OFFLOAD"]),
				fc.record({ state: fc.constantFrom("ESTABLISHED", "TIME_WAIT") }, optional),
			)
			.map(([base, status, rest]) => ({ ...base, ...rest, status })),
	);

export const anySysctls: fc.Arbitrary<ReadonlyMap<string, string>> = fc
	.array(
		fc.tuple(
			fc.stringMatching(/^net\.ipv[46]\.conf\.[a-z]{1,8}(\/[0-9]{1,3})?\.[a-z_]{1,10}$/),
			fc.stringMatching(/^\d{1,3}(\t\d{1,3})?$/),
		),
	)
	.map((entries) => new Map(entries));

export const anyTcQdisc: fc.Arbitrary<TcQdisc> = fc
	.tuple(
		anyDevice,
		fc.constantFrom("clsact", "ingress", "prio", "noqueue"),
		fc.constantFrom("ffff:", "0:", "1:"),
		fc.record({ parent: fc.constant("ffff:fff1") }, optional),
	)
	.map(([device, kind, handle, rest]) => ({ device, kind, handle, ...rest, origin: UNKNOWN }));

const anyTcAction: fc.Arbitrary<TcAction> = fc.oneof(
	fc.integer({ min: 1, max: 4094 }).map((id): TcAction => ({ kind: "vlan-push", id })),
	fc.constantFrom<TcAction>(
		{ kind: "vlan-pop" },
		{ kind: "pass" },
		{ kind: "drop" },
		{ kind: "other", text: "pedit action pass keys 1" },
	),
	fc
		.tuple(anyDevice, fc.constantFrom("ingress", "egress" as const))
		.map(([device, direction]): TcAction => ({ kind: "redirect", device, direction })),
);

/** A filter by IPv4 or IPv6 prefixes, by VLAN, or for everything. */
export const anyTcFilter: fc.Arbitrary<TcFilter> = fc
	.oneof(
		...([4, 6] as const).map((family) =>
			fc
				.record({ source: anyPrefix(family, 1), destination: anyPrefix(family, 1) }, optional)
				.map((match) => ({ protocol: family === 4 ? "ip" : "ipv6", ...match })),
		),
		fc.integer({ min: 1, max: 4094 }).map((vlan) => ({ protocol: "802.1Q", vlan })),
		fc.constant({ protocol: "all" }),
	)
	.chain((match) =>
		fc
			.record({
				device: anyDevice,
				direction: fc.constantFrom("ingress", "egress" as const),
				priority: port,
				actions: fc.array(anyTcAction, { maxLength: 3 }),
			})
			.map((rest) => ({ ...match, ...rest, origin: UNKNOWN })),
	);
