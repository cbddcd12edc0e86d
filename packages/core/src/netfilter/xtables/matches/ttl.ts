/** `-m ttl` (IPv4) and `-m hl` (IPv6) (net/netfilter/xt_hl.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";

export interface TtlMatch<Kind extends "ttl" | "hl"> {
	readonly kind: Kind;
	readonly comparison: "eq" | "lt" | "gt";
	readonly value: number;
	readonly negated: boolean;
}

function ttlExtension<Kind extends "ttl" | "hl">(kind: Kind): MatchExtension<TtlMatch<Kind>> {
	const options = [`--${kind}-eq`, `--${kind}-lt`, `--${kind}-gt`, `--${kind}`];
	const owned = new Set(options);
	return {
		kind,
		module: kind,
		options,
		parse: (words) => {
			const name = words.option(owned);
			if (name === null) throw new ParseFailure(phrase("no-limit-given"));
			const comparison = name.endsWith("-lt") ? "lt" : name.endsWith("-gt") ? "gt" : "eq";
			const value = words.number(255);
			// Only equality can be inverted.
			return { kind, comparison, value, negated: comparison === "eq" && words.takeNegation() };
		},
		print: (match) =>
			printModule(kind, [printOption(`--${kind}-${match.comparison}`, String(match.value), match.negated)]),
		test: (match, at) => {
			const { ttl } = at.packet;
			if (match.comparison === "lt") return ttl < match.value;
			if (match.comparison === "gt") return ttl > match.value;
			return (ttl === match.value) !== match.negated;
		},
	};
}

export const ttlExtension4: MatchExtension<TtlMatch<"ttl">> = ttlExtension("ttl");
export const ttlExtension6: MatchExtension<TtlMatch<"hl">> = ttlExtension("hl");
