/** `-m length` (net/netfilter/xt_length.c): the whole IPv4 packet, or the whole IPv6 packet. */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption, printRange } from "../words.ts";
import { inRange, type NegatableRange } from "./ports.ts";

export interface LengthMatch extends NegatableRange {
	readonly kind: "length";
}

const OPTIONS = ["--length"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const lengthExtension: MatchExtension<LengthMatch> = {
	kind: "length",
	module: "length",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("no-length-given"));
		return { kind: "length", ...words.range(65535), negated: words.takeNegation() };
	},
	print: (match) => printModule("length", [printOption("--length", printRange(match), match.negated)]),
	test: (match, at) => inRange(match, at.packet.length),
};
