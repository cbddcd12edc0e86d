/** Addresses, policy rules, routes and neighbours of a namespace, as `ip address|rule|route|neigh` shows them. */
import type { Address, Family } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { Origin } from "../origin/origin.ts";
import type { Protocol } from "../packet/packet.ts";
import type { Said } from "../wording/phrase.ts";

/** `global`, `site`, `link`, `host`, `nowhere`, or a number as text. */
export type Scope = "global" | "site" | "link" | "host" | "nowhere" | (string & {});

/** An address on a device (`ip address`). */
export interface InterfaceAddress {
	readonly device: string;
	readonly address: Address;
	readonly prefixLength: number;
	readonly scope: Scope;
	/** The other end of a point-to-point address; then the prefix is the peer's. */
	readonly peer?: Address;
	readonly broadcast?: Address;
	/** Not the first of its subnet on the device: not chosen as a source. */
	readonly secondary: boolean;
	/** No connected route comes with it (IFA_F_NOPREFIXROUTE). */
	readonly noPrefixRoute: boolean;
	/** IPv6 only: not chosen as a source for new connections. */
	readonly deprecated?: boolean;
	readonly label?: string;
	readonly origin: Origin;
}

/** Route tables by number; these three have names in every system. */
export const TABLE_LOCAL = 255;
export const TABLE_MAIN = 254;
export const TABLE_DEFAULT = 253;

export interface PortRange {
	readonly from: number;
	readonly to: number;
}

/** What a policy rule does when it matches. */
export type RuleAction =
	| { readonly kind: "lookup"; readonly table: number }
	| { readonly kind: "goto"; readonly priority: number }
	| { readonly kind: "nop" | "blackhole" | "unreachable" | "prohibit" };

/** A policy rule (`ip rule`). Lower priorities are asked first. Absent selectors match everything. */
export interface Rule {
	readonly family: Family;
	readonly priority: number;
	/** `not`: the whole selector is inverted. */
	readonly invert: boolean;
	readonly from?: Prefix;
	readonly to?: Prefix;
	readonly fwmark?: { readonly value: number; readonly mask: number };
	readonly iif?: string;
	readonly oif?: string;
	readonly tos?: number;
	readonly protocol?: Protocol;
	readonly sport?: PortRange;
	readonly dport?: PortRange;
	readonly uidRange?: PortRange;
	/** Routes found with a prefix this short or shorter do not count. */
	readonly suppressPrefixLength?: number;
	/** Words of the rule that were not understood, or why it is not known what it does. */
	readonly notUnderstood?: Said;
	readonly action: RuleAction;
	readonly origin: Origin;
}

/** The types of routes of rtnetlink. */
export type RouteType =
	| "unicast"
	| "local"
	| "broadcast"
	| "anycast"
	| "multicast"
	| "blackhole"
	| "unreachable"
	| "prohibit"
	| "throw";

export interface NextHop {
	/** Absent: the destination is on the link itself. It may be of the other family (`via inet6`). */
	readonly gateway?: Address;
	readonly device?: string;
	/** The gateway is taken to be on the link even where no route says so. */
	readonly onlink: boolean;
	/** Share among several next hops: 1 is the usual. */
	readonly weight: number;
	/** The kernel holds it unusable (flag `dead`). */
	readonly dead?: boolean;
	/** Its device has no carrier (flag `linkdown`): passed over only where `ignore_routes_with_linkdown` says so. */
	readonly linkDown?: boolean;
}

/** A route (`ip route show table all`). Several next hops are ECMP. */
export interface Route {
	readonly family: Family;
	readonly table: number;
	readonly type: RouteType;
	readonly destination: Prefix;
	/** `kernel`, `boot`, `static`, `bird`, `ra` … or a number as text. */
	readonly protocol: string;
	readonly scope: Scope;
	/** Lower is preferred. */
	readonly metric: number;
	readonly tos?: number;
	/** `src`: the source address of packets that have none yet. */
	readonly preferredSource?: Address;
	/** Empty for routes that lead nowhere (blackhole …). */
	readonly nextHops: readonly NextHop[];
	readonly mtu?: number;
	/** Words of the route that were not understood (encap, nhid …): where it leads is then not known. */
	readonly notUnderstood?: string;
	readonly origin: Origin;
}

export type NeighbourState =
	| "permanent"
	| "noarp"
	| "reachable"
	| "stale"
	| "delay"
	| "probe"
	| "incomplete"
	| "failed"
	| "none";

/** A neighbour (`ip neigh`, `ip neigh show proxy`). A proxy entry has no MAC: this namespace answers for the address. */
export interface Neighbour {
	readonly family: Family;
	readonly device: string;
	readonly address: Address;
	readonly mac: string | null;
	readonly state: NeighbourState;
	readonly proxy: boolean;
	readonly origin: Origin;
}

/** A forwarding entry of a bridge or VXLAN device (`bridge fdb`). */
export interface FdbEntry {
	readonly device: string;
	readonly mac: string;
	readonly vlan?: number;
	/** The entry belongs to the bridge that owns `device`. */
	readonly master?: string;
	/** VXLAN: the VTEP that has this MAC. */
	readonly destination?: Address;
	readonly port?: number;
	readonly vni?: number;
	readonly via?: string;
	/** The device itself holds it (not its bridge). */
	readonly self: boolean;
	/** `permanent` on a bridge port means: this is the bridge's own address. */
	readonly state: "permanent" | "static" | "dynamic";
	readonly origin: Origin;
}
