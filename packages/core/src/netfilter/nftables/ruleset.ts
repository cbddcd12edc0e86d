/** nftables: tables, chains, sets and maps as `nft -j list ruleset` has them. */
import type { Origin } from "../../origin/origin.ts";

export type NftFamily = "ip" | "ip6" | "inet" | "arp" | "bridge" | "netdev";

export interface NftTable {
	readonly family: NftFamily;
	readonly name: string;
	readonly origin: Origin;
}

export interface NftRuleset {
	readonly tables: readonly NftTable[];
}

export const EMPTY_RULESET: NftRuleset = { tables: [] };
