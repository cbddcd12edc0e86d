/** TOS and DSCP: rewrite the traffic class (net/netfilter/xt_DSCP.c). */

import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE, type Effect, type RuleContext } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";
import { printDscp } from "../matches/dscp.ts";
import { printTos } from "../matches/tos.ts";
import { ParseFailure } from "../words.ts";

/** `--set-tos VALUE/MASK`: the bits of `mask` are cleared, then `value` is XORed in. */
export interface TosTarget {
	readonly kind: "tos";
	readonly value: number;
	readonly mask: number;
}

export interface DscpTarget {
	readonly kind: "dscp";
	readonly value: number;
}

const TOS_OPTIONS = ["--set-tos", "--or-tos", "--and-tos", "--xor-tos"] as const;
const TOS_OWNED: ReadonlySet<string> = new Set(TOS_OPTIONS);

export const tosTargetExtension: TargetExtension<TosTarget> = {
	kind: "tos",
	module: "TOS",
	options: TOS_OPTIONS,
	parse: (words) => {
		const name = words.option(TOS_OWNED);
		if (name === null) throw new ParseFailure(phrase("module-without-value", { module: "TOS" }));
		const { value, mask } = words.masked(0xff);
		if (name === "--set-tos") return { kind: "tos", value, mask };
		if (name === "--or-tos") return { kind: "tos", value, mask: value };
		if (name === "--and-tos") return { kind: "tos", value: 0, mask: ~value & 0xff };
		return { kind: "tos", value, mask: 0 };
	},
	print: ({ value, mask }) => `-j TOS --set-tos ${printTos(value, mask)}`,
	apply: (_, at) => rewritten(at),
};

const DSCP_OPTIONS = ["--set-dscp"] as const;
const DSCP_OWNED: ReadonlySet<string> = new Set(DSCP_OPTIONS);

export const dscpTargetExtension: TargetExtension<DscpTarget> = {
	kind: "dscp",
	module: "DSCP",
	options: DSCP_OPTIONS,
	parse: (words) => {
		if (words.option(DSCP_OWNED) === null) throw new ParseFailure(phrase("module-without-value", { module: "DSCP" }));
		return { kind: "dscp", value: words.number(63) };
	},
	print: ({ value }) => `-j DSCP --set-dscp ${printDscp(value)}`,
	apply: (_, at) => rewritten(at),
};

function rewritten(at: RuleContext): Effect {
	at.assume("traffic-class-not-followed", phrase("traffic-class-not-followed"));
	return CONTINUE;
}
