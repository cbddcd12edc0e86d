/** iptables and ip6tables tables: chains of rules, each a list of matches and a target. */
import type { Family } from "../../address/address.ts";
import type { Origin, SourcePosition } from "../../origin/origin.ts";
import type { Match } from "./matches/index.ts";
import type { RuleIndex } from "./rule-index.ts";
import type { Target } from "./targets/index.ts";

export const XT_TABLE_NAMES = ["raw", "mangle", "nat", "filter", "security"] as const;
export type XtTableName = (typeof XT_TABLE_NAMES)[number];

/** Which of the two implementations holds the table: they are separate rule sets, and a node may have both. */
export type XtBackend = "legacy" | "nft";

export interface XtTable {
	readonly family: Family;
	readonly name: XtTableName;
	readonly backend: XtBackend;
	readonly chains: ReadonlyMap<string, XtChain>;
}

export interface XtChain {
	readonly name: string;
	/** What happens at the end of a built-in chain; null: a user-defined chain, which returns to its caller. */
	readonly policy: "ACCEPT" | "DROP" | null;
	readonly rules: readonly XtRule[];
	/** Of a chain that makes its rules when they are asked for; absent: it is made of `rules`. A copy with other rules has none. */
	readonly index?: RuleIndex;
	/** Where a built-in chain's policy was read. */
	readonly source?: SourcePosition;
}

/** A rule. Matches are tried in order; all must hold. No target: the rule only counts. */
export interface XtRule {
	readonly matches: readonly Match[];
	readonly target: Target | null;
	readonly origin: Origin;
}

/** The table of this family and name, whichever backend holds it first. */
export function findTable(tables: readonly XtTable[], family: Family, name: XtTableName): XtTable | undefined {
	return tables.find((table) => table.family === family && table.name === name);
}
