/** What a speaker tells a neighbour of a route, and what the neighbour makes of it. */
import type { Address } from "../address/address.ts";
import { passes } from "./filter.ts";
import type { BgpRoute } from "./route.ts";
import type { Session } from "./session.ts";
import type { Neighbour, Speaker } from "./speaker.ts";

/** RFC 4271 leaves the number to whoever configures it; implementations agree on this one. */
export const DEFAULT_LOCAL_PREFERENCE = 100;

/**
 * The route as the session's own speaker has it of the peer's `route`, or undefined where the peer does not tell it or this
 * speaker does not take it.
 */
export function received(session: Session, route: BgpRoute): BgpRoute | undefined {
	const { self, peer, own, others, kind } = session;
	// A route is never told to whom it was learned from.
	if (route.learned !== null && route.learned.peer === self) return undefined;
	if (!mayTell(route, others, kind, peer)) return undefined;
	if (!passes(peer.exports, route.prefix) || (others.exports && !passes(others.exports, route.prefix)))
		return undefined;
	if (own.imports !== undefined && !passes(own.imports, route.prefix)) return undefined;
	return kind === "ebgp" ? fromOtherAs(session, route) : withinAs(session, route);
}

/** Within an AS learned routes are passed on only by a reflector, to its clients and from them (RFC 4456 section 6). */
function mayTell(route: BgpRoute, to: Neighbour, kind: Session["kind"], peer: Speaker): boolean {
	if (kind === "ebgp" || route.learned?.kind !== "ibgp") return true;
	return peer.clusterId !== undefined && (to.client || route.learned.own.client);
}

/** The first speaker of another AS is the next hop, unless both are on one link with who it has the route from (RFC 4271 section 5.1.3). */
function fromOtherAs(session: Session, route: BgpRoute): BgpRoute | undefined {
	const { self, peer, own, others } = session;
	const asPath = [others.localAsn ?? peer.asn, ...route.asPath];
	const ownAs = own.localAsn ?? self.asn;
	if (asPath.filter((asn) => asn === ownAs).length > own.allowedOwnAs) return undefined;
	const onLink = others.nextHop === "default" && peer.sharesLink?.(route.nextHop, others.address) === true;
	const unchanged = route.learned !== null && (others.nextHop === "keep" || onLink);
	return {
		prefix: route.prefix,
		nextHop: unchanged ? route.nextHop : own.address,
		asPath,
		localPreference: own.localPreference ?? DEFAULT_LOCAL_PREFERENCE,
		originator: null,
		clusters: [],
		learned: session,
	};
}

function withinAs(session: Session, route: BgpRoute): BgpRoute | undefined {
	const { self, peer, own, others } = session;
	const reflected = route.learned?.kind === "ibgp" ? route.learned : null;
	const originator = reflected === null ? null : (route.originator ?? reflected.peer.routerId);
	if (originator?.text === self.routerId.text) return undefined;
	const clusters = reflected === null || peer.clusterId === undefined ? NONE : [peer.clusterId, ...route.clusters];
	if (self.clusterId !== undefined && clusters.some(({ text }) => text === self.clusterId?.text)) return undefined;
	return {
		prefix: route.prefix,
		nextHop: route.learned === null || others.nextHop === "self" ? own.address : route.nextHop,
		asPath: route.asPath,
		localPreference: own.localPreference ?? route.localPreference,
		originator,
		clusters,
		learned: session,
	};
}

const NONE: readonly Address[] = [];
