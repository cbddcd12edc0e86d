/** Which routes pass: lists as routers have them. */
import type { Address } from "../address/address.ts";
import { contains, type Prefix } from "../address/prefix.ts";
import type { FilterRule, RouteFilter } from "../state/speaker.ts";

export const ACCEPT_ALL: RouteFilter = { rules: [], otherwise: "accept" };
export const REJECT_ALL: RouteFilter = { rules: [], otherwise: "reject" };

/** Whether a prefix passes. `learned`: BGP brought it. */
export function passes({ rules, otherwise }: RouteFilter, prefix: Prefix, learned: boolean): boolean {
	return (deciding(rules, prefix, learned)?.action ?? otherwise) === "accept";
}

/** The first rule that matches, if any does. */
export function deciding(rules: readonly FilterRule[], prefix: Prefix, learned: boolean): FilterRule | undefined {
	for (const rule of rules) if (matches(rule, prefix, learned)) return rule;
	return undefined;
}

function matches(rule: FilterRule, candidate: Prefix, learned: boolean): boolean {
	if (rule.learnedOnly === true && !learned) return false;
	return rule.prefix === null || covers(rule.prefix, rule.match, candidate) !== (rule.negated === true);
}

function covers(prefix: Prefix, match: FilterRule["match"], candidate: Prefix): boolean {
	if (match === "exact") return candidate.text === prefix.text;
	if (match !== "within" && (candidate.length < match.min || candidate.length > match.max)) return false;
	return candidate.length >= prefix.length && contains(prefix, candidate.address);
}

/** The number that an IPv4 address is, as identifiers are compared. */
export function identifierOf(address: Address): number {
	return address.words[0] as number;
}
