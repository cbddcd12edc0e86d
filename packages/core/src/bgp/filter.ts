/** Which prefixes pass: lists as routers have them. */
import type { Address } from "../address/address.ts";
import { contains, type Prefix } from "../address/prefix.ts";

export interface FilterRule {
	readonly prefix: Prefix;
	/** `exact`: this prefix; `within`: it and all that are in it. */
	readonly match: "exact" | "within";
	readonly action: "accept" | "reject";
}

/** The first rule that matches decides. */
export interface RouteFilter {
	readonly rules: readonly FilterRule[];
	readonly otherwise: "accept" | "reject";
}

export const ACCEPT_ALL: RouteFilter = { rules: [], otherwise: "accept" };

/** Whether a prefix passes. */
export function passes(filter: RouteFilter, prefix: Prefix): boolean {
	const { rules, otherwise } = filter;
	for (const rule of rules) if (matches(rule, prefix)) return rule.action === "accept";
	return otherwise === "accept";
}

function matches({ prefix, match }: FilterRule, candidate: Prefix): boolean {
	if (match === "exact") return candidate.text === prefix.text;
	return candidate.length >= prefix.length && contains(prefix, candidate.address);
}

/** The number that an IPv4 address is, as identifiers are compared. */
export function identifierOf(address: Address): number {
	return address.words[0] as number;
}
