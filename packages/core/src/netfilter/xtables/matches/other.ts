/** Anything that podpath does not evaluate, kept word for word. */
import { type Phrase, phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { printModule } from "../words.ts";

export interface OtherMatch {
	readonly kind: "other";
	/** What stands after `-m`; empty: `text` is the rest of a rule that was not understood. */
	readonly module: string;
	readonly text: string;
	/** Of a rule that podpath makes itself: what cannot be said. */
	readonly why?: Phrase;
}

export const otherExtension: MatchExtension<OtherMatch> = {
	kind: "other",
	module: null,
	options: [],
	/** Stands at the module's name, and takes every word up to the end. */
	parse: (words) => {
		const module = words.value();
		const text = words.text(words.position, words.length);
		words.position = words.length;
		return { kind: "other", module, text };
	},
	print: (match) => (match.module === "" ? match.text : printModule(match.module, [match.text])),
	test: (match) => ({
		unknown:
			match.why ??
			(match.module === ""
				? phrase("text-not-understood", { text: match.text })
				: phrase("match-not-evaluated", { match: match.module })),
	}),
};
