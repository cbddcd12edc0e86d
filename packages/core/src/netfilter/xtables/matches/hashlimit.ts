/** `-m hashlimit`: a bucket of tokens for each source, destination … (net/netfilter/xt_hashlimit.c). */

import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

export interface HashlimitMatch {
	readonly kind: "hashlimit";
	readonly when: "upto" | "above";
	/** As printed: `5/sec`. */
	readonly rate: string;
	readonly negated: boolean;
	/** The options beside the rate, as written. */
	readonly options: string;
}

const RATES: ReadonlySet<string> = new Set(["--hashlimit-upto", "--hashlimit", "--hashlimit-above"]);
const OTHERS: ReadonlySet<string> = new Set([
	"--hashlimit-burst",
	"--hashlimit-mode",
	"--hashlimit-srcmask",
	"--hashlimit-dstmask",
	"--hashlimit-name",
	"--hashlimit-htable-size",
	"--hashlimit-htable-max",
	"--hashlimit-htable-expire",
	"--hashlimit-htable-gcinterval",
]);

export const hashlimitExtension: MatchExtension<HashlimitMatch> = {
	kind: "hashlimit",
	module: "hashlimit",
	options: [...RATES, ...OTHERS],
	parse: (words) => {
		let found: Omit<HashlimitMatch, "options"> | undefined;
		const options: string[] = [];
		for (;;) {
			const other = words.optionText(OTHERS);
			if (other !== null) {
				options.push(other);
				continue;
			}
			const name = words.option(RATES);
			if (name === null) break;
			const rate = words.value();
			const when = name === "--hashlimit-above" ? "above" : "upto";
			found = { kind: "hashlimit", when, rate, negated: words.takeNegation() };
		}
		if (found === undefined) throw new ParseFailure(phrase("no-rate-given"));
		return { ...found, options: options.join(" ") };
	},
	print: (match) =>
		printModule("hashlimit", [printOption(`--hashlimit-${match.when}`, match.rate, match.negated), match.options]),
	test: (match, at) => {
		at.assume("limit-not-reached", phrase("limit-not-reached", { rate: match.rate }));
		return (match.when === "upto") !== match.negated;
	},
};
