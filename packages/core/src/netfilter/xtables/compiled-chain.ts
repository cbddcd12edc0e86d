/**
 * Chains made ready for packets: KUBE-SERVICES has thousands of rules for one address each, and a packet should only
 * meet its own. The order of rules is kept.
 */
import { addressBits } from "../../address/address.ts";
import type { Packet } from "../../packet/packet.ts";
import type { MatchExtension } from "./extension.ts";
import { isBasic, type Match, matchExtension } from "./matches/index.ts";
import type { XtChain, XtRule } from "./table.ts";

export interface CompiledTest {
	readonly match: Match;
	readonly extension: MatchExtension<Match>;
	/** Asking has no effect. */
	readonly pure: boolean;
}

export interface CompiledRule {
	readonly rule: XtRule;
	/** Place in the chain, from 1. */
	readonly position: number;
	/** The matches in the order in which they are tried: addresses, devices and ports first, as they cost least. */
	readonly tests: readonly CompiledTest[];
}

export interface CompiledChain {
	readonly rules: readonly CompiledRule[];
	/** Null for short chains, which are gone through as they are. */
	readonly index: ChainIndex | null;
}

/** Each rule is in one of these, all in the chain's order. */
interface ChainIndex {
	readonly byDestination: ReadonlyMap<string, readonly CompiledRule[]>;
	readonly byDestinationPort: ReadonlyMap<number, readonly CompiledRule[]>;
	readonly rest: readonly CompiledRule[];
}

/** Below this, going through the rules is as fast. */
const SHORTEST_INDEXED = 8;

const compiled = new WeakMap<XtChain, CompiledChain>();

export function compileChain(chain: XtChain): CompiledChain {
	let result = compiled.get(chain);
	if (result === undefined) {
		const rules = chain.rules.map((rule, i) => compileRule(rule, i + 1));
		result = { rules, index: rules.length < SHORTEST_INDEXED ? null : indexOf(rules) };
		compiled.set(chain, result);
	}
	return result;
}

/** The rules that a packet may match, in order: those left out ask for another address or port. */
export function candidatesOf(chain: CompiledChain, packet: Packet): Iterator<CompiledRule> {
	const { index } = chain;
	if (index === null) return chain.rules.values();
	const lists = [index.rest];
	const byDestination = index.byDestination.get(packet.dst.text);
	if (byDestination !== undefined) lists.push(byDestination);
	const byPort = index.byDestinationPort.get(packet.dport);
	if (byPort !== undefined) lists.push(byPort);
	return lists.length === 1 ? index.rest.values() : merged(lists);
}

export function compileRule(rule: XtRule, position: number): CompiledRule {
	const tests = rule.matches
		.filter((match) => match.kind !== "comment")
		.map((match) => ({ match, extension: matchExtension(match), pure: !WITH_EFFECT.has(match.kind) }));
	// All must hold, so their order is free as long as those with an effect keep theirs and come last.
	return { rule, position, tests: tests.sort((a, b) => cost(a) - cost(b)) };
}

const WITH_EFFECT: ReadonlySet<string> = new Set(["statistic", "recent", "limit", "hashlimit"]);
const PORTS: ReadonlySet<string> = new Set(["tcp", "udp", "sctp"]);

function cost({ match, pure }: CompiledTest): number {
	return isBasic(match) ? 0 : PORTS.has(match.kind) ? 1 : pure ? 2 : 3;
}

function indexOf(rules: readonly CompiledRule[]): ChainIndex {
	const byDestination = new Map<string, CompiledRule[]>();
	const byDestinationPort = new Map<number, CompiledRule[]>();
	const rest: CompiledRule[] = [];
	for (const rule of rules) {
		const address = onlyDestination(rule.rule);
		const port = address === undefined ? onlyDestinationPort(rule.rule) : undefined;
		if (address !== undefined) add(byDestination, address, rule);
		else if (port !== undefined) add(byDestinationPort, port, rule);
		else rest.push(rule);
	}
	return { byDestination, byDestinationPort, rest };
}

function add<Key>(lists: Map<Key, CompiledRule[]>, key: Key, rule: CompiledRule): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [rule]);
	else list.push(rule);
}

/** The one destination address that the rule asks for. */
function onlyDestination(rule: XtRule): string | undefined {
	for (const match of rule.matches) {
		if (match.kind !== "destination" || match.negated) continue;
		const { prefix } = match;
		if (prefix.length === addressBits(prefix.family)) return prefix.address.text;
	}
	return undefined;
}

/** The one destination port that the rule asks for. */
function onlyDestinationPort(rule: XtRule): number | undefined {
	for (const match of rule.matches) {
		if (match.kind !== "tcp" && match.kind !== "udp" && match.kind !== "sctp") continue;
		const port = match.destinationPort;
		if (port !== undefined && !port.negated && port.from === port.to) return port.from;
	}
	return undefined;
}

function* merged(lists: readonly (readonly CompiledRule[])[]): Generator<CompiledRule> {
	const at = lists.map(() => 0);
	for (;;) {
		let first: CompiledRule | undefined;
		let from = 0;
		for (let i = 0; i < lists.length; i++) {
			const rule = lists[i]?.[at[i] as number];
			if (rule !== undefined && (first === undefined || rule.position < first.position)) {
				first = rule;
				from = i;
			}
		}
		if (first === undefined) return;
		yield first;
		at[from] = (at[from] as number) + 1;
	}
}
