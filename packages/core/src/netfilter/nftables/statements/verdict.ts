/** What becomes of the packet (net/netfilter/nft_immediate.c; enum nft_verdicts). */
import { phrase } from "../../../wording/phrase.ts";
import { ACCEPT, CONTINUE, DROP, type Effect, RETURN } from "../../context.ts";
import { isObject, type Json, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import type { StatementExtension } from "./extension.ts";

export type Verdict =
	| { readonly kind: "accept" }
	| { readonly kind: "drop" }
	| { readonly kind: "continue" }
	| { readonly kind: "return" }
	| { readonly kind: "jump"; readonly chain: string }
	| { readonly kind: "goto"; readonly chain: string };

export interface VerdictStatement {
	readonly kind: "verdict";
	readonly verdict: Verdict;
}

export const VERDICT_WORDS = ["accept", "drop", "continue", "return", "jump", "goto"] as const;

export const verdictExtension: StatementExtension<VerdictStatement> = {
	words: VERDICT_WORDS,
	parse: (word, reader) => ({ kind: "verdict", verdict: verdictOf(word, () => reader.word()) }),
	keys: VERDICT_WORDS,
	fromJson: (key, value) => ({ kind: "verdict", verdict: verdictFromJson({ [key]: value }) }),
	print: ({ verdict }) => printVerdict(verdict),
	toJson: ({ verdict }) => verdictToJson(verdict),
	run: ({ verdict }) => effectOf(verdict),
};

/** The verdict that a word begins; `target` reads the chain of those that have one. */
export function verdictOf(word: string, target: () => string): Verdict {
	switch (word) {
		case "accept":
		case "drop":
		case "continue":
		case "return":
			return { kind: word };
		case "jump":
		case "goto":
			return { kind: word, chain: target() };
		default:
			throw new ParseFailure(phrase("no-verdict-named", { text: word }));
	}
}

export function verdictFromJson(json: Json): Verdict {
	const entries = isObject(json) ? Object.entries(json) : [];
	const [entry] = entries;
	if (entry === undefined || entries.length !== 1) throw new ParseFailure(phrase("no-verdict"));
	const [key, value] = entry;
	return verdictOf(key, () => {
		if (!isObject(value)) throw new ParseFailure(phrase("without-target", { text: key }));
		return stringAt(value, "target");
	});
}

export function printVerdict(verdict: Verdict): string {
	return "chain" in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

export function verdictToJson(verdict: Verdict): Json {
	return { [verdict.kind]: "chain" in verdict ? { target: verdict.chain } : null };
}

export function effectOf(verdict: Verdict): Effect {
	switch (verdict.kind) {
		case "accept":
			return ACCEPT;
		case "drop":
			return DROP;
		case "continue":
			return CONTINUE;
		case "return":
			return RETURN;
		case "jump":
		case "goto":
			return verdict;
	}
}
