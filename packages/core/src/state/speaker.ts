/** BGP speakers and their neighbours as they are configured: plain data. One network of speakers carries one family. */
import type { Address } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";

export interface Speaker {
	/** A place: `node/a`. */
	readonly name: string;
	/** An IPv4 address, also where the routes are IPv6's. */
	readonly routerId: Address;
	readonly asn: number;
	/** Those that sessions may end at; the first is its own next hop. */
	readonly addresses: readonly Address[];
	/** Of a route reflector (RFC 4456). */
	readonly clusterId?: Address;
	/** One with its own address is passed over, so that the speakers of a full mesh share one list. */
	readonly neighbours: readonly Neighbour[];
	/** What it originates. */
	readonly networks: readonly Prefix[];
	/** Which routes it tells a neighbour, where the rules for that one say nothing. */
	readonly exports: RouteFilter;
	/** Which of the routes that it learns its kernel gets. */
	readonly kernel: RouteFilter;
	/** Of equal routes one, or all as one route. */
	readonly installs: "one-of-equal" | "all-equal";
	/** Whether both addresses are on one of its links, with sessions that are not multihop; absent: none are. */
	readonly sharesLink?: (a: Address, b: Address) => boolean;
	/** How far a next hop is, less is nearer; null: it cannot be reached. Absent: all are alike. */
	readonly distanceTo?: (nextHop: Address) => number | null;
}

/** One side of a session. */
export interface Neighbour {
	readonly address: Address;
	/** The other's AS. */
	readonly asn: number;
	/** The AS that this speaker has for it; absent: its own. */
	readonly localAsn?: number;
	/** The other is a client of this route reflector. */
	readonly client: boolean;
	/** `default`: itself for routes to other ASes, unchanged within its own. */
	readonly nextHop: "default" | "self" | "keep";
	/** How often the own AS may be in a path that is taken. */
	readonly allowedOwnAs: number;
	/** Of routes that come from it; absent: what the other says, or 100. */
	readonly localPreference?: number;
	/** What no rule matches is taken. */
	readonly imports?: readonly FilterRule[];
	readonly exports?: readonly FilterRule[];
	/** The object that it follows from: `bgppeer/tor`. */
	readonly object?: string;
}

export interface FilterRule {
	/** Null: any. */
	readonly prefix: Prefix | null;
	/** `exact`: this prefix; `within`: it and all that are in it; lengths: those in it that are of such a length. */
	readonly match: "exact" | "within" | PrefixLengths;
	/** Where the prefix does not match. */
	readonly negated?: boolean;
	/** Only what BGP brought, nothing that the speaker originates. */
	readonly learnedOnly?: boolean;
	readonly action: "accept" | "reject";
	/** The object that it follows from: `bgpfilter/no-default`. */
	readonly object?: string;
}

/** Both are included. */
export interface PrefixLengths {
	readonly min: number;
	readonly max: number;
}

/** The first rule that matches decides. */
export interface RouteFilter {
	readonly rules: readonly FilterRule[];
	readonly otherwise: "accept" | "reject";
}
