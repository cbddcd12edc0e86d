/** `-m comment`: always true (net/netfilter/xt_comment.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption, quote } from "../words.ts";

export interface CommentMatch {
	readonly kind: "comment";
	readonly text: string;
}

const OPTIONS = ["--comment"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const commentExtension: MatchExtension<CommentMatch> = {
	kind: "comment",
	module: "comment",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("comment-without-text"));
		return { kind: "comment", text: words.value() };
	},
	print: (match) => printModule("comment", [printOption("--comment", quote(match.text))]),
	test: () => true,
};
