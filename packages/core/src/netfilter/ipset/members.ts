/** The members of a set as hash keys: a packet's fields give the same keys, so a look-up is a hash's. */
import {
	type Address,
	addressBits,
	addressPlus,
	compareAddresses,
	type Family,
	parseAddress,
} from "../../address/address.ts";
import { contains, lastAddress, type Prefix, parsePrefix, prefixOf } from "../../address/prefix.ts";
import type { Protocol } from "../../packet/packet.ts";
import type { Ipset, IpsetEntry } from "../ipset.ts";
import { ICMP_NAMES, ICMP6_NAMES } from "../xtables/matches/icmp-names.ts";
import { parseProtocol } from "../xtables/protocols.ts";
import { ParseFailure } from "../xtables/words.ts";

/**
 * What a part of a member is. A `net` is looked up with each prefix length in use, longest first; a `bare-port` has no
 * protocol and is one of TCP and of UDP.
 */
export type Part = "ip" | "net" | "port" | "bare-port" | "mac" | "iface" | "mark";

/** The parts of each type's members (ipset(8)); list:set has none, its members are sets. */
const PARTS: ReadonlyMap<string, readonly Part[]> = new Map([
	["hash:ip", ["ip"]],
	["hash:net", ["net"]],
	["hash:mac", ["mac"]],
	["hash:ip,port", ["ip", "port"]],
	["hash:ip,mark", ["ip", "mark"]],
	["hash:ip,mac", ["ip", "mac"]],
	["hash:net,port", ["net", "port"]],
	["hash:net,iface", ["net", "iface"]],
	["hash:net,net", ["net", "net"]],
	["hash:ip,port,ip", ["ip", "port", "ip"]],
	["hash:ip,port,net", ["ip", "port", "net"]],
	["hash:net,port,net", ["net", "port", "net"]],
	["bitmap:ip", ["ip"]],
	["bitmap:ip,mac", ["ip", "mac"]],
	["bitmap:port", ["bare-port"]],
]);

/** A set, ready to be asked. */
export interface Members {
	/** Null: the type is not known here. */
	readonly parts: readonly Part[] | null;
	/** Null: the set holds no addresses, so it is asked for both families. */
	readonly family: Family | null;
	/** Addresses are cut to this many bits before they are looked up (`netmask`). */
	readonly netmask: number | null;
	readonly markmask: number;
	/** For each part that is a net: the prefix lengths in use, longest first. */
	readonly lengths: readonly (readonly number[])[];
	/**
	 * hash:net,iface only, else null: the nets that have entries. The narrowest that holds the address decides, whichever
	 * devices its entries name (ip_set_hash_netiface.c, `multi`).
	 */
	readonly decidingNets: ReadonlySet<string> | null;
	/** Whether a key is an exception (`nomatch`). */
	readonly keys: ReadonlyMap<string, boolean>;
	/** hash:ip,port,ip only, else null: the last addresses of members, by what comes before them. */
	readonly lastAddresses: ReadonlyMap<string, readonly Address[]> | null;
	/** Entries that were not understood. */
	readonly unread: readonly string[];
}

/** A range of more members than this is not spread out, but counts as not understood. */
const MOST_SPREAD = 65536;
/** Nor is anything spread out in a set of more keys than this, which takes seconds. */
const MOST_KEYS = 4_194_304;

const compiled = new WeakMap<Ipset, Members>();

/** The set as keys, made once for each set. */
export function membersOf(set: Ipset): Members {
	let members = compiled.get(set);
	if (members === undefined) {
		members = compile(set);
		compiled.set(set, members);
	}
	return members;
}

function compile(set: Ipset): Members {
	const parts = PARTS.get(set.type) ?? null;
	const options = set.options.split(/\s+/);
	const option = (name: string): string | undefined => {
		const at = options.indexOf(name);
		return at < 0 ? undefined : options[at + 1];
	};
	const holdsAddresses = parts?.some((part) => part === "ip" || part === "net");
	const family: Family | null = holdsAddresses ? (option("family") === "inet6" ? 6 : 4) : null;
	const netmask = Number(option("netmask") ?? Number.NaN);
	const shape = { parts, family, netmask: Number.isInteger(netmask) ? netmask : null };
	const lengths = (parts ?? []).map(() => new Set<number>());
	const keys = new Map<string, boolean>();
	const unread: string[] = [];
	for (const entry of parts === null ? [] : set.entries) {
		const spread = keys.size < MOST_KEYS ? keysOf(entry, shape, lengths) : undefined;
		if (spread === undefined) unread.push(entry.text);
		else for (const key of spread) keys.set(key, entry.nomatch);
	}
	return {
		...shape,
		// A look-up with `bitmask` is by other bits than a prefix's.
		parts: options.includes("bitmask") ? null : parts,
		markmask: Number(option("markmask") ?? 0xffffffff),
		decidingNets: set.type === "hash:net,iface" ? new Set([...keys.keys()].map(netOfKey)) : null,
		lengths: lengths.map((used) => [...used].sort((a, b) => b - a)),
		keys,
		lastAddresses: set.type === "hash:ip,port,ip" && shape.netmask === null ? lastAddressesOf(keys.keys()) : null,
		unread,
	};
}

function lastAddressesOf(keys: Iterable<string>): ReadonlyMap<string, readonly Address[]> {
	const found = new Map<string, Address[]>();
	for (const key of keys) {
		const comma = key.lastIndexOf(",");
		const last = parseAddress(key.slice(comma + 1));
		if (last === undefined) continue;
		const before = key.slice(0, comma);
		const list = found.get(before);
		if (list === undefined) found.set(before, [last]);
		else list.push(last);
	}
	return found;
}

