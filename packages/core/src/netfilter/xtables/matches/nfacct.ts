/** `-m nfacct`: counts, and is true as long as nobody gave the counter a quota (net/netfilter/xt_nfacct.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

export interface NfacctMatch {
	readonly kind: "nfacct";
	readonly name: string;
}

const OPTIONS = ["--nfacct-name"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const nfacctExtension: MatchExtension<NfacctMatch> = {
	kind: "nfacct",
	module: "nfacct",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("nfacct-without-name"));
		return { kind: "nfacct", name: words.value() };
	},
	print: (match) => printModule("nfacct", [printOption("--nfacct-name", match.name)]),
	test: () => true,
};
