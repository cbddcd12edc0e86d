/** Routes with their path attributes, and which of several is best (RFC 4271 section 9.1.2.2, RFC 4456 section 9). */
import { type Address, compareAddresses } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import { identifierOf } from "./filter.ts";
import type { Hearing } from "./session.ts";

export interface BgpRoute {
	readonly prefix: Prefix;
	readonly nextHop: Address;
	/** ASes on the way, the nearest first; empty within the own AS. */
	readonly asPath: readonly number[];
	readonly localPreference: number;
	/** Of a reflected route: who brought it into the AS, and the clusters that it passed, the nearest first. */
	readonly originator: Address | null;
	readonly clusters: readonly Address[];
	/** Where it was learned; null: this speaker originates it. */
	readonly learned: Hearing | null;
	/** The same route as the peer has it that told it; null: this speaker originates it. */
	readonly before: BgpRoute | null;
}

/** Less than 0: `a` is better. `distance` is how far each next hop is. */
export function compareRoutes(a: BgpRoute, b: BgpRoute, distance: (nextHop: Address) => number): number {
	return compareForMultipath(a, b, distance) || breakTie(a, b);
}

/** The steps that must leave a tie for both routes to be used together. */
export function compareForMultipath(a: BgpRoute, b: BgpRoute, distance: (nextHop: Address) => number): number {
	return (
		Number(a.learned !== null) - Number(b.learned !== null) ||
		b.localPreference - a.localPreference ||
		a.asPath.length - b.asPath.length ||
		Number(isInternal(a)) - Number(isInternal(b)) ||
		distance(a.nextHop) - distance(b.nextHop)
	);
}

function isInternal({ learned }: BgpRoute): boolean {
	return learned?.kind === "ibgp";
}

/** Identifier (of the originator, where reflected), then fewer clusters, then the neighbour's address. */
function breakTie(a: BgpRoute, b: BgpRoute): number {
	if (a.learned === null || b.learned === null) return 0;
	return (
		identifierOf(a.originator ?? a.learned.peer.routerId) - identifierOf(b.originator ?? b.learned.peer.routerId) ||
		a.clusters.length - b.clusters.length ||
		compareAddresses(a.learned.own.address, b.learned.own.address)
	);
}
