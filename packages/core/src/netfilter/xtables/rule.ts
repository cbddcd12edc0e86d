/** One rule: its words to matches and a target, and back. */
import type { Family } from "../../address/address.ts";
import { phrase } from "../../wording/phrase.ts";
import { BASIC_BY_OPTION, MATCH_BY_MODULE, type Match, matchExtension } from "./matches/index.ts";
import { otherExtension } from "./matches/other.ts";
import { gathered, JUMP, LOAD } from "./rule-order.ts";
import type { XtRule } from "./table.ts";
import { TARGET_BY_MODULE, type Target, targetExtension } from "./targets/index.ts";
import { gotoTargetExtension, jumpTargetExtension } from "./targets/jump.ts";
import { otherTargetExtension } from "./targets/other.ts";
import { ParseFailure, Words } from "./words.ts";

/** What a rule consists of, its origin aside. */
export type RuleParts = Pick<XtRule, "matches" | "target">;

/** Whether a name is a chain of the table, not a target that is not known here. */
export type IsChain = (name: string) => boolean;

/**
 * Reads the words after `-A CHAIN`. Matches and targets that are not understood become `other`; a ParseFailure is thrown
 * only where the words make no rule at all.
 */
export function parseRule(words: Words, family: Family, isChain: IsChain): RuleParts {
	const start = words.position;
	try {
		// iptables-save keeps the options of a module together; what people and programs write may not.
		const rule = parseGathered(words, family, isChain, false);
		if (rule !== null) return rule;
	} catch (error) {
		if (!(error instanceof ParseFailure)) throw error;
	}
	words.replace(start, gathered(words.from(start)));
	const rule = parseGathered(words, family, isChain, true);
	if (rule === null) throw new ParseFailure(phrase("value-for-option"));
	return rule;
}

/** The words after `-A CHAIN` that make the rule again. */
export function printRuleParts(rule: RuleParts, family: Family): string {
	let text = "";
	for (const match of rule.matches) text += ` ${matchExtension(match).print(match, family)}`;
	if (rule.target !== null) text += ` ${targetExtension(rule.target).print(rule.target, family)}`;
	return text.slice(1);
}

/** The line of iptables-save. */
export function printRule(chain: string, rule: RuleParts, family: Family): string {
	const parts = printRuleParts(rule, family);
	return parts === "" ? `-A ${chain}` : `-A ${chain} ${parts}`;
}

/**
 * Reads words in which each module's options follow it. Null where they do not; with `final`, what is left over makes
 * its module `other`.
 */
function parseGathered(words: Words, family: Family, isChain: IsChain, final: boolean): RuleParts | null {
	const basic: Match[] = [];
	const loaded: Match[] = [];
	let target: Target | null = null;
	while (!words.atEnd) {
		const option = words.peekOption();
		if (option === null) return null;
		const basicExtension = BASIC_BY_OPTION.get(option);
		if (basicExtension !== undefined) basic.push(basicExtension.parse(words, family));
		else if (words.option(LOAD) !== null) {
			const match = parseLoaded(words, family, final);
			if (match === null) return null;
			loaded.push(match);
		} else if (words.option(JUMP) !== null) {
			if (target !== null) return null;
			if (option === "-g" || option === "--goto") target = gotoTargetExtension.parse(words, family);
			else target = parseTarget(words, family, isChain, final);
			if (target === null) return null;
		} else return null;
		words.finish();
	}
	sortBasic(basic);
	return { matches: basic.length === 0 ? loaded : loaded.length === 0 ? basic : [...basic, ...loaded], target };
}

/** Into the order of iptables-save. iptables takes each of these options once. */
function sortBasic(matches: Match[]): void {
	if (matches.length < 2) return;
	matches.sort((a, b) => BASIC_ORDER.indexOf(a.kind) - BASIC_ORDER.indexOf(b.kind));
	for (let i = 1; i < matches.length; i++) {
		if (matches[i]?.kind === matches[i - 1]?.kind) throw new ParseFailure(phrase("option-twice"));
	}
}

const BASIC_ORDER: readonly string[] = [...new Set([...BASIC_BY_OPTION.values()].map(({ kind }) => kind))];

/** Stands at the name after `-m`. Null: something belongs elsewhere, or is not understood. */
function parseLoaded(words: Words, family: Family, final: boolean): Match | null {
	const start = words.position;
	const extension = MATCH_BY_MODULE.get(words.value());
	if (extension === undefined) return otherExtension.parse(wholeModule(words, start), family);
	const match = attempt(words, () => extension.parse(words, family));
	return match === null && final ? otherExtension.parse(wholeModule(words, start), family) : match;
}

/** Stands at the name after `-j`. Null: something belongs elsewhere, or is not understood. */
function parseTarget(words: Words, family: Family, isChain: IsChain, final: boolean): Target | null {
	const start = words.position;
	const module = words.value();
	if (isChain(module) && atBoundary(words)) {
		words.position = start;
		return jumpTargetExtension.parse(words, family);
	}
	const extension = TARGET_BY_MODULE.get(module);
	if (extension === undefined) return otherTargetExtension.parse(wholeModule(words, start), family);
	const target = attempt(words, () => extension.parse(words, family));
	return target === null && final ? otherTargetExtension.parse(wholeModule(words, start), family) : target;
}

/** What was read, or null where it was not understood or not read to its end. */
function attempt<Part>(words: Words, parse: () => Part): Part | null {
	try {
		const part = parse();
		words.finish();
		return atBoundary(words) ? part : null;
	} catch (error) {
		if (error instanceof ParseFailure) return null;
		throw error;
	}
}

/** Whether the options of another module, a target or the rule itself begin here, or the words end. */
function atBoundary(words: Words): boolean {
	if (words.atEnd) return true;
	const option = words.peekOption();
	return option !== null && (LOAD.has(option) || JUMP.has(option) || BASIC_BY_OPTION.has(option));
}

/** Takes the words of a module from its name on, up to where something else begins. */
function wholeModule(words: Words, start: number): Words {
	words.position = start + 1;
	while (!atBoundary(words)) words.position++;
	const module = new Words();
	module.replace(0, words.from(start).slice(0, words.position - start));
	return module;
}
