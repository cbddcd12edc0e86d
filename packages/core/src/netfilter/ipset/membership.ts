/** Whether a packet is in a set (net/netfilter/ipset/ip_set_core.c, ip_set_test, and the kadt function of each type). */

import type { Address } from "../../address/address.ts";
import { prefixOf } from "../../address/prefix.ts";
import { sameAddress } from "../../address/watched.ts";
import { drawnSourcePorts } from "../../packet/packet.ts";
import { phrase } from "../../wording/phrase.ts";
import { isUnknowable, type RuleContext, type Truth, type Unknowable } from "../context.ts";
import type { Ipset } from "../ipset.ts";
import { addressKey, type Members, membersOf, type Part, portKey } from "./members.ts";

type Direction = "src" | "dst";

/** Sets of sets hold no sets of sets (ip_set_list_set.c), so this only stops what no kernel would have taken. */
const MOST_NESTED = 8;

/**
 * Whether the packet's fields, taken from the ends that `directions` say, are a member. With `returnNomatch` it is a
 * member only where the entry that decides is marked `nomatch`.
 */
export function testIpset(
	set: Ipset,
	directions: readonly Direction[],
	at: RuleContext,
	returnNomatch: boolean = false,
): Truth {
	return test(set, directions, at, returnNomatch, 0);
}

function test(
	set: Ipset,
	directions: readonly Direction[],
	at: RuleContext,
	returnNomatch: boolean,
	depth: number,
): Truth {
	if (set.type === "list:set") return testMemberSets(set, directions, at, returnNomatch, depth);
	const members = membersOf(set);
	if (members.parts === null) return { unknown: phrase("set-not-evaluated", { set: set.name, type: set.type }) };
	// The kernel says no where the rule gives fewer directions than the set has parts, or is of the other family.
	if (directions.length < members.parts.length) return false;
	if (members.family !== null && members.family !== at.family) return false;
	const decided = lookUp(members, directions, at);
	if (isUnknowable(decided)) return decided;
	if (members.unread.length > 0 && decided !== "member") {
		return { unknown: phrase("set-entry-unread", { set: set.name, entry: members.unread[0] ?? "" }) };
	}
	// Sets that can hold no exceptions take no notice of --return-nomatch (IPSET_TYPE_NOMATCH).
	return decided === (returnNomatch && members.parts.includes("net") ? "exception" : "member");
}

function testMemberSets(
	set: Ipset,
	directions: readonly Direction[],
	at: RuleContext,
	returnNomatch: boolean,
	depth: number,
): Truth {
	if (depth >= MOST_NESTED) return { unknown: phrase("set-holds-itself", { set: set.name }) };
	let result: Truth = false;
	for (const entry of set.entries) {
		const member = at.ipset(entry.text);
		const truth = isUnknowable(member) ? member : test(member, directions, at, returnNomatch, depth + 1);
		if (truth === true) return true;
		if (isUnknowable(truth)) result = truth;
	}
	return result;
}

/** More addresses are not compared one after the other. */
const MOST_COMPARED = 16;

/** Tries the keys that the packet may have, narrowest nets first: the first that is there decides. */
function lookUp(
	members: Members,
	directions: readonly Direction[],
	at: RuleContext,
): "member" | "exception" | "absent" | Unknowable {
	let keys: readonly string[] = [""];
	const { parts: all, lastAddresses } = members;
	const parts = lastAddresses === null ? (all ?? []) : (all ?? []).slice(0, -1);
	for (let i = 0; i < parts.length; i++) {
		const values = valuesOf(parts[i] as Part, directions[i] as Direction, members, members.lengths[i] ?? [], at);
		if (isUnknowable(values)) return values;
		const before = keys;
		keys = i === 0 ? values : before.flatMap((key) => values.map((value) => `${key},${value}`));
	}
	if (lastAddresses !== null) {
		const last = directions[parts.length] === "src" ? at.packet.src : at.packet.dst;
		const isMember = (key: string): boolean => {
			const listed = lastAddresses.get(key) ?? [];
			// An endpoint's own address, mostly: comparing it sees less of the packet's than a key does.
			if (listed.length <= MOST_COMPARED) return listed.some((each) => sameAddress(each, last));
			return members.keys.has(`${key},${addressKey(last, null)}`);
		};
		return keys.some(isMember) ? "member" : "absent";
	}
	for (const key of keys) {
		const exception = members.keys.get(key);
		if (exception !== undefined) return exception ? "exception" : "member";
	}
	return "absent";
}

/** What a part of the packet may be called in the set; none: the packet has no such part. */
function valuesOf(
	part: Part,
	direction: Direction,
	members: Members,
	lengths: readonly number[],
	at: RuleContext,
): readonly string[] | Unknowable {
	const { packet } = at;
	const address = direction === "src" ? packet.src : packet.dst;
	const port = direction === "src" ? packet.sport : packet.dport;
	const isDrawn = direction === "src" && drawnSourcePorts(packet) !== null;
	switch (part) {
		case "ip":
			return [addressKey(address, members.netmask)];
		case "net":
			return netsOf(address, members.decidingNets, lengths);
		case "port":
			if (isDrawn) return { unknown: phrase("port-drawn") };
			return portOf(at, port);
		case "bare-port":
			if (isDrawn) return { unknown: phrase("port-drawn") };
			return packet.protocol === "tcp" || packet.protocol === "udp" ? [String(port)] : [];
		case "mac":
			if (direction === "dst") return { unknown: phrase("of-packet-unknown", { what: phrase("link-destination") }) };
			return at.sourceMac === null ? [] : [at.sourceMac];
		case "iface": {
			const device = direction === "src" ? at.inDevice : at.outDevice;
			return device === null ? [] : [device];
		}
		case "mark":
			return [String((at.mark & members.markmask) >>> 0)];
	}
}

/** The nets that the address is in, narrowest first; where one of `deciding` is among them, only that. */
function netsOf(address: Address, deciding: ReadonlySet<string> | null, lengths: readonly number[]): readonly string[] {
	const nets = lengths.map((length) => prefixOf(address, length).text);
	const first = deciding === null ? undefined : nets.find((net) => deciding.has(net));
	return first === undefined ? nets : [first];
}

/** ip_set_getport.c: ICMP's port is its type and code; protocols without ports have port 0. */
function portOf(at: RuleContext, port: number): readonly string[] | Unknowable {
	const { protocol, icmpType, icmpCode } = at.packet;
	if (protocol === "tcp" || protocol === "udp" || protocol === "sctp") return [portKey(protocol, port)];
	if (protocol !== "icmp" && protocol !== "icmpv6") return [portKey(protocol, 0)];
	if (icmpType === undefined) return { unknown: phrase("of-packet-unknown", { what: phrase("icmp-type") }) };
	return [portKey(protocol, icmpType * 256 + (icmpCode ?? 0))];
}
