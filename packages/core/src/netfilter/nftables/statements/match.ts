/** Comparisons and look-ups in sets (net/netfilter/nft_cmp.c, nft_range.c, nft_lookup.c). */

import { type Phrase, phrase } from "../../../wording/phrase.ts";
import { CONTINUE, isUnknowable, negateIf, type Truth } from "../../context.ts";
import { isBits, numberOf, type TypeName } from "../datatype.ts";
import { isScalar, type KeyPart, type NftElement } from "../element.ts";
import { type Evaluation, isUnknown, type Parts } from "../evaluation.ts";
import type { Printer } from "../expressions/extension.ts";
import { presence } from "../expressions/fib.ts";
import { isList, isObject, type Json, objectOf, stringAt } from "../json/json.ts";
import { covers, lookUp, order } from "../look-up.ts";
import { DEEPEST_EXPRESSION, ParseFailure } from "../parse-failure.ts";
import { printReference, referenceToJson } from "../reference.ts";
import type { Expression } from "../statement.ts";
import { keyToJson, partToJson, showPart } from "../value-text.ts";
import type { StatementExtension } from "./extension.ts";

/** The right side of a match. */
export type Operand =
	| { readonly kind: "parts"; readonly parts: readonly KeyPart[] }
	/** Several values, one of which must be it: `{ 80, 443 }`. */
	| { readonly kind: "list"; readonly elements: readonly NftElement[] }
	| { readonly kind: "named"; readonly name: string }
	| { readonly kind: "expression"; readonly expression: Expression };

/** `in`: some of these bits are set, as `ct state new` asks; `!`: none is. */
export type MatchOperator = "==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "!";

export interface MatchStatement {
	readonly kind: "match";
	readonly operator: MatchOperator;
	readonly left: Expression;
	readonly right: Operand;
}

const OPERATORS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">=", "in", "!"]);

export const matchExtension: StatementExtension<MatchStatement> = {
	words: [],
	parse: () => {
		throw new ParseFailure(phrase("comparison-without-left"));
	},
	keys: ["match"],
	fromJson: (_, value, reader) => {
		const of = objectOf(value, "match");
		const operator = stringAt(of, "op");
		if (!isOperator(operator)) throw new ParseFailure(phrase("no-operator", { text: operator }));
		const left = reader.expression(of.left);
		return { kind: "match", operator, left, right: reader.operand(of.right, reader.types(left)) };
	},
	print: (match, printer) => {
		const sign = match.operator === "in" || isImplied(match, printer) ? "" : `${match.operator} `;
		return `${printer.expression(match.left)} ${sign}${printOperand(match, printer)}`;
	},
	toJson: (match, printer) => ({
		match: { op: match.operator, left: printer.toJson(match.left), right: operandToJson(match, printer) },
	}),
	run: (match, run) => {
		const truth = matches(match, run);
		if (isUnknowable(truth)) return { kind: "unknown", unknown: truth.unknown };
		return truth ? CONTINUE : null;
	},
};

export function isOperator(text: string): text is MatchOperator {
	return OPERATORS.has(text);
}

/** Whether nft reads `==` where nothing stands: not before flags, and not after an operator. */
function isImplied({ operator, left, right }: MatchStatement, printer: Printer): boolean {
	if (operator !== "==") return false;
	if (right.kind === "list" || right.kind === "named") return true;
	return left.kind !== "binary" && !isBits(printer.types(left)[0]);
}

/** The types that the right side is written in. */
export function operandTypes(
	left: Expression,
	types: readonly TypeName[],
	first: string | undefined,
): readonly TypeName[] {
	return left.kind === "fib" && (first === "missing" || first === "exists") ? ["boolean"] : types;
}

function typesFor({ left, right }: MatchStatement, printer: Printer): readonly TypeName[] {
	const first = right.kind === "parts" ? right.parts[0] : undefined;
	return operandTypes(left, printer.types(left), first?.kind === "word" ? first.word : undefined);
}

function printOperand(match: MatchStatement, printer: Printer): string {
	const { right, operator } = match;
	const types = typesFor(match, printer);
	switch (right.kind) {
		case "parts": {
			const separator = operator === "in" || operator === "!" ? "," : " | ";
			return right.parts.map((part, i) => showPart(part, types[i], separator)).join(" . ");
		}
		case "list":
			return printReference({ kind: "anonymous", elements: right.elements }, types, []);
		case "named":
			return `@${right.name}`;
		case "expression":
			return printer.expression(right.expression, types);
	}
}

function operandToJson(match: MatchStatement, printer: Printer): Json {
	const { right, operator } = match;
	const types = typesFor(match, printer);
	switch (right.kind) {
		case "parts": {
			if (right.parts.length !== 1) return keyToJson(right.parts, types);
			return partToJson(right.parts[0] as KeyPart, types[0], operator === "in" || operator === "!" ? undefined : "|");
		}
		case "list":
			return referenceToJson({ kind: "anonymous", elements: right.elements }, types, []);
		case "named":
			return `@${right.name}`;
		case "expression":
			return printer.toJson(right.expression, types);
	}
}

