/** `-m mark`, of the packet, and `-m connmark`, of its connection (net/netfilter/xt_mark.c, xt_connmark.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { RuleContext } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { hex, ParseFailure, printModule, printOption } from "../words.ts";

/** `(mark & mask) == value`. */
export interface MarkMatch<Kind extends "mark" | "connmark"> {
	readonly kind: Kind;
	readonly value: number;
	readonly mask: number;
	readonly negated: boolean;
}

const OPTIONS = ["--mark"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);
export const ALL_BITS = 0xffffffff;

function markExtension<Kind extends "mark" | "connmark">(
	kind: Kind,
	of: (at: RuleContext) => number | null,
): MatchExtension<MarkMatch<Kind>> {
	return {
		kind,
		module: kind,
		options: OPTIONS,
		parse: (words) => {
			if (words.option(OWNED) === null) throw new ParseFailure(phrase("no-mark-given"));
			const { value, mask } = words.masked(ALL_BITS);
			return { kind, value, mask, negated: words.takeNegation() };
		},
		print: (match) => printModule(kind, [printOption("--mark", printMasked(match.value, match.mask), match.negated)]),
		test: (match, at) => {
			const mark = of(at);
			// Without a connection the answer is no, inverted or not.
			return mark !== null && ((mark & match.mask) >>> 0 === match.value) !== match.negated;
		},
	};
}

/** `0x4000/0x4000`; the mask is left out where every bit counts. */
export function printMasked(value: number, mask: number): string {
	return mask === ALL_BITS ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

export const markExtensionOfPacket: MatchExtension<MarkMatch<"mark">> = markExtension("mark", (at) => at.mark >>> 0);
export const markExtensionOfConnection: MatchExtension<MarkMatch<"connmark">> = markExtension("connmark", (at) => {
	const { connection } = at;
	const tracked = connection !== null && connection.state !== "invalid" && connection.state !== "untracked";
	return tracked ? connection.mark >>> 0 : null;
});
