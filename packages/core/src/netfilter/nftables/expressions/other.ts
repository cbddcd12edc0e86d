/** Expressions that are not evaluated: kept as they were, and whoever meets them answers "unknown". */
import { phrase } from "../../../wording/phrase.ts";
import { objectOf, stringAt } from "../json/json.ts";
import type { ExpressionExtension } from "./extension.ts";

export interface OtherExpression {
	readonly kind: "other";
	/** nft's text or, where the JSON was not understood, that. */
	readonly text: string;
}

/** Words, and how many more words belong to each, of expressions whose text is known to end there. */
const LENGTHS: Readonly<Record<string, number>> = { rt: 1, socket: 1, osf: 1 };

export const otherExtension: ExpressionExtension<OtherExpression> = {
	words: [...Object.keys(LENGTHS), "tcp option"],
	parse: (word, reader) => {
		let text = word;
		const more = word === "tcp option" ? 2 : (LENGTHS[word] ?? 0);
		for (let i = 0; i < more; i++) text += ` ${reader.word()}`;
		return { kind: "other", text };
	},
	keys: ["rt", "socket", "osf", "tcp option"],
	fromJson: (key, value) => {
		const of = objectOf(value, key);
		const text = key === "tcp option" ? `${stringAt(of, "name")} ${stringAt(of, "field")}` : stringAt(of, "key");
		return { kind: "other", text: `${key} ${text}` };
	},
	print: ({ text }) => text,
	toJson: ({ text }) => {
		const option = /^tcp option (\S+) (\S+)$/.exec(text);
		if (option !== null) return { "tcp option": { name: option[1] as string, field: option[2] as string } };
		const simple = /^(rt|socket|osf) (\S+)$/.exec(text);
		return simple === null ? { other: text } : { [simple[1] as string]: { key: simple[2] as string } };
	},
	types: () => [undefined],
	evaluate: ({ text }) => ({ unknown: phrase("expression-named", { text }) }),
};
