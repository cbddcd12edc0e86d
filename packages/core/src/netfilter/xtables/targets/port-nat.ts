/** MASQUERADE and REDIRECT: the address is a device's own (net/netfilter/xt_MASQUERADE.c, xt_REDIRECT.c). */
import type { TargetExtension } from "../extension.ts";
import { printRange } from "../words.ts";
import { type NatTarget, parseNat, parsePorts, printNatFlags } from "./nat.ts";

function portNatExtension<Kind extends "masquerade" | "redirect">(kind: Kind): TargetExtension<NatTarget<Kind>> {
	const options = ["--to-ports", "--random", "--random-fully"];
	const owned = new Set(options);
	const module = kind.toUpperCase();
	return {
		kind,
		module,
		options,
		parse: (words) => ({ kind, ...parseNat(words, owned, (text) => ({ ports: parsePorts(text) })) }),
		print: (target) => {
			const { ports } = target.range;
			return `-j ${module}${ports === undefined ? "" : ` --to-ports ${printRange(ports, "-")}`}${printNatFlags(target)}`;
		},
		apply: (target) => ({ kind: target.kind, range: target.range }) as NatTarget<"masquerade"> | NatTarget<"redirect">,
	};
}

export const masqueradeExtension: TargetExtension<NatTarget<"masquerade">> = portNatExtension("masquerade");
export const redirectExtension: TargetExtension<NatTarget<"redirect">> = portNatExtension("redirect");
