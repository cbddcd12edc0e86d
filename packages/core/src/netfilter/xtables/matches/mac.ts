/** `-m mac` (net/netfilter/xt_mac.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

/** The link-layer source address: lower-case, with colons. */
export interface MacMatch {
	readonly kind: "mac";
	readonly address: string;
	readonly negated: boolean;
}

const OPTIONS = ["--mac-source"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const macExtension: MatchExtension<MacMatch> = {
	kind: "mac",
	module: "mac",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("no-mac-given"));
		const address = words.value().toLowerCase();
		if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(address)) throw new ParseFailure(phrase("is-no-mac", { text: address }));
		return { kind: "mac", address, negated: words.takeNegation() };
	},
	print: (match) => printModule("mac", [printOption("--mac-source", match.address, match.negated)]),
	// A packet without a link-layer header matches neither way.
	test: (match, at) => at.sourceMac !== null && (at.sourceMac === match.address) !== match.negated,
};
