/**
 * How a namespace is put together: each component (the CNI, kube-proxy, the fabric, the administrator) contributes its
 * entries, and `assembleNamespace` (assemble.ts) adds what the kernel makes of them.
 */
import type { Family } from "../address/address.ts";
import type { Ipset } from "../netfilter/ipset.ts";
import type { NftTable } from "../netfilter/nftables/ruleset.ts";
import type { XtChain, XtRule, XtTableName } from "../netfilter/xtables/table.ts";
import type { Assumption } from "./assumption.ts";
import type { FdbEntry, InterfaceAddress, Neighbour, Route, Rule } from "./ip.ts";
import type { VirtualServer } from "./ipvs.ts";
import type { BridgePort, Link } from "./link.ts";
import type { PolicyStage } from "./policy-stage.ts";
import type { TcFilter, TcQdisc } from "./tc.ts";

/** Rules for one iptables table. */
export interface XtContribution {
	readonly family: Family;
	readonly table: XtTableName;
	/** Chains of its own. The map may be shared by many namespaces and may make its chains on demand. */
	readonly chains: ReadonlyMap<string, XtChain>;
	/** Rules in built-in chains, in the order in which the component writes them. */
	readonly hooks: readonly XtHookRule[];
}

export interface XtHookRule {
	readonly chain: "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";
	/** `insert`: before everything that is there (`-I`); `append`: at the end (`-A`). */
	readonly how: "insert" | "append";
	readonly rule: XtRule;
}

/** A device that another component made, taken as a port of a bridge. */
export interface Enslaved {
	readonly device: string;
	readonly master: string;
	readonly bridgePort: BridgePort;
}

/** What one component adds. Absent: nothing of that sort. */
export interface Contribution {
	readonly links?: readonly Link[];
	readonly enslaved?: readonly Enslaved[];
	readonly addresses?: readonly InterfaceAddress[];
	readonly rules?: readonly Rule[];
	readonly routes?: readonly Route[];
	readonly neighbours?: readonly Neighbour[];
	readonly fdb?: readonly FdbEntry[];
	readonly xtables?: readonly XtContribution[];
	readonly nftables?: readonly NftTable[];
	readonly ipsets?: ReadonlyMap<string, Ipset>;
	readonly ipvs?: readonly VirtualServer[];
	readonly tcQdiscs?: readonly TcQdisc[];
	readonly tcFilters?: readonly TcFilter[];
	readonly policyStages?: readonly PolicyStage[];
	/** Keys as `sysctl -a` prints them. A later contribution overrides an earlier one. */
	readonly sysctls?: ReadonlyMap<string, string>;
	/** What was taken for granted about it. */
	readonly assumptions?: readonly Assumption[];
}
