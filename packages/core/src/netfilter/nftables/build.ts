/** Rules in code: the words of nft as functions, for models that build rule sets. */
import type { Address, Family } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import type { Origin } from "../../origin/origin.ts";
import { addressValue, type KeyPart, type NftElement, numberValue, type Scalar, wordValue } from "./element.ts";
import type { NftBase, NftChain, NftRule, NftSet } from "./ruleset.ts";
import type { Expression, SetReference, Statement, Verdict } from "./statement.ts";

export function payload(protocol: string, field: string): Expression {
	return { kind: "payload", protocol, field };
}

/** `ip saddr` or `ip6 saddr`. */
export function sourceAddress(family: Family): Expression {
	return payload(family === 4 ? "ip" : "ip6", "saddr");
}

/** `ip daddr` or `ip6 daddr`. */
export function destinationAddress(family: Family): Expression {
	return payload(family === 4 ? "ip" : "ip6", "daddr");
}

export function meta(key: string): Expression {
	return { kind: "meta", key };
}

export function concatenation(...parts: readonly Expression[]): Expression {
	return { kind: "concatenation", parts };
}

export function binary(left: Expression, operator: "&" | "|" | "^", right: number): Expression {
	return { kind: "binary", operator, left, right: { kind: "value", value: numberValue(right) } };
}

export function fib(result: "type" | "oif" | "oifname", ...flags: readonly string[]): Expression {
	return { kind: "fib", result, flags };
}

/** `numgen random mod N`. */
export function randomBelow(modulus: number): Expression {
	return { kind: "numgen", mode: "random", modulus, offset: 0 };
}

type Value = Address | Prefix | number | string;

/** A value, or a block of them, as a part of a key. */
export function part(value: Value): KeyPart {
	if (typeof value === "number") return numberValue(value);
	if (typeof value === "string") return wordValue(value);
	return "words" in value ? addressValue(value) : { kind: "prefix", prefix: value };
}

export function is(left: Expression, ...values: readonly Value[]): Statement {
	return { kind: "match", operator: "==", left, right: { kind: "parts", parts: values.map(part) } };
}

export function isNot(left: Expression, ...values: readonly Value[]): Statement {
	return { kind: "match", operator: "!=", left, right: { kind: "parts", parts: values.map(part) } };
}

/** `LEFT { VALUE, … }` of single values. */
export function isOneOf(left: Expression, values: readonly Value[], negated = false): Statement {
	const elements = values.map((value): NftElement => ({ key: [part(value)] }));
	return { kind: "match", operator: negated ? "!=" : "==", left, right: { kind: "list", elements } };
}

export function isIn(left: Expression, set: string): Statement {
	return { kind: "match", operator: "==", left, right: { kind: "named", name: set } };
}

export function verdictMap(key: Expression, map: string | readonly NftElement[]): Statement {
	const reference: SetReference =
		typeof map === "string" ? { kind: "named", name: map } : { kind: "anonymous", elements: map };
	return { kind: "vmap", key, map: reference };
}

export function verdict(of: Verdict): Statement {
	return { kind: "verdict", verdict: of };
}

export const ACCEPT_VERDICT: Statement = verdict({ kind: "accept" });
export const DROP_VERDICT: Statement = verdict({ kind: "drop" });
export const RETURN_VERDICT: Statement = verdict({ kind: "return" });

export function jumpTo(chain: string): Statement {
	return verdict({ kind: "jump", chain });
}

export function goTo(chain: string): Statement {
	return verdict({ kind: "goto", chain });
}

export const REJECT: Statement = { kind: "reject", with: null };

export function setMark(value: Expression): Statement {
	return { kind: "mangle", target: "mark", value };
}

export function dnatTo(address: Address, port: number): Statement {
	return {
		kind: "nat",
		action: "dnat",
		address: literal(addressValue(address)),
		port: literal(numberValue(port)),
		flags: [],
	};
}

export function masqueradeStatement(...flags: readonly string[]): Statement {
	return { kind: "nat", action: "masquerade", flags };
}

/** `update @SET { KEY }`. */
export function update(set: string, key: Expression): Statement {
	return { kind: "remember", operation: "update", set, key };
}

function literal(value: Scalar): Expression {
	return { kind: "value", value };
}

export function element(key: readonly Value[], value?: Verdict | readonly Scalar[], comment?: string): NftElement {
	return {
		key: key.map(part),
		...(value === undefined ? {} : { value }),
		...(comment === undefined ? {} : { comment }),
	};
}

export function nftRule(origin: Origin, ...statements: readonly Statement[]): NftRule {
	return { statements, origin };
}

export function nftChain(name: string, rules: readonly NftRule[], base?: NftBase): NftChain {
	return { name, rules, ...(base === undefined ? {} : { base }) };
}

export function nftSet(set: Omit<NftSet, "flags"> & { readonly flags?: readonly string[] }): NftSet {
	return { flags: [], ...set };
}
