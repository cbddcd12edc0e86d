/** Numbers from a generator (net/netfilter/nft_numgen.c): the network chooses. */
import { phrase } from "../../../wording/phrase.ts";
import type { RuleContext } from "../../context.ts";
import { numberValue } from "../element.ts";
import { type Worth, worth } from "../evaluation.ts";
import { numberAt, objectOf, optionalNumber, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { ExpressionExtension } from "./extension.ts";

/** `numgen random mod 3`. Counting (`inc`) is as good as random for a packet that comes at any time. */
export interface NumgenExpression {
	readonly kind: "numgen";
	readonly mode: "random" | "inc";
	readonly modulus: number;
	readonly offset: number;
}

export const numgenExtension: ExpressionExtension<NumgenExpression> = {
	words: ["numgen"],
	parse: (_, reader) => {
		const mode = reader.word();
		reader.expectWord("mod");
		const modulus = reader.number();
		return numgenOf(mode, modulus, reader.takeWord("offset") ? reader.number() : 0);
	},
	keys: ["numgen"],
	fromJson: (_, value) => {
		const numgen = objectOf(value, "numgen");
		return numgenOf(stringAt(numgen, "mode"), numberAt(numgen, "mod"), optionalNumber(numgen, "offset") ?? 0);
	},
	print: ({ mode, modulus, offset }) => `numgen ${mode} mod ${modulus}${offset === 0 ? "" : ` offset ${offset}`}`,
	toJson: ({ mode, modulus, offset }) => ({ numgen: { mode, mod: modulus, offset } }),
	types: () => ["integer"],
	evaluate: (numgen, { at }) => chosen(numgen, `numgen ${numgen.mode}`, at),
};

function numgenOf(mode: string, modulus: number, offset: number): NumgenExpression {
	if (mode !== "random" && mode !== "inc") throw new ParseFailure(phrase("no-such-mode", { text: `numgen ${mode}` }));
	return { kind: "numgen", mode, modulus, offset };
}

/** More than this are not followed one by one. */
const MOST_CHOICES = 65536;

/** One of so many, each as likely. */
export function chosen(
	of: { readonly modulus: number; readonly offset: number },
	about: string,
	at: RuleContext,
): Worth {
	const { modulus, offset } = of;
	if (modulus < 1 || modulus > MOST_CHOICES)
		return { unknown: phrase("as-written", { text: `${about} mod ${modulus}` }) };
	const index =
		modulus === 1
			? 0
			: at.choose(
					Array.from({ length: modulus }, () => 1),
					`${about} mod ${modulus}`,
				);
	return worth(numberValue(offset + index));
}
