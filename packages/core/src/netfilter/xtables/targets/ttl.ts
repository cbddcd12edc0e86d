/** TTL (IPv4) and HL (IPv6): rewrite the hop limit (net/netfilter/xt_HL.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { TargetExtension } from "../extension.ts";
import { ParseFailure } from "../words.ts";

export interface TtlTarget<Kind extends "ttl" | "hl"> {
	readonly kind: Kind;
	readonly action: "set" | "inc" | "dec";
	readonly value: number;
}

function ttlTargetExtension<Kind extends "ttl" | "hl">(kind: Kind): TargetExtension<TtlTarget<Kind>> {
	const actions = new Map([
		[`--${kind}-set`, "set"],
		[`--${kind}-inc`, "inc"],
		[`--${kind}-dec`, "dec"],
	] as const);
	const options: readonly string[] = [...actions.keys()];
	const owned = new Set(options);
	const module = kind.toUpperCase();
	return {
		kind,
		module,
		options,
		parse: (words) => {
			const action = new Map<string, TtlTarget<Kind>["action"]>(actions).get(words.option(owned) ?? "");
			if (action === undefined) throw new ParseFailure(phrase("module-without-value", { module }));
			return { kind, action, value: words.number(255) };
		},
		print: (target) => `-j ${module} --${kind}-${target.action} ${target.value}`,
		apply: () => ({ kind: "unknown", unknown: phrase("target-not-evaluated", { target: module }) }),
	};
}

export const ttlTargetExtension4: TargetExtension<TtlTarget<"ttl">> = ttlTargetExtension("ttl");
export const ttlTargetExtension6: TargetExtension<TtlTarget<"hl">> = ttlTargetExtension("hl");
