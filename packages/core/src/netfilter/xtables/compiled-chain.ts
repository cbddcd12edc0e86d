/**
 * Chains made ready for packets: KUBE-SERVICES has thousands of rules for one address each, and a packet should only
 * meet its own. The order of rules is kept.
 */
import { addressBits } from "../../address/address.ts";
import type { Packet } from "../../packet/packet.ts";
import type { MatchExtension, TargetExtension } from "./extension.ts";
import { isBasic, type Match, matchExtension } from "./matches/index.ts";
import type { XtChain, XtRule, XtTable } from "./table.ts";
import { type Target, targetExtension } from "./targets/index.ts";

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
	readonly target: { readonly data: Target; readonly extension: TargetExtension<Target> } | null;
}

export interface CompiledChain {
	readonly chain: XtChain;
	readonly rules: readonly CompiledRule[];
	/** Null for short chains, which are gone through as they are. */
	readonly index: ChainIndex | null;
}

/** Each rule is in one of these, all in the chain's order. */
interface ChainIndex {
	readonly byDestination: ReadonlyMap<string, CompiledRules>;
	readonly byDestinationPort: ReadonlyMap<number, CompiledRules>;
	readonly rest: CompiledRules;
	/** What was put together for a packet's destination, and then for its port: the next one is often alike. */
	readonly merged: Map<CompiledRules, Map<CompiledRules, CompiledRules>>;
}

type CompiledRules = readonly CompiledRule[];

const NO_RULES: CompiledRules = [];
/** Below this, going through the rules is as fast. */
const SHORTEST_INDEXED = 8;
/** How much is kept of what can be made again: chains by name for one table, merged lists for one chain. */
const MOST_KEPT = 4096;

const compiled = new WeakMap<XtChain, CompiledChain>();

export function compileChain(chain: XtChain): CompiledChain {
	let result = compiled.get(chain);
	if (result === undefined) {
		const rules = chain.rules.map((rule, i) => compileRule(rule, i + 1));
		result = { chain, rules, index: rules.length < SHORTEST_INDEXED ? null : indexOf(rules) };
		compiled.set(chain, result);
	}
	return result;
}

/** A table's chains by name, ready for packets. Chains that nodes share are made ready once for all of them. */
export class CompiledTable {
	readonly table: XtTable;
	readonly #chains = new Map<string, CompiledChain>();

	constructor(table: XtTable) {
		this.table = table;
	}

	chain(name: string): CompiledChain | undefined {
		const known = this.#chains.get(name);
		if (known !== undefined) return known;
		const chain = this.table.chains.get(name);
		if (chain === undefined) return undefined;
		const made = compileChain(chain);
		if (this.#chains.size >= MOST_KEPT) this.#chains.clear();
		this.#chains.set(name, made);
		return made;
	}
}

const tables = new WeakMap<XtTable, CompiledTable>();

export function compileTable(table: XtTable): CompiledTable {
	let result = tables.get(table);
	if (result === undefined) {
		result = new CompiledTable(table);
		tables.set(table, result);
	}
	return result;
}

/** The rules that a packet may match, in order: those left out ask for another address or port. */
export function candidatesOf({ rules, index }: CompiledChain, packet: Packet): CompiledRules {
	if (index === null) return rules;
	const byDestination = index.byDestination.get(packet.dst.text);
	const byPort = index.byDestinationPort.get(packet.dport);
	if (byDestination === undefined && byPort === undefined) return index.rest;
	return mergedOnce(index, byDestination ?? NO_RULES, byPort ?? NO_RULES);
}

export function compileRule(rule: XtRule, position: number): CompiledRule {
	const tests = rule.matches
		.filter((match) => match.kind !== "comment")
		.map((match) => ({ match, extension: matchExtension(match), pure: !WITH_EFFECT.has(match.kind) }));
	// All must hold, so their order is free as long as those with an effect keep theirs and come last.
	const target = rule.target === null ? null : { data: rule.target, extension: targetExtension(rule.target) };
	return { rule, position, tests: tests.sort((a, b) => cost(a) - cost(b)), target };
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
	return { byDestination, byDestinationPort, rest, merged: new Map() };
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

function mergedOnce(index: ChainIndex, byDestination: CompiledRules, byPort: CompiledRules): CompiledRules {
	let ofDestination = index.merged.get(byDestination);
	if (ofDestination === undefined) {
		if (index.merged.size >= MOST_KEPT) index.merged.clear();
		ofDestination = new Map();
		index.merged.set(byDestination, ofDestination);
	}
	let rules = ofDestination.get(byPort);
	if (rules === undefined) {
		rules = [...index.rest, ...byDestination, ...byPort].sort((a, b) => a.position - b.position);
		ofDestination.set(byPort, rules);
	}
	return rules;
}
