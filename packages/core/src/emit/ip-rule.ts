/** Policy rules as `ip rule` prints them, and as `ip -batch` takes them. */

import type { Family } from "../address/address.ts";
import { DEFAULT_RULES } from "../state/assemble.ts";
import type { PortRange, Rule } from "../state/ip.ts";
import { phrase, worded } from "../wording/phrase.ts";
import { asLines, type Batch, BatchLines, joinWords, option } from "./batch.ts";
import { tableName } from "./ip-route.ts";

/** The rules as `ip rule` and then `ip -6 rule` print them: the parser reads them back. */
export function printIpRule(rules: readonly Rule[]): string {
	const lines = ([4, 6] as const).flatMap((family) =>
		rules.filter((rule) => rule.family === family).map((rule) => `${rule.priority}:\t${joinWords(ruleWords(rule))}`),
	);
	return asLines(lines);
}

/**
 * `rule add` for what a new namespace lacks of one family's rules, `rule delete` for the kernel's own that are not among
 * these. The batch is for `ip -4 -batch` or `ip -6 -batch`: a line cannot say the family, and no address tells it.
 */
export function ipRuleBatch(rules: readonly Rule[], family: Family): Batch {
	const batch = new BatchLines();
	const wanted = rules.filter((rule) => rule.family === family);
	for (const own of DEFAULT_RULES) {
		if (own.family !== family || wanted.some((rule) => isSame(rule, own))) continue;
		batch.add("rule delete", ...ruleWords(own), "priority", own.priority);
	}
	for (const rule of wanted) {
		if (DEFAULT_RULES.some((own) => isSame(rule, own))) continue;
		if (rule.notUnderstood !== undefined) batch.omit(phrase("a-rule", { priority: rule.priority }), rule.notUnderstood);
		else batch.add("rule add", ...ruleWords(rule), "priority", rule.priority);
	}
	return batch.finish();
}

function ruleWords(rule: Rule): (string | undefined)[] {
	return [...selectorWords(rule), ...actionWords(rule)];
}

function isSame(a: Rule, b: Rule): boolean {
	const text = (rule: Rule): string => joinWords([rule.family, rule.priority, ...ruleWords(rule)]);
	return text(a) === text(b);
}

/** print_rule() in its order. */
function selectorWords(rule: Rule): (string | undefined)[] {
	const { fwmark } = rule;
	return [
		rule.invert ? "not" : undefined,
		rule.from === undefined ? "from all" : `from ${rule.from.text}`,
		option("to", rule.to?.text),
		option("tos", rule.tos === undefined ? undefined : hexadecimal(rule.tos)),
		option("fwmark", fwmark && markText(fwmark)),
		option("iif", rule.iif),
		option("oif", rule.oif),
		option("uidrange", rule.uidRange && `${rule.uidRange.from}-${rule.uidRange.to}`),
		option("ipproto", rule.protocol),
		option("sport", rule.sport && rangeText(rule.sport)),
		option("dport", rule.dport && rangeText(rule.dport)),
		rule.notUnderstood && worded(rule.notUnderstood),
	];
}

function actionWords(rule: Rule): (string | undefined)[] {
	const { action } = rule;
	switch (action.kind) {
		case "lookup":
			return [`lookup ${tableName(action.table)}`, option("suppress_prefixlength", rule.suppressPrefixLength)];
		case "goto":
			return [`goto ${action.priority}`];
		default:
			return [action.kind];
	}
}

function markText(mark: { readonly value: number; readonly mask: number }): string {
	const value = hexadecimal(mark.value);
	return mark.mask === 0xffff_ffff ? value : `${value}/${hexadecimal(mark.mask)}`;
}

function rangeText(range: PortRange): string {
	return range.from === range.to ? String(range.from) : `${range.from}-${range.to}`;
}

function hexadecimal(value: number): string {
	return `0x${value.toString(16)}`;
}
