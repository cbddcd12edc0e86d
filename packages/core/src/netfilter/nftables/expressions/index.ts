/** All kinds of expressions. Whoever adds one adds its file and a line here and in statement.ts. */
import type { Expression } from "../statement.ts";
import { binaryExtension } from "./binary.ts";
import { concatenationExtension } from "./concatenation.ts";
import { ctExtension } from "./ct.ts";
import type { ExpressionExtension } from "./extension.ts";
import { fibExtension } from "./fib.ts";
import { hashExtension } from "./hash.ts";
import { mapExtension } from "./map.ts";
import { metaExtension } from "./meta.ts";
import { numgenExtension } from "./numgen.ts";
import { otherExtension } from "./other.ts";
import { payloadExtension } from "./payload.ts";
import { valueExtension } from "./value.ts";

const EXTENSIONS: { readonly [Kind in Expression["kind"]]: ExpressionExtension<Extract<Expression, { kind: Kind }>> } =
	{
		value: valueExtension,
		payload: payloadExtension,
		meta: metaExtension,
		ct: ctExtension,
		fib: fibExtension,
		numgen: numgenExtension,
		hash: hashExtension,
		concatenation: concatenationExtension,
		binary: binaryExtension,
		map: mapExtension,
		other: otherExtension,
	};

/** What belongs to the kind of an expression. */
export function expressionExtension(of: Expression): ExpressionExtension<Expression> {
	return EXTENSIONS[of.kind] as ExpressionExtension<Expression>;
}

/** Which kind begins with a word of text. */
export const BY_WORD: ReadonlyMap<string, ExpressionExtension<Expression>> = new Map(
	Object.values(EXTENSIONS).flatMap((each) =>
		each.words.map((word) => [word, each as ExpressionExtension<Expression>] as const),
	),
);

/** Which kind has a key of JSON. */
export const BY_KEY: ReadonlyMap<string, ExpressionExtension<Expression>> = new Map(
	Object.values(EXTENSIONS).flatMap((each) =>
		each.keys.map((key) => [key, each as ExpressionExtension<Expression>] as const),
	),
);

export const VALUE: ExpressionExtension<Expression> = valueExtension as ExpressionExtension<Expression>;
