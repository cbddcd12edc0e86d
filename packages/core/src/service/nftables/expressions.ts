/** The expressions and statements that kube-proxy's rules are made of, besides those that netfilter/nftables/build.ts has. */
import { type Address, addressBits } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import { fib, is, meta, payload } from "../../netfilter/nftables/build.ts";
import { wordValue } from "../../netfilter/nftables/element.ts";
import type { NftRule } from "../../netfilter/nftables/ruleset.ts";
import type { Expression, Statement } from "../../netfilter/nftables/statement.ts";
import type { Origin } from "../../origin/origin.ts";

export const L4PROTO: Expression = meta("l4proto");
export const MARK: Expression = meta("mark");
/** `th dport`: the port of whichever transport. */
export const DPORT: Expression = payload("th", "dport");

export const CT_STATE_NEW: Statement = {
	kind: "match",
	operator: "in",
	left: { kind: "ct", key: "state" },
	right: { kind: "parts", parts: [wordValue("new")] },
};

/** `fib saddr type local` */
export function fibLocal(of: "saddr" | "daddr"): Statement {
	return is(fib("type", of), "local");
}

/** A block, or an address where it is just one. */
export function block(prefix: Prefix): Prefix | Address {
	return prefix.length === addressBits(prefix.family) ? prefix.address : prefix;
}

/** A rule with nft's own comment. */
export function commentedRule(origin: Origin, statements: readonly Statement[], comment: string): NftRule {
	return { statements, comment, origin };
}
