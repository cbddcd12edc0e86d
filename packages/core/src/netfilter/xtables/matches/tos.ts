/** `-m tos` (net/netfilter/xt_dscp.c, tos_mt). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

/** `(tos & mask) == value`. */
export interface TosMatch {
	readonly kind: "tos";
	readonly value: number;
	readonly mask: number;
	readonly negated: boolean;
}

const OPTIONS = ["--tos"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const tosExtension: MatchExtension<TosMatch> = {
	kind: "tos",
	module: "tos",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("none-given", { what: "TOS" }));
		const { value, mask } = words.masked(0xff);
		return { kind: "tos", value, mask, negated: words.takeNegation() };
	},
	print: (match) => printModule("tos", [printOption("--tos", printTos(match.value, match.mask), match.negated)]),
	test: () => ({ unknown: phrase("of-packet-unknown", { what: "TOS" }) }),
};

/** `0x10/0x3f`, two digits each. */
export function printTos(value: number, mask: number): string {
	return `0x${byte(value)}/0x${byte(mask)}`;
}

function byte(value: number): string {
	return value.toString(16).padStart(2, "0");
}
