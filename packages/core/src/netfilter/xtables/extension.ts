/**
 * What one match or target of iptables is to podpath: its data, its text both ways, and its meaning, all in one file.
 *
 * To add one: write `matches/NAME.ts` (or `targets/NAME.ts`) after the manual page iptables-extensions(8) and the
 * kernel's `net/netfilter/xt_NAME.c`, and add it to the list in `matches/index.ts` (or `targets/index.ts`). Parser,
 * printer, engine and property tests take it from there.
 */
import type { Family } from "../../address/address.ts";
import type { Effect, RuleContext, Truth } from "../context.ts";
import type { Words } from "./words.ts";

/** One option as `iptables-save` prints it (`! --dport 80`), already split into words. */
export interface MatchExtension<M extends { readonly kind: string }> {
	readonly kind: M["kind"];
	/**
	 * The name after `-m` (or `-p` for the protocols' own options), where the match is loaded by one; null for the
	 * options that every rule has (`-s`, `-d`, `-i`, `-o`, `-p`, `-f`).
	 */
	readonly module: string | null;
	/** The options that this match owns, so that the parser knows where it starts: `--dport`, `--dports` … */
	readonly options: readonly string[];
	/**
	 * Reads all options of one `-m NAME` from `words`, which stands at the first of them (some matches have none).
	 * Throws a ParseFailure (see words.ts) where the text is not what iptables-save prints.
	 */
	parse(words: Words, family: Family): M;
	/** The options as iptables-save prints them, `-m NAME` included where there is one. */
	print(match: M, family: Family): string;
	/** Whether the packet has what the match asks for. `unknown` where that cannot be told. */
	test(match: M, at: RuleContext): Truth;
}

/** A target: `-j NAME` with its options. */
export interface TargetExtension<T extends { readonly kind: string }> {
	readonly kind: T["kind"];
	/** The name after `-j`. */
	readonly module: string;
	readonly options: readonly string[];
	parse(words: Words, family: Family): T;
	/** The options as iptables-save prints them, `-j NAME` included. */
	print(target: T, family: Family): string;
	apply(target: T, at: RuleContext): Effect;
}
