/** Runs chains in the plainest way, rule by rule: what the compiled walk is held against, and the kernel's counters. */
import { type Effect, isUnknowable, type RuleContext } from "../../src/netfilter/context.ts";
import { isBasic, matchExtension } from "../../src/netfilter/xtables/matches/index.ts";
import type { XtChain, XtRule, XtTable } from "../../src/netfilter/xtables/table.ts";
import { targetExtension } from "../../src/netfilter/xtables/targets/index.ts";
import type { Phrase } from "../../src/wording/phrase.ts";

export interface LinearResult {
	readonly effect: Effect;
	/** `CHAIN POSITION` of each rule that matched, in order. */
	readonly matched: readonly string[];
}

export function walkLinearly(table: XtTable, chain: string, at: RuleContext): LinearResult {
	const matched: string[] = [];
	const base = table.chains.get(chain) as XtChain;
	const effect = walkChain(table, base, at, matched);
	const atEnd: Effect = { kind: base.policy === "DROP" ? "drop" : "accept" };
	return { effect: effect ?? atEnd, matched };
}

/** Null: the chain came back. */
function walkChain(table: XtTable, chain: XtChain, at: RuleContext, matched: string[]): Effect | null {
	for (const [i, rule] of chain.rules.entries()) {
		const truth = matches(rule, at);
		if (typeof truth === "object") return { kind: "unknown", unknown: truth };
		if (!truth) continue;
		matched.push(`${chain.name} ${i + 1}`);
		if (rule.target === null) continue;
		const effect = targetExtension(rule.target).apply(rule.target, at);
		if (effect.kind === "continue") continue;
		if (effect.kind === "return") return null;
		if (effect.kind !== "jump" && effect.kind !== "goto") return effect;
		const result = walkChain(table, table.chains.get(effect.chain) as XtChain, at, matched);
		if (result !== null || effect.kind === "goto") return result;
	}
	return null;
}

function matches(rule: XtRule, at: RuleContext): boolean | Phrase {
	let unknown: Phrase | undefined;
	const order = [...rule.matches.filter(isBasic), ...rule.matches.filter((match) => !isBasic(match))];
	for (const match of order) {
		const truth = matchExtension(match).test(match, at);
		if (truth === false) return false;
		if (isUnknowable(truth)) unknown ??= truth.unknown;
	}
	return unknown ?? true;
}
