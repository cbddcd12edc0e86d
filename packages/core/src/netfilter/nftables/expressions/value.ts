/** A value that stands in a rule as it is. */
import type { KeyPart } from "../element.ts";
import { partToJson, showPart } from "../value-text.ts";
import type { ExpressionExtension } from "./extension.ts";

export interface ValueExpression {
	readonly kind: "value";
	/** Ranges and prefixes only where an address or port is rewritten to one of them. */
	readonly value: KeyPart;
}

export const valueExtension: ExpressionExtension<ValueExpression> = {
	words: [],
	parse: (_, reader, types) => ({ kind: "value", value: reader.keyPart(types[0]) }),
	keys: [],
	fromJson: (_, value, reader, types) => ({ kind: "value", value: reader.keyPart(value, types[0]) }),
	print: ({ value }, _, types) => showPart(value, types[0]),
	toJson: ({ value }, _, types) => partToJson(value, types[0], "|"),
	types: () => [undefined],
	evaluate: ({ value }) => ({ kind: "parts", parts: [value] }),
};