function netOfKey(key: string): string {
	return key.slice(0, key.indexOf(","));
}

type Shape = Pick<Members, "parts" | "family" | "netmask">;

/** The keys that an entry stands for, or undefined where it is not understood. */
function keysOf(entry: IpsetEntry, shape: Shape, lengths: readonly Set<number>[]): readonly string[] | undefined {
	const parts = shape.parts ?? [];
	// A wildcard stands for all devices whose names begin so.
	if (/\bwildcard\b/.test(entry.options)) return undefined;
	const texts = entry.text.split(",");
	// In bitmap:ip,mac an address without a MAC waits for the first MAC that it sees: who comes first is not known.
	if (texts.length !== parts.length) return undefined;
	let keys: readonly string[] = [""];
	for (let i = 0; i < parts.length; i++) {
		const values = spreadPart(parts[i] as Part, texts[i] as string, shape, lengths[i] as Set<number>);
		if (values === undefined || keys.length * values.length > MOST_SPREAD) return undefined;
		const before = keys;
		keys = i === 0 ? values : before.flatMap((key) => values.map((value) => `${key},${value}`));
	}
	return keys;
}

function spreadPart(part: Part, text: string, shape: Shape, lengths: Set<number>): readonly string[] | undefined {
	switch (part) {
		case "ip": {
			const range = addressRange(text, shape.family ?? 4);
			return range && spreadAddresses(range, shape.netmask);
		}
		case "net": {
			const range = addressRange(text, shape.family ?? 4);
			const nets = range && prefixesOf(range);
			for (const net of nets ?? []) lengths.add(net.length);
			return nets?.map(({ text: net }) => net);
		}
		case "port":
			return spreadPorts(text);
		case "bare-port":
			return spreadNumbers(text.slice(text.indexOf(":") + 1))?.map(String);
		case "mac":
			return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) ? [text.toLowerCase()] : undefined;
		case "iface":
			return text.startsWith("physdev:") ? undefined : [text];
		case "mark": {
			const mark = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
			return mark <= 0xffffffff ? [String(mark)] : undefined;
		}
	}
}

interface AddressRange {
	readonly from: Address;
	readonly to: Address;
}

/** `A`, `A/LENGTH`, `A-B`. */
function addressRange(text: string, family: Family): AddressRange | undefined {
	const dash = text.indexOf("-");
	if (dash < 0) {
		if (!text.includes("/")) {
			const only = parseAddress(text);
			return only?.family === family ? { from: only, to: only } : undefined;
		}
		const net = parsePrefix(text);
		return net?.family === family ? { from: net.address, to: lastAddress(net) } : undefined;
	}
	const from = parseAddress(text.slice(0, dash));
	const to = parseAddress(text.slice(dash + 1));
	if (from === undefined || to === undefined || from.family !== family || to.family !== family) return undefined;
	return compareAddresses(from, to) <= 0 ? { from, to } : undefined;
}

function spreadAddresses(range: AddressRange, netmask: number | null): readonly string[] | undefined {
	const keys: string[] = [];
	for (let address = range.from; ; address = addressPlus(address, 1)) {
		keys.push(addressKey(address, netmask));
		if (compareAddresses(address, range.to) >= 0) return keys;
		if (keys.length > MOST_SPREAD) return undefined;
	}
}

/** An address as the set's addresses are kept. */
export function addressKey(address: Address, netmask: number | null): string {
	return netmask === null ? address.text : prefixOf(address, netmask).address.text;
}

/** The fewest prefixes that make up a range. */
function prefixesOf(range: AddressRange): readonly Prefix[] {
	const prefixes: Prefix[] = [];
	let from = range.from;
	for (;;) {
		let length = addressBits(from.family);
		let widest = prefixOf(from, length);
		while (length > 0) {
			const wider = prefixOf(from, length - 1);
			if (wider.address.text !== from.text || compareAddresses(lastAddress(wider), range.to) > 0) break;
			widest = wider;
			length--;
		}
		prefixes.push(widest);
		if (contains(widest, range.to)) return prefixes;
		from = addressPlus(lastAddress(widest), 1);
	}
}

/** `80` (which is TCP), `udp:80-90`, `icmp:8/0`, `icmp:echo-request`, and `gre:0` for protocols without ports. */
function spreadPorts(text: string): readonly string[] | undefined {
	const colon = text.indexOf(":");
	const protocol = colon < 0 ? "tcp" : protocolNamed(text.slice(0, colon));
	if (protocol === undefined) return undefined;
	const value = text.slice(colon + 1);
	if (protocol === "icmp" || protocol === "icmpv6") {
		const named = (protocol === "icmp" ? ICMP_NAMES : ICMP6_NAMES).get(value);
		const [, type, code] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
		const number =
			named === undefined ? Number(type) * 256 + Number(code) : (named.type ?? 0) * 256 + (named.code ?? 0);
		return Number.isNaN(number) ? undefined : [portKey(protocol, number)];
	}
	return spreadNumbers(value)?.map((port) => portKey(protocol, port));
}

function spreadNumbers(text: string): readonly number[] | undefined {
	const range = /^(\d+)(?:-(\d+))?$/.exec(text);
	if (range === null) return undefined;
	const from = Number(range[1]);
	const to = Number(range[2] ?? range[1]);
	return from > to || to > 65535 ? undefined : Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function protocolNamed(text: string): Protocol | undefined {
	try {
		return parseProtocol(text);
	} catch (error) {
		if (error instanceof ParseFailure) return undefined;
		throw error;
	}
}

/** A protocol and port as a key. ICMP's "port" is its type times 256 and its code. */
export function portKey(protocol: Protocol, port: number): string {
	return `${protocol}:${port}`;
}
