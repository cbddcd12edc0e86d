/** Chains made ready for packets, which meet only the rules that they may match. The order of rules is kept. */
import type { Packet } from "../../packet/packet.ts";
import type { RuleHit } from "../result.ts";
import type { MatchExtension, TargetExtension } from "./extension.ts";
import { isBasic, type Match, matchExtension } from "./matches/index.ts";
import { indexOf, type Places, type RuleIndex } from "./rule-index.ts";
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
	/** In the index of its chain. */
	readonly place: number;
	/** The matches in the order in which they are tried: addresses, devices and ports first, as they cost least. */
	readonly tests: readonly CompiledTest[];
	readonly target: { readonly data: Target; readonly extension: TargetExtension<Target> } | null;
	/** That a packet met it, once one did, the last in a table of that name: many packets meet the same rule. */
	hit: RuleHit | null;
}

type CompiledRules = readonly CompiledRule[];

const NONE: Places = [];
/** Below this, going through the rules is as fast. */
const SHORTEST_INDEXED = 8;
/** How much is kept of what can be made again: chains by name for one table, candidates for one chain. */
const MOST_KEPT = 4096;

/** A chain whose rules are made ready when a packet may match them. */
export class CompiledChain {
	readonly chain: XtChain;
	/** Null for short chains, which are gone through as they are. */
	readonly #index: RuleIndex | null;
	readonly #rules = new Map<number, CompiledRule>();
	/** The rules that every packet may match. */
	#always: CompiledRules | undefined;
	/** The rules for a packet of which some ask for its destination, or for its port: the next one is often alike. */
	readonly #candidates = new Map<Places, Map<Places, CompiledRules>>();

	constructor(chain: XtChain) {
		this.chain = chain;
		this.#index = chain.index ?? (chain.rules.length < SHORTEST_INDEXED ? null : indexOf(chain.rules));
	}

	/** The rules that a packet may match, in order: those left out ask for another address or port. */
	candidates(packet: Packet): CompiledRules {
		if (this.#index !== null) {
			const byDestination = this.#index.byDestination(packet.dst.text);
			const byPort = this.#index.byDestinationPort(packet.dport);
			if (byDestination !== undefined || byPort !== undefined) {
				return this.#merged(this.#index.rest, byDestination ?? NONE, byPort ?? NONE);
			}
		}
		this.#always ??= this.#ready(this.#index?.rest ?? this.chain.rules.map((_, i) => i + 1));
		return this.#always;
	}

	/** Which rule of the chain one is, from 1. */
	position({ place }: CompiledRule): number {
		return this.#index?.position(place) ?? place;
	}

	#merged(rest: Places, byDestination: Places, byPort: Places): CompiledRules {
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

	#ready(places: Places): CompiledRules {
		return places.map((place) => {
			let rule = this.#rules.get(place);
			if (rule === undefined) {
				rule = compileRule(this.#index?.rule(place) ?? (this.chain.rules[place - 1] as XtRule), place);
				this.#rules.set(place, rule);
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

function compileRule(rule: XtRule, place: number): CompiledRule {
	const tests = rule.matches.filter((match) => match.kind !== "comment").map(testOf);
	// All must hold, so their order is free as long as those with an effect keep theirs and come last.
	const target = rule.target === null ? null : { data: rule.target, extension: targetExtension(rule.target) };
	return { rule, place, tests: tests.sort((a, b) => cost(a) - cost(b)), target, hit: null };
}

/** Rules of many nodes have some matches in common: the network's block, a mark. */
const knownTests = new WeakMap<Match, CompiledTest>();

function testOf(match: Match): CompiledTest {
	let test = knownTests.get(match);
	if (test === undefined) {
		test = { match, extension: matchExtension(match), pure: !WITH_EFFECT.has(match.kind) };
		knownTests.set(match, test);
	}
	return test;
}

const WITH_EFFECT: ReadonlySet<string> = new Set(["statistic", "recent", "limit", "hashlimit"]);
const PORTS: ReadonlySet<string> = new Set(["tcp", "udp", "sctp"]);

function cost({ match, pure }: CompiledTest): number {
	return isBasic(match) ? 0 : PORTS.has(match.kind) ? 1 : pure ? 2 : 3;
}
