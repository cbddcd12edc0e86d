/** nftables: tables, chains, sets and maps, as `nft -j list ruleset` has them (libnftables-json(5)). */
import type { Origin } from "../../origin/origin.ts";
import type { Hook } from "../hook.ts";
import type { NftElement } from "./element.ts";
import type { Statement } from "./statement.ts";

export type NftFamily = "ip" | "ip6" | "inet" | "arp" | "bridge" | "netdev";

export interface NftTable {
	readonly family: NftFamily;
	readonly name: string;
	/** May be shared by many namespaces, and may make its chains on demand. */
	readonly chains: ReadonlyMap<string, NftChain>;
	/** Named sets and maps; they have one namespace of names. */
	readonly sets: ReadonlyMap<string, NftSet>;
	/** Its base chains are not hung in (`flags dormant`). */
	readonly dormant?: boolean;
	readonly comment?: string;
	readonly origin: Origin;
}

/** Where a base chain hangs. */
export interface NftBase {
	readonly type: "filter" | "nat" | "route";
	readonly hook: Hook | "ingress" | "egress";
	/** Lower is run first; names such as `dstnat` are resolved by the parser. */
	readonly priority: number;
	readonly policy: "accept" | "drop";
	/** The devices of an ingress or egress chain. */
	readonly devices?: readonly string[];
}

export interface NftChain {
	readonly name: string;
	/** Absent: a chain that only jumps lead to. */
	readonly base?: NftBase;
	readonly comment?: string;
	readonly rules: readonly NftRule[];
}

export interface NftRule {
	/** Run in order; a match that fails ends the rule. */
	readonly statements: readonly Statement[];
	/** As `nft -a` shows it. */
	readonly handle?: number;
	readonly comment?: string;
	readonly origin: Origin;
}

export interface NftSet {
	readonly name: string;
	/** A map gives a value or a verdict for each key. */
	readonly kind: "set" | "map";
	/** Types of the key's parts: `ipv4_addr`, `inet_proto`, `inet_service` … */
	readonly keyTypes: readonly string[];
	/** Type of a map's values; `verdict` for verdict maps. */
	readonly valueType?: string;
	/** `interval`, `timeout`, `dynamic` … */
	readonly flags: readonly string[];
	readonly elements: readonly NftElement[];
	/** Seconds that elements last which say nothing else. */
	readonly timeout?: number;
	/** Most elements. */
	readonly size?: number;
	readonly comment?: string;
	readonly origin: Origin;
}

export interface NftRuleset {
	readonly tables: readonly NftTable[];
}

export const EMPTY_RULESET: NftRuleset = { tables: [] };

/** A base chain with its table. */
export interface BaseChain {
	readonly table: NftTable;
	readonly chain: NftChain;
	readonly base: NftBase;
}

const known = new WeakMap<NftRuleset, readonly BaseChain[]>();

/** The base chains of a rule set, in the order of its tables. */
export function baseChains(ruleset: NftRuleset): readonly BaseChain[] {
	let chains = known.get(ruleset);
	if (chains === undefined) {
		chains = ruleset.tables.flatMap((table) => {
			const found: BaseChain[] = [];
			if (table.dormant === true) return found;
			for (const chain of table.chains.values())
				if (chain.base !== undefined) found.push({ table, chain, base: chain.base });
			return found;
		});
		known.set(ruleset, chains);
	}
	return chains;
}
