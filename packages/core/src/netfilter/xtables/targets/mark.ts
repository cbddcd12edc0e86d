/** MARK (net/netfilter/xt_mark.c, mark_tg). */
import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";
import { ALL_BITS } from "../matches/mark.ts";
import { hex, ParseFailure, type Words } from "../words.ts";

/** `--set-xmark VALUE/MASK`: the bits of `mask` are cleared, then `value` is XORed in. All other forms are this one. */
export interface MarkTarget {
	readonly kind: "mark";
	readonly value: number;
	readonly mask: number;
}

export const SET_MARK_OPTIONS = ["--set-xmark", "--set-mark", "--or-mark", "--and-mark", "--xor-mark"] as const;
const OWNED: ReadonlySet<string> = new Set(SET_MARK_OPTIONS);

/** The value of one of `SET_MARK_OPTIONS`, as `--set-xmark` (iptables-extensions(8), MARK). */
export function parseXmark(name: string, words: Words): { readonly value: number; readonly mask: number } {
	const { value, mask } = words.masked(ALL_BITS);
	switch (name) {
		case "--set-xmark":
			return { value, mask };
		case "--set-mark":
			return { value, mask: (mask | value) >>> 0 };
		case "--or-mark":
			return { value, mask: value };
		case "--and-mark":
			return { value: 0, mask: ~value >>> 0 };
		default:
			return { value, mask: 0 };
	}
}

/** The mark that `--set-xmark` makes of another. */
export function applyXmark(mark: number, xmark: { readonly value: number; readonly mask: number }): number {
	return ((mark & ~xmark.mask) ^ xmark.value) >>> 0;
}

export const markTargetExtension: TargetExtension<MarkTarget> = {
	kind: "mark",
	module: "MARK",
	options: SET_MARK_OPTIONS,
	parse: (words) => {
		const name = words.option(OWNED);
		if (name === null) throw new ParseFailure(phrase("module-without-value", { module: "MARK" }));
		return { kind: "mark", ...parseXmark(name, words) };
	},
	print: ({ value, mask }) => `-j MARK --set-xmark ${hex(value)}/${hex(mask)}`,
	apply: (target, at) => {
		at.setMark(applyXmark(at.mark, target));
		return CONTINUE;
	},
};
