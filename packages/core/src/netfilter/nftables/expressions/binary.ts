/** Arithmetic with bits (net/netfilter/nft_bitwise.c). */

import { addressFromWords } from "../../../address/address.ts";
import { phrase } from "../../../wording/phrase.ts";
import { numberOf, type TypeName, typedValue } from "../datatype.ts";
import { addressValue, type KeyPart, type Scalar } from "../element.ts";
import { isUnknown, type Parts, type Worth, worth } from "../evaluation.ts";
import { isList } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { Expression } from "../statement.ts";
import type { ExpressionExtension, Printer } from "./extension.ts";

export type BinaryOperator = "&" | "|" | "^" | "<<" | ">>";

export interface BinaryExpression {
	readonly kind: "binary";
	readonly operator: BinaryOperator;
	readonly left: Expression;
	readonly right: Expression;
}

/** How strongly they bind, weakest first (src/parser_bison.y). */
export const OPERATORS: readonly Readonly<Record<string, BinaryOperator>>[] = [
	{ "|": "|", or: "|" },
	{ "^": "^", xor: "^" },
	{ "&": "&", and: "&" },
	{ "<<": "<<", ">>": ">>", lshift: "<<", rshift: ">>" },
];

export const binaryExtension: ExpressionExtension<BinaryExpression> = {
	// The operator stands between its sides: the reader puts them together.
	words: [],
	parse: () => {
		throw new ParseFailure(phrase("operator-without-left"));
	},
	keys: ["&", "|", "^", "<<", ">>"],
	fromJson: (key, value, reader, types) => {
		if (!isList(value) || value.length < 2) throw new ParseFailure(phrase("without-two-sides", { text: key }));
		const [first, ...rest] = value;
		let left = reader.expression(first, types);
		const of = left.kind === "value" ? types : reader.types(left);
		for (const each of rest) {
			left = { kind: "binary", operator: key as BinaryOperator, left, right: reader.expression(each, of) };
		}
		return left;
	},
	print: (binary, printer, types) => {
		const own = typesOf(binary, printer, types);
		return `${side(binary.left, binary.operator, "left")} ${binary.operator} ${side(binary.right, binary.operator, "right")}`;

		function side(of: Expression, operator: BinaryOperator, which: "left" | "right"): string {
			const text = printer.expression(of, own);
			if (of.kind === "value") return / \| /.test(text) ? `(${text})` : text;
			if (of.kind !== "binary") return text;
			const inner = strength(of.operator);
			const tighter = which === "left" ? inner >= strength(operator) : inner > strength(operator);
			return tighter ? text : `(${text})`;
		}
	},
	toJson: (binary, printer, types) => {
		const own = typesOf(binary, printer, types);
		return { [binary.operator]: [printer.toJson(binary.left, own), printer.toJson(binary.right, own)] };
	},
	types: (binary, printer) => typesOf(binary, printer, [undefined]),
	evaluate: ({ operator, left, right }, run) => {
		const a = run.evaluate(left);
		if (isUnknown(a) || a.kind === "absent") return a;
		const b = run.evaluate(right);
		if (isUnknown(b) || b.kind === "absent") return b;
		const type = leftmostType(left);
		return combined(operator, a, b, type);
	},
};

function strength(operator: BinaryOperator): number {
	return OPERATORS.findIndex((level) => Object.hasOwn(level, operator));
}

function typesOf(
	{ left, right }: BinaryExpression,
	printer: Pick<Printer, "types">,
	otherwise: readonly TypeName[],
): readonly TypeName[] {
	const ofLeft = left.kind === "value" ? [undefined] : printer.types(left);
	if (ofLeft[0] !== undefined) return ofLeft;
	const ofRight = right.kind === "value" ? [undefined] : printer.types(right);
	return ofRight[0] === undefined ? otherwise : ofRight;
}

/** Bits that have names: those of flags, which both sides may be given as. */
function leftmostType(expression: Expression): TypeName {
	if (expression.kind === "binary") return leftmostType(expression.left);
	if (expression.kind === "payload" && expression.field === "flags") return "tcp_flag";
	if (expression.kind !== "ct") return undefined;
	return expression.key === "state" ? "ct_state" : expression.key === "status" ? "ct_status" : undefined;
}

function combined(operator: BinaryOperator, a: Parts, b: Parts, type: TypeName): Worth {
	const left = single(a);
	const right = single(b);
	if (left?.kind === "address" && right?.kind === "address" && left.address.family === right.address.family) {
		const words = left.address.words.map((word, i) => combine(operator, word, right.address.words[i] as number));
		return worth(addressValue(addressFromWords(words)));
	}
	const x = left === undefined ? undefined : numberOf(left, type);
	const y = right === undefined ? undefined : numberOf(right, type);
	if (x === undefined || y === undefined) return { unknown: phrase("operator-no-number", { operator }) };
	const unsure = a.unknownBits ?? 0;
	const value = worth(typedValue(combine(operator, x, y), type)) as Parts;
	if (unsure === 0) return value;
	if (operator === "<<" || operator === ">>") return { unknown: phrase("operator-status", { operator }) };
	const unknownBits = operator === "&" ? (unsure & y) >>> 0 : operator === "|" ? (unsure & ~y) >>> 0 : unsure;
	return unknownBits === 0 ? value : { ...value, unknownBits };
}

function single({ parts }: Parts): Scalar | undefined {
	const [only] = parts as readonly (KeyPart | undefined)[];
	if (parts.length !== 1 || only === undefined) return undefined;
	return only.kind === "address" || only.kind === "number" || only.kind === "word" ? only : undefined;
}

function combine(operator: BinaryOperator, x: number, y: number): number {
	switch (operator) {
		case "&":
			return (x & y) >>> 0;
		case "|":
			return (x | y) >>> 0;
		case "^":
			return (x ^ y) >>> 0;
		case "<<":
			return y > 31 ? 0 : (x << y) >>> 0;
		case ">>":
			return y > 31 ? 0 : x >>> y;
	}
}
