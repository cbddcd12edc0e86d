/**
 * Numbers that iproute2 prints by name (/etc/iproute2/rt_tables, rt_protos, rt_scopes, rt_dsfield; include/uapi/linux/rtnetlink.h).
 * With `ip -N`, or where a system has no such file, the numbers stand there themselves.
 */
import { PROTOCOL_NUMBERS, type Protocol } from "../packet/packet.ts";
import { stableHash } from "../state/hardware-address.ts";
import { type RouteType, type Scope, TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN } from "../state/ip.ts";

const TABLES: ReadonlyMap<string, number> = new Map([
	["unspec", 0],
	["default", TABLE_DEFAULT],
	["main", TABLE_MAIN],
	["local", TABLE_LOCAL],
]);

/** Past every number that a table can have. */
const NAMED_TABLES_FROM = 0x1_0000_0000;

/**
 * The number of a route table. A name that only this node's rt_tables explains gets a number past all real ones, the same
 * wherever the name stands: rules still find their routes by it, which is all that the number is for.
 */
export function tableNumber(text: string): number {
	const known = TABLES.get(text);
	if (known !== undefined) return known;
	if (/^\d{1,10}$/.test(text)) return Number(text);
	return NAMED_TABLES_FROM + stableHash(text)[0];
}

const ROUTE_PROTOCOLS: ReadonlyMap<string, string> = new Map(
	Object.entries({
		0: "unspec",
		1: "redirect",
		2: "kernel",
		3: "boot",
		4: "static",
		8: "gated",
		9: "ra",
		10: "mrt",
		11: "zebra",
		12: "bird",
		13: "dnrouted",
		14: "xorp",
		15: "ntk",
		16: "dhcp",
		18: "keepalived",
		42: "babel",
		99: "openr",
		186: "bgp",
		187: "isis",
		188: "ospf",
		189: "rip",
		192: "eigrp",
	}),
);

/** The routing protocol's name, or its number as text where it has none. */
export function routeProtocol(text: string): string {
	return ROUTE_PROTOCOLS.get(text) ?? text;
}

/** Protocols that say by whose hand an entry is not: an administrator, a CNI, anybody. */
const ANONYMOUS = new Set(["boot", "static", "unspec"]);
/** The kernel's own: routes of addresses, ICMP redirects, router advertisements. */
const KERNELS = new Set(["kernel", "redirect", "ra"]);

/** Who programmed an entry, as far as its `proto` tells: the kernel, a routing daemon by its name, or `unknown`. */
export function componentOfProtocol(protocol: string): string {
	if (KERNELS.has(protocol)) return "kernel";
	return ANONYMOUS.has(protocol) || !/^[a-z]/.test(protocol) ? "unknown" : protocol;
}

const SCOPES: ReadonlyMap<string, Scope> = new Map([
	["0", "global"],
	["200", "site"],
	["253", "link"],
	["254", "host"],
	["255", "nowhere"],
]);

export function scopeName(text: string): Scope {
	return SCOPES.get(text) ?? text;
}

/** In the order of their numbers (RTN_UNICAST is 1). */
const ROUTE_TYPES: readonly RouteType[] = [
	"unicast",
	"local",
	"broadcast",
	"anycast",
	"multicast",
	"blackhole",
	"unreachable",
	"prohibit",
	"throw",
];

/** The type that a route begins with, by name or (with `ip -N`) by number. */
export function routeType(text: string): RouteType | undefined {
	return ROUTE_TYPES.find((type, i) => type === text || String(i + 1) === text);
}

const DSCP_NAMES: Readonly<Record<string, number>> = {
	default: 0x0,
	AF11: 0x28,
	AF12: 0x30,
	AF13: 0x38,
	AF21: 0x48,
	AF22: 0x50,
	AF23: 0x58,
	AF31: 0x68,
	AF32: 0x70,
	AF33: 0x78,
	AF41: 0x88,
	AF42: 0x90,
	AF43: 0x98,
	CS1: 0x20,
	CS2: 0x40,
	CS3: 0x60,
	CS4: 0x80,
	CS5: 0xa0,
	CS6: 0xc0,
	CS7: 0xe0,
	EF: 0xb8,
	// Older files of names (iproute2 before 4.10, etc/iproute2/rt_dsfield).
	lowdelay: 0x10,
	throughput: 0x08,
	reliability: 0x04,
};

/** The TOS byte, or `undefined` where the text is none. */
export function tosByte(text: string): number | undefined {
	if (/^(0x[0-9a-fA-F]{1,2}|\d{1,3})$/.test(text)) return Number(text);
	return Object.hasOwn(DSCP_NAMES, text) ? DSCP_NAMES[text] : undefined;
}

/** Names of /etc/protocols for protocols that go by another one here. */
const PROTOCOL_ALIASES: Readonly<Record<string, Protocol>> = { "ipv6-icmp": "icmpv6", ipencap: "ipip", ipv4: "ipip" };
const PROTOCOLS_BY_NUMBER: ReadonlyMap<string, Protocol> = new Map(
	Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [String(number), name]),
);

/** An IP protocol by number (`6`), name (`tcp`) or iproute2's spelling of a nameless one (`ipproto-99`). */
export function ipProtocol(text: string): Protocol | undefined {
	const number = /^(?:ipproto-)?(\d{1,3})$/.exec(text)?.[1];
	if (number !== undefined) return PROTOCOLS_BY_NUMBER.get(number) ?? number;
	if (Object.hasOwn(PROTOCOL_ALIASES, text)) return PROTOCOL_ALIASES[text];
	return Object.hasOwn(PROTOCOL_NUMBERS, text) ? text : undefined;
}
