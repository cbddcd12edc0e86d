/** `-m policy`: the IPsec transformations of a packet (net/netfilter/xt_policy.c). */

import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule } from "../words.ts";

export interface PolicyMatch {
	readonly kind: "policy";
	readonly direction: "in" | "out";
	/** `none`: no transformation at all. */
	readonly policy: "none" | "ipsec";
	/** What is asked of the transformations, as written: `--strict --reqid 1 …`. */
	readonly elements: string;
}

const OWN = ["--dir", "--pol"] as const;
const OWNED: ReadonlySet<string> = new Set(OWN);
const ELEMENTS = [
	"--strict",
	"--reqid",
	"--spi",
	"--proto",
	"--mode",
	"--tunnel-src",
	"--tunnel-dst",
	"--next",
] as const;
const OWNED_ELEMENTS: ReadonlySet<string> = new Set(ELEMENTS);

export const policyExtension: MatchExtension<PolicyMatch> = {
	kind: "policy",
	module: "policy",
	options: [...OWN, ...ELEMENTS],
	parse: (words) => {
		let direction: PolicyMatch["direction"] | null = null;
		let policy: PolicyMatch["policy"] | null = null;
		const elements: string[] = [];
		for (;;) {
			const element = words.optionText(OWNED_ELEMENTS);
			if (element !== null) {
				elements.push(element);
				continue;
			}
			const name = words.option(OWNED);
			if (name === null) break;
			const value = words.value();
			if (name === "--dir" && (value === "in" || value === "out")) direction = value;
			else if (name === "--pol" && (value === "none" || value === "ipsec")) policy = value;
			else throw new ParseFailure(phrase("is-no", { text: value, what: name.slice(2) }));
		}
		if (direction === null || policy === null) throw new ParseFailure(phrase("dir-and-pol"));
		return { kind: "policy", direction, policy, elements: elements.join(" ") };
	},
	print: ({ direction, policy, elements }) =>
		printModule("policy", [`--dir ${direction}`, `--pol ${policy}`, elements]),
	/** Packets here are in no IPsec tunnel: the input holds no `ip xfrm`, which it would have to. */
	test: ({ policy }, at) => {
		at.assume("no-ipsec", phrase("no-ipsec"));
		return policy === "none";
	},
};
