/** What a speaker tells a neighbour of a route, and what the neighbour makes of it. */
import type { Address } from "../address/address.ts";
import type { Speaker } from "../state/speaker.ts";
import { deciding, passes } from "./filter.ts";
import type { BgpRoute } from "./route.ts";
import type { Hearing } from "./session.ts";

/** RFC 4271 leaves the number to whoever configures it; implementations agree on this one. */
export const DEFAULT_LOCAL_PREFERENCE = 100;

/**
 * The route as it is heard of the peer's `route`, or undefined where the peer does not tell it or a filter holds it back.
 * Who hears it may still refuse it (`refuses`).
 */
export function heard(by: Hearing, route: BgpRoute): BgpRoute | undefined {
	const { own, kind } = by;
	if (!mayTell(route, by) || !isExported(route, by)) return undefined;
	if (own.imports !== undefined && deciding(own.imports, route.prefix, true)?.action === "reject") return undefined;
	return kind === "ebgp" ? fromOtherAs(by, route) : withinAs(by, route);
}

/** Within an AS learned routes are passed on only by a reflector, to its clients and from them (RFC 4456 section 6). */
function mayTell(route: BgpRoute, { peer, others, kind }: Hearing): boolean {
	if (kind === "ebgp" || route.learned?.kind !== "ibgp") return true;
	return peer.clusterId !== undefined && (others.client || route.learned.own.client);
}

/** What the rules for this neighbour leave open the speaker's own filter decides. */
function isExported({ prefix, learned }: BgpRoute, { peer, others }: Hearing): boolean {
	const rule = others.exports && deciding(others.exports, prefix, learned !== null);
	return rule === undefined ? passes(peer.exports, prefix, learned !== null) : rule.action === "accept";
}

/** The first speaker of another AS is the next hop, unless both are on one link with who it has the route from (RFC 4271 section 5.1.3). */
function fromOtherAs(by: Hearing, route: BgpRoute): BgpRoute {
	const { peer, own, others } = by;
	const onLink = others.nextHop === "default" && peer.sharesLink?.(route.nextHop, others.address) === true;
	const unchanged = route.learned !== null && (others.nextHop === "keep" || onLink);
	return {
		prefix: route.prefix,
		nextHop: unchanged ? route.nextHop : own.address,
		asPath: [others.localAsn ?? peer.asn, ...route.asPath],
		localPreference: own.localPreference ?? DEFAULT_LOCAL_PREFERENCE,
		originator: null,
		clusters: NONE,
		learned: by,
		before: route,
	};
}

function withinAs(by: Hearing, route: BgpRoute): BgpRoute {
	const { peer, own, others } = by;
	const reflected = route.learned?.kind === "ibgp" ? route.learned : null;
	return {
		prefix: route.prefix,
		nextHop: route.learned === null || others.nextHop === "self" ? own.address : route.nextHop,
		asPath: route.asPath,
		localPreference: own.localPreference ?? route.localPreference,
		originator: reflected === null ? null : (route.originator ?? reflected.peer.routerId),
		clusters: reflected === null || peer.clusterId === undefined ? NONE : [peer.clusterId, ...route.clusters],
		learned: by,
		before: route,
	};
}

const NONE: readonly Address[] = [];

/** Whether a speaker does not take a route that it hears: it told it itself, or it passed it before. */
export function refuses(self: Speaker, { learned, before, asPath, originator, clusters }: BgpRoute): boolean {
	if (before?.learned?.peer === self) return true;
	if (learned?.kind === "ebgp") {
		const ownAs = learned.own.localAsn ?? self.asn;
		return asPath.filter((asn) => asn === ownAs).length > learned.own.allowedOwnAs;
	}
	if (originator?.text === self.routerId.text) return true;
	return self.clusterId !== undefined && clusters.some(({ text }) => text === self.clusterId?.text);
}