/** The bits of a value that JSON gives as a list, or joined with `|`, perhaps two by two. */
export function bitsOfJson(json: Json | undefined, depth = 0): readonly Json[] | undefined {
	if (depth > DEEPEST_EXPRESSION) return undefined;
	if (isList(json)) return json;
	if (!isObject(json) || !isList(json["|"])) return undefined;
	return json["|"].flatMap((each) => bitsOfJson(each, depth + 1) ?? [each]);
}

function matches({ operator, left, right }: MatchStatement, run: Evaluation): Truth {
	const asked = run.evaluate(left);
	const value = left.kind === "fib" && asksPresence(right) ? presence(asked) : asked;
	if (isUnknown(value)) return value;
	// A field that the packet does not have: nft's implicit dependency fails, whatever the operator.
	if (value.kind === "absent") return false;
	if (right.kind === "list" || right.kind === "named") return negateIf(operator === "!=", isListed(value, right, run));
	const other: readonly KeyPart[] | Phrase = right.kind === "parts" ? right.parts : partsOf(right.expression, run);
	if ("phrase" in other) return { unknown: other };
	if (operator === "in" || operator === "!") {
		const type = bitType(left);
		if (type !== undefined) return negateIf(operator === "!", someBit(value, other[0], type));
	}
	switch (operator) {
		case "==":
		case "in":
			return isEqual(value, other);
		case "!=":
		case "!":
			return negateIf(true, isEqual(value, other));
		default:
			return compares(value, operator, other[0]);
	}
}

function asksPresence(right: Operand): boolean {
	if (right.kind !== "parts") return false;
	const [first] = right.parts;
	return first?.kind === "word" && (first.word === "missing" || first.word === "exists");
}

function partsOf(expression: Expression, run: Evaluation): readonly KeyPart[] | Phrase {
	const worth = run.evaluate(expression);
	if (isUnknown(worth)) return worth.unknown;
	if (worth.kind === "absent" || worth.unknownBits !== undefined) return phrase("no-value");
	return worth.parts;
}

/** The type whose bits `in` asks for: only these expressions have one. */
function bitType(left: Expression): TypeName {
	if (left.kind === "ct") return left.key === "state" ? "ct_state" : left.key === "status" ? "ct_status" : undefined;
	return left.kind === "payload" && left.field === "flags" ? "tcp_flag" : undefined;
}

function someBit(value: Parts, wanted: KeyPart | undefined, type: TypeName): Truth {
	const [only] = value.parts;
	const has = only !== undefined && isScalar(only) ? numberOf(only, type) : undefined;
	const mask = wanted !== undefined && isScalar(wanted) ? numberOf(wanted, type) : undefined;
	if (has === undefined || mask === undefined) return { unknown: phrase("flags-no-number") };
	const unsure = value.unknownBits ?? 0;
	if ((has & mask & ~unsure) !== 0) return true;
	return (mask & unsure) === 0 ? false : { unknown: phrase("bits-of-status") };
}

function isListed(value: Parts, right: Extract<Operand, { kind: "list" | "named" }>, run: Evaluation): Truth {
	if (right.kind === "list") {
		const found = lookUp({ kind: "anonymous", elements: right.elements }, value, run.table);
		return found !== undefined && "unknown" in found ? found : found !== undefined;
	}
	const found = lookUp(right, value, run.table);
	if (found !== undefined && "unknown" in found) return found;
	if (found !== undefined) return true;
	const flags = run.table.sets.get(right.name)?.flags ?? [];
	// Versions of nft leave "dynamic" out of their JSON; what times out was put there by packets too.
	if (flags.includes("dynamic") || flags.includes("timeout")) {
		run.at.assume("dynamic-set", phrase("dynamic-set", { set: right.name, table: run.table.name }));
	}
	return false;
}

function isEqual(value: Parts, other: readonly KeyPart[]): Truth {
	if (other.length !== value.parts.length) return { unknown: phrase("lengths-differ") };
	if (value.unknownBits !== undefined) return { unknown: phrase("whole-status") };
	for (const [i, part] of other.entries()) {
		const held = covers(part, value.parts[i]);
		if (held === undefined) return { unknown: phrase("no-order") };
		if (!held) return false;
	}
	return true;
}

function compares(value: Parts, operator: "<" | ">" | "<=" | ">=", bound: KeyPart | undefined): Truth {
	const [only] = value.parts;
	const comparable = only !== undefined && isScalar(only) && bound !== undefined && isScalar(bound);
	const difference = comparable && value.unknownBits === undefined ? order(only, bound) : Number.NaN;
	if (Number.isNaN(difference)) return { unknown: phrase("comparison-with", { operator }) };
	switch (operator) {
		case "<":
			return difference < 0;
		case ">":
			return difference > 0;
		case "<=":
			return difference <= 0;
		case ">=":
			return difference >= 0;
	}
}
