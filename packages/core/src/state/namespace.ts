/** A network namespace: everything of one kernel stack that a packet can meet. */
import type { Ipset } from "../netfilter/ipset.ts";
import type { NftRuleset } from "../netfilter/nftables/ruleset.ts";
import type { XtTable } from "../netfilter/xtables/table.ts";
import type { SourcePosition } from "../origin/origin.ts";
import type { Said } from "../wording/phrase.ts";
import type { Assumption } from "./assumption.ts";
import type { ConntrackEntry } from "./conntrack.ts";
import type { FdbEntry, InterfaceAddress, Neighbour, Route, Rule } from "./ip.ts";
import type { VirtualServer } from "./ipvs.ts";
import type { Link } from "./link.ts";
import type { Place } from "./place.ts";
import type { PolicyStage } from "./policy-stage.ts";
import type { TcFilter, TcQdisc } from "./tc.ts";

/** The parts of a namespace, named as the files of a snapshot are. */
export const STATE_PARTS = [
	"ip-address",
	"ip-route",
	"ip-rule",
	"ip-neigh",
	"bridge-fdb",
	"bridge-vlan",
	"tc-qdisc",
	"tc-filter",
	"iptables-save",
	"ip6tables-save",
	"nft-ruleset",
	"ipvsadm-save",
	"ipset-save",
	"conntrack",
	"sysctl",
] as const;
export type StatePart = (typeof STATE_PARTS)[number];

/** A line of a dump that no parser understood. It is kept, and makes the answer `unknown` where it could matter. */
export interface NotUnderstood {
	readonly part: StatePart;
	readonly text: string;
	readonly why: Said;
	readonly source: SourcePosition;
	/** A rule, a policy or a set's element may have stood here, and nothing of it is in the state. */
	readonly lost?: true;
}

/** One network stack. Lists are in the order in which the kernel shows them. */
export interface Namespace {
	readonly place: Place;
	readonly links: readonly Link[];
	readonly addresses: readonly InterfaceAddress[];
	readonly rules: readonly Rule[];
	readonly routes: readonly Route[];
	readonly neighbours: readonly Neighbour[];
	readonly fdb: readonly FdbEntry[];
	/** iptables and ip6tables tables. A table that was never used is absent: the kernel then runs none of its chains. */
	readonly xtables: readonly XtTable[];
	readonly nftables: NftRuleset;
	readonly ipsets: ReadonlyMap<string, Ipset>;
	readonly ipvs: readonly VirtualServer[];
	readonly tcQdiscs: readonly TcQdisc[];
	readonly tcFilters: readonly TcFilter[];
	/** Absent: nothing enforces NetworkPolicies but what is in the tables. */
	readonly policyStages?: readonly PolicyStage[];
	/** What was taken for granted when it was made; the answers about it repeat that. Absent: nothing. */
	readonly assumptions?: readonly Assumption[];
	/** As `sysctl -a` prints them: a dot inside a device name is written as a slash. */
	readonly sysctls: ReadonlyMap<string, string>;
	/** The line of each, in their order, where they were read from a file. */
	readonly sysctlLines?: readonly number[];
	/** Connections that are already there. A question asks about a new one, so these matter only where they are in its way. */
	readonly conntrack: readonly ConntrackEntry[];
	/** Parts that the input does not hold. Nothing is assumed of them in silence. */
	readonly missing: ReadonlySet<StatePart>;
	/** The files that were read, by part. */
	readonly files?: ReadonlyMap<StatePart, string>;
	/** Why, where whoever collected them says so. */
	readonly whyMissing?: ReadonlyMap<StatePart, Said>;
	readonly notUnderstood: readonly NotUnderstood[];
}
