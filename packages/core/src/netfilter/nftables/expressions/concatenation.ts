/** Several values as one key: `ip daddr . meta l4proto . th dport`. */
import { phrase } from "../../../wording/phrase.ts";
import type { KeyPart } from "../element.ts";
import { isUnknown } from "../evaluation.ts";
import { isList } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { Expression } from "../statement.ts";
import type { ExpressionExtension } from "./extension.ts";

export interface ConcatenationExpression {
	readonly kind: "concatenation";
	readonly parts: readonly Expression[];
}

export const concatenationExtension: ExpressionExtension<ConcatenationExpression> = {
	// The dot stands between the parts: the reader puts them together.
	words: [],
	parse: () => {
		throw new ParseFailure(phrase("concatenation-without-first"));
	},
	keys: ["concat"],
	fromJson: (_, value, reader, types) => {
		if (!isList(value)) throw new ParseFailure(phrase("concatenation-no-list"));
		return { kind: "concatenation", parts: value.map((part, i) => reader.expression(part, [types[i]])) };
	},
	print: ({ parts }, printer, types) => parts.map((part, i) => printer.expression(part, [types[i]])).join(" . "),
	toJson: ({ parts }, printer, types) => ({ concat: parts.map((part, i) => printer.toJson(part, [types[i]])) }),
	types: ({ parts }, { types }) => parts.flatMap((part) => types(part).slice(0, 1)),
	evaluate: ({ parts }, run) => {
		const all: KeyPart[] = [];
		for (const part of parts) {
			const value = run.evaluate(part);
			if (isUnknown(value) || value.kind === "absent") return value;
			if (value.unknownBits !== undefined) return { unknown: phrase("key-with-status") };
			all.push(...value.parts);
		}
		return { kind: "parts", parts: all };
	},
};
