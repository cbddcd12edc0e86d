/** DNAT and SNAT: the destination or source becomes one of a range (net/netfilter/xt_nat.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { TargetExtension } from "../extension.ts";
import { ParseFailure } from "../words.ts";
import { NAT_FLAGS, type NatTarget, parseEndpoints, parseNat, printEndpoints, printNatFlags } from "./nat.ts";

function addressNatExtension<Kind extends "dnat" | "snat">(kind: Kind, to: string): TargetExtension<NatTarget<Kind>> {
	const options = [to, ...NAT_FLAGS];
	const owned = new Set(options);
	const module = kind.toUpperCase();
	return {
		kind,
		module,
		options,
		parse: (words, family) => {
			const parsed = parseNat(words, owned, (text) => parseEndpoints(text, family));
			const { addresses, ports } = parsed.range;
			if (addresses === undefined && ports === undefined)
				throw new ParseFailure(phrase("module-without", { module, what: to }));
			return { kind, ...parsed };
		},
		print: (target, family) => `-j ${module} ${to} ${printEndpoints(target.range, family)}${printNatFlags(target)}`,
		apply: (target) => ({ kind: target.kind, range: target.range }) as NatTarget<"dnat"> | NatTarget<"snat">,
	};
}

export const dnatExtension: TargetExtension<NatTarget<"dnat">> = addressNatExtension("dnat", "--to-destination");
export const snatExtension: TargetExtension<NatTarget<"snat">> = addressNatExtension("snat", "--to-source");
