/** `-m limit`: a bucket of tokens that all packets share (net/netfilter/xt_limit.c). */

import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { printModule } from "../words.ts";

export interface LimitMatch {
	readonly kind: "limit";
	/** As printed: `5/min`. */
	readonly rate: string;
	readonly burst: number;
}

const OPTIONS = ["--limit", "--limit-burst"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const limitExtension: MatchExtension<LimitMatch> = {
	kind: "limit",
	module: "limit",
	options: OPTIONS,
	parse: (words) => {
		// The defaults of iptables-extensions(8).
		let match: LimitMatch = { kind: "limit", rate: "3/hour", burst: 5 };
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			match = name === "--limit" ? { ...match, rate: words.value() } : { ...match, burst: words.number(0xffffffff) };
		}
		return match;
	},
	// iptables-save leaves out a burst of 5; it may also be said.
	print: (match) =>
		printModule("limit", [`--limit ${match.rate}`, match.burst === 5 ? "" : `--limit-burst ${match.burst}`]),
	test: (match, at) => {
		at.assume("limit-not-reached", phrase("limit-not-reached", { rate: match.rate }));
		return true;
	},
};
