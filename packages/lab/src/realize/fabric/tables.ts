/** The rules of a fabric device, as iptables-save has them. */
import { type Family, type Prefix, parseXtablesSave, type XtTable } from "@podpath/core";

export interface FabricRules {
	/** `-A PREROUTING …`: what passes without losing from its TTL, by family. */
	readonly keepsTtl: Readonly<Record<Family, readonly string[]>>;
	/** `-A PREROUTING …` of the nat table, by family. */
	readonly nat: Readonly<Record<Family, readonly string[]>>;
	/** `-A FORWARD …` of the filter table, by family. */
	readonly filter: Readonly<Record<Family, readonly string[]>>;
}

/** The tables of those families that the device has addresses of; `prefixes` are where they are. */
export function fabricTables(rules: FabricRules, prefixes: readonly Prefix[]): readonly XtTable[] {
	const families = ([4, 6] as const).filter((family) => prefixes.some((prefix) => prefix.family === family));
	return families.flatMap((family) => {
		// A router takes one from the TTL, which these get back.
		const increase = family === 4 ? "-j TTL --ttl-inc 1" : "-j HL --hl-inc 1";
		const text = [
			...table(
				"mangle",
				rules.keepsTtl[family].map((rule) => `${rule} ${increase}`),
			),
			...table("nat", rules.nat[family]),
			...table("filter", rules.filter[family]),
		].join("\n");
		return parseXtablesSave(`${text}\n`, { family, file: "the lab's own rules" }).tables;
	});
}

/** The cloud is not one that packets notice: it takes nothing from their TTL. */
export const ALL_KEEP_TTL: FabricRules["keepsTtl"] = { 4: ["-A PREROUTING"], 6: ["-A PREROUTING"] };

const CHAINS = {
	mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
	nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
	filter: ["INPUT", "FORWARD", "OUTPUT"],
} as const;

function table(name: keyof typeof CHAINS, rules: readonly string[]): readonly string[] {
	if (rules.length === 0) return [];
	return [`*${name}`, ...CHAINS[name].map((chain) => `:${chain} ACCEPT [0:0]`), ...rules, "COMMIT"];
}
