/**
 * A NetworkPolicy's rules as Felix has them: one for each protocol and peer (libcalico-go conversion.go k8sRuleToCalico), and those
 * as rules of a chain (felix/rules/policy.go ProtoRuleToIptablesRules).
 */
import type { Family } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import type { TransportProtocol } from "../../cluster/objects.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import type { Range } from "../../netfilter/xtables/matches/ports.ts";
import {
	destination,
	mark,
	matchSet,
	multiport,
	protocol,
	returnTarget,
	rule,
	setXmark,
	source,
} from "../../netfilter/xtables/rules.ts";
import type { XtRule } from "../../netfilter/xtables/table.ts";
import type { Origin } from "../../origin/origin.ts";
import type { CompiledRule } from "../../policy/compile.ts";
import type { CompiledPeer } from "../../policy/peer.ts";
import { accepted } from "./endpoint-chains.ts";
import { MARK_ACCEPT, MARK_ALL_BLOCKS, MARK_THIS_BLOCK } from "./marks.ts";

/** What one rule of Felix's lets through: peer, ports and names of ports, each where it says one. */
export interface FelixRule {
	readonly protocol: TransportProtocol | null;
	readonly ports: readonly Range[];
	readonly names: readonly string[];
	readonly peer: CompiledPeer | null;
}

export function felixRulesOf({ peers, ports }: CompiledRule): readonly FelixRule[] {
	const each: readonly (CompiledPeer | null)[] = peers.length === 0 ? [null] : peers;
	const protocols = [...new Set(ports.map((port) => port.protocol))].sort();
	if (protocols.length === 0) return each.map((peer) => ({ protocol: null, ports: [], names: [], peer }));
	return protocols.flatMap((name) => {
		const own = ports.filter((port) => port.protocol === name);
		const all = own.some(({ kind }) => kind === "all");
		const ranges = all ? [] : simplified(own.flatMap((port) => (port.kind === "range" ? [port] : [])));
		const names = all ? [] : own.flatMap((port) => (port.kind === "name" ? [port.name] : []));
		return each.map((peer) => ({ protocol: name, ports: ranges, names, peer }));
	});
}

/** `SimplifyPorts`: ranges that touch are one. */
function simplified(ranges: readonly Range[]): readonly Range[] {
	const joined: Range[] = [];
	for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
		const last = joined.at(-1);
		if (last !== undefined && from <= last.to + 1) joined[joined.length - 1] = { ...last, to: Math.max(last.to, to) };
		else joined.push({ from, to });
	}
	return joined;
}

/** Names of the sets that a rule asks. */
export interface RuleSets {
	peer(peer: CompiledPeer): string;
	/** Addresses and ports where a port of this name is served; with a peer only its pods'. */
	namedPort(protocol: TransportProtocol, name: string, peer: CompiledPeer | null): string;
	/** Addresses of which nobody knows whether they belong to the peer: the match that says so, after the set's. */
	uncertain(peer: CompiledPeer): readonly Match[] | undefined;
}

/** How a direction names the peer's side of a packet. */
const SIDES = {
	ingress: { set: "src", address: source },
	egress: { set: "dst", address: destination },
} as const;

/** Nothing where the rule names blocks of the other family alone. */
export function rendered(
	from: FelixRule,
	direction: "ingress" | "egress",
	family: Family,
	sets: RuleSets,
	origin: Origin,
): readonly XtRule[] {
	const { peer } = from;
	const block = peer?.block ?? null;
	if (block !== null && block.cidr.family !== family) return [];
	// `0.0.0.0/0` as an exception leaves nothing (policy.go filterNets).
	if (block?.except.some(({ length }) => length === 0)) return [];
	const ports = portChoices(from, direction, sets);
	const marked: XtRule[] = [];
	const matches: Match[] = from.protocol === null ? [] : [protocol(from.protocol)];
	if (ports.length > 1) {
		marked.push(rule(origin, [], setXmark(0, MARK_ALL_BLOCKS | MARK_THIS_BLOCK)));
		for (const choice of ports) marked.push(rule(origin, choice, setXmark(MARK_ALL_BLOCKS, MARK_ALL_BLOCKS)));
	}
	if (block !== null) {
		matches.push(SIDES[direction].address(block.cidr));
		marked.push(...exceptions(block.except, direction, marked.length > 0, origin));
	}
	if (peer !== null && block === null) matches.push(matchSet(sets.peer(peer), [SIDES[direction].set]));
	if (ports.length === 1) matches.push(...(ports[0] ?? []).filter((match) => match.kind !== "protocol"));
	if (marked.length > 0) matches.push(mark(MARK_ALL_BLOCKS, MARK_ALL_BLOCKS));
	const unsure = peer === null ? undefined : sets.uncertain(peer);
	return [
		...marked,
		rule(origin, matches, setXmark(MARK_ACCEPT, MARK_ACCEPT)),
		rule(origin, [accepted], returnTarget),
		...(unsure === undefined ? [] : [rule(origin, [...matches.filter(({ kind }) => kind !== "set"), ...unsure], null)]),
	];
}

/** What each of the ways to have one of the rule's ports asks; none: any port. */
function portChoices(
	{ protocol: name, ports, names, peer }: FelixRule,
	direction: "ingress" | "egress",
	sets: RuleSets,
): readonly (readonly Match[])[] {
	if (name === null) return [];
	const numbered = splits(ports).map((each) => [protocol(name), multiport("destination", each)]);
	const among = direction === "egress" && peer?.block === null ? peer : null;
	const named = names.map((port) => [matchSet(sets.namedPort(name, port, among), ["dst", "dst"])]);
	return [...numbered, ...named];
}

/** multiport holds 15 numbers, and a range takes two of them (`SplitPortList`). */
function splits(ports: readonly Range[]): readonly (readonly Range[])[] {
	const found: Range[][] = [];
	let left = 0;
	for (const port of ports) {
		const needs = port.from === port.to ? 1 : 2;
		if (left < needs) {
			found.push([]);
			left = 15;
		}
		found.at(-1)?.push(port);
		left -= needs;
	}
	return found;
}

/** Each exception takes away the mark that all that was asked before has left. */
function exceptions(
	except: readonly Prefix[],
	direction: "ingress" | "egress",
	begun: boolean,
	origin: Origin,
): readonly XtRule[] {
	if (except.length === 0) return [];
	const start = setXmark(MARK_ALL_BLOCKS, MARK_ALL_BLOCKS | MARK_THIS_BLOCK);
	return [
		...(begun ? [] : [rule(origin, [], start)]),
		...except.map((each) => rule(origin, [SIDES[direction].address(each)], setXmark(0, MARK_ALL_BLOCKS))),
	];
}
