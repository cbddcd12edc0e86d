/** `-m dscp` (net/netfilter/xt_dscp.c, dscp_mt). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

export interface DscpMatch {
	readonly kind: "dscp";
	readonly value: number;
	readonly negated: boolean;
}

const OPTIONS = ["--dscp"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const dscpExtension: MatchExtension<DscpMatch> = {
	kind: "dscp",
	module: "dscp",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("none-given", { what: "DSCP" }));
		const value = words.number(63);
		return { kind: "dscp", value, negated: words.takeNegation() };
	},
	print: (match) => printModule("dscp", [printOption("--dscp", printDscp(match.value), match.negated)]),
	test: () => ({ unknown: phrase("of-packet-unknown", { what: "DSCP" }) }),
};

export function printDscp(value: number): string {
	return `0x${value.toString(16).padStart(2, "0")}`;
}
