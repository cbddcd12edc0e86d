/**
 * Chains made ready for packets: KUBE-SERVICES has thousands of rules for one address each, and a packet should only
 * meet its own. The order of rules is kept.
 */
import { addressBits } from "../../address/address.ts";
import type { Packet } from "../../packet/packet.ts";
import type { RuleHit } from "../result.ts";
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
	/** That a packet met it, once one did, the last in a table of that name: many packets meet the same rule. */
	hit: RuleHit | null;
}

type CompiledRules = readonly CompiledRule[];
/** Places of rules in their chain, from 1, in order. */
type Positions = readonly number[];

/** Each rule is in one of these. */
interface ChainIndex {
	readonly byDestination: ReadonlyMap<string, Positions>;
	readonly byDestinationPort: ReadonlyMap<number, Positions>;
	readonly rest: Positions;
}

const NONE: Positions = [];
/** Below this, going through the rules is as fast. */
const SHORTEST_INDEXED = 8;
/** How much is kept of what can be made again: chains by name for one table, candidates for one chain. */
const MOST_KEPT = 4096;

/** A chain whose rules are made ready when a packet may match them. */
export class CompiledChain {
	readonly chain: XtChain;
	/** Null for short chains, which are gone through as they are. */
	readonly #index: ChainIndex | null;
	readonly #rules: (CompiledRule | undefined)[] = [];
	/** The rules that every packet may match. */
	#always: CompiledRules | undefined;
	/** The rules for a packet of which some ask for its destination, or for its port: the next one is often alike. */
	readonly #candidates = new Map<Positions, Map<Positions, CompiledRules>>();

	constructor(chain: XtChain) {
		this.chain = chain;
		this.#index = chain.rules.length < SHORTEST_INDEXED ? null : indexOf(chain.rules);
	}

	/** The rules that a packet may match, in order: those left out ask for another address or port. */
	candidates(packet: Packet): CompiledRules {
		if (this.#index !== null) {
			const byDestination = this.#index.byDestination.get(packet.dst.text);
			const byPort = this.#index.byDestinationPort.get(packet.dport);
			if (byDestination !== undefined || byPort !== undefined) {
				return this.#merged(this.#index.rest, byDestination ?? NONE, byPort ?? NONE);
			}
		}
		this.#always ??= this.#ready(this.#index?.rest ?? this.chain.rules.map((_, i) => i + 1));
		return this.#always;
	}

	#merged(rest: Positions, byDestination: Positions, byPort: Positions): CompiledRules {
		let ofDestination = this.#candidates.get(byDestination);
		if (ofDestination === undefined) {
			if (this.#candidates.size >= MOST_KEPT) this.#candidates.clear();
			ofDestination = new Map();
			this.#candidates.set(byDestination, ofDestination);
		}
		let rules = ofDestination.get(byPort);
		if (rules === undefined) {
			rules = this.#ready([...rest, ...byDestination, ...byPort].sort((a, b) => a - b));
			ofDestination.set(byPort, rules);
		}
		return rules;
	}

	#ready(positions: Positions): CompiledRules {
		return positions.map((position) => {
			let rule = this.#rules[position];
			if (rule === undefined) {
				rule = compileRule(this.chain.rules[position - 1] as XtRule, position);
				this.#rules[position] = rule;
			}
			return rule;
		});
	}
}

const compiled = new WeakMap<XtChain, CompiledChain>();

function compileChain(chain: XtChain): CompiledChain {
	let result = compiled.get(chain);
	if (result === undefined) {
		result = new CompiledChain(chain);
		compiled.set(chain, result);
	}
	return result;
}

/** A table's chains by name, ready for packets. Chains that nodes share are made ready once for all of them. */
export class CompiledTable {
	readonly table: XtTable;
	/** What explanations call it. */
	readonly label: string;
	readonly #chains = new Map<string, CompiledChain>();

	constructor(table: XtTable) {
		this.table = table;
		this.label = tableLabel(table);
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

/** What explanations call a table. */
export function tableLabel(table: XtTable): string {
	return `${table.family === 4 ? "iptables" : "ip6tables"} ${table.name}`;
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

function compileRule(rule: XtRule, position: number): CompiledRule {
	const tests = rule.matches
		.filter((match) => match.kind !== "comment")
		.map((match) => ({ match, extension: matchExtension(match), pure: !WITH_EFFECT.has(match.kind) }));
	// All must hold, so their order is free as long as those with an effect keep theirs and come last.
	const target = rule.target === null ? null : { data: rule.target, extension: targetExtension(rule.target) };
	return { rule, position, tests: tests.sort((a, b) => cost(a) - cost(b)), target, hit: null };
}

const WITH_EFFECT: ReadonlySet<string> = new Set(["statistic", "recent", "limit", "hashlimit"]);
const PORTS: ReadonlySet<string> = new Set(["tcp", "udp", "sctp"]);

function cost({ match, pure }: CompiledTest): number {
	return isBasic(match) ? 0 : PORTS.has(match.kind) ? 1 : pure ? 2 : 3;
}

function indexOf(rules: readonly XtRule[]): ChainIndex {
	const byDestination = new Map<string, number[]>();
	const byDestinationPort = new Map<number, number[]>();
	const rest: number[] = [];
	let position = 0;
	for (const rule of rules) {
		position += 1;
		const address = onlyDestination(rule);
		const port = address === undefined ? onlyDestinationPort(rule) : undefined;
		if (address !== undefined) add(byDestination, address, position);
		else if (port !== undefined) add(byDestinationPort, port, position);
		else rest.push(position);
	}
	return { byDestination, byDestinationPort, rest };
}

function add<Key>(lists: Map<Key, number[]>, key: Key, position: number): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [position]);
	else list.push(position);
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
