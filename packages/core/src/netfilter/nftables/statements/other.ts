/** Statements that are not evaluated: kept as they were, and whoever meets them answers "unknown". */
import { phrase } from "../../../wording/phrase.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { StatementExtension } from "./extension.ts";

export interface OtherStatement {
	readonly kind: "other";
	/** nft's text or, where the JSON was not understood, that. */
	readonly text: string;
}

export const otherExtension: StatementExtension<OtherStatement> = {
	words: [],
	parse: () => {
		throw new ParseFailure(phrase("statement-not-known"));
	},
	keys: ["other"],
	fromJson: (_, value) => {
		if (typeof value !== "string") throw new ParseFailure(phrase("statement-not-known"));
		return { kind: "other", text: value };
	},
	print: ({ text }) => text,
	toJson: ({ text }) => ({ other: text }),
	run: ({ text }) => ({ kind: "unknown", unknown: phrase("statement-named", { text }) }),
};
