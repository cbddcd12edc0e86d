/** What Terway programs, by its version. */
import type { TerwayVersion } from "../../cluster/settings.ts";

export interface TerwayFeatures {
	/** The rule for what comes from a pod names its veth too (plugin/datapath/policy_router_linux.go of v1.4.1). */
	readonly ruleNamesDevice: boolean;
	/** Every ENI of a node carries the node's address (97134785). */
	readonly nodeAddressOnEnis: boolean;
	/** Priorities of the filters that push a member's VLAN; IPv6 has one of its own since e3acb0b6. */
	readonly pushPriority: Readonly<Record<4 | 6, number | null>>;
	/** A pod with an ENI of its own has a route to its node through veth1 (97a4ae70). */
	readonly nodeRouteInPod: boolean;
	/** The veth of a pod with an ENI of its own has 169.254.1.1 on the node's side (until fe8cdd88). */
	readonly gatewayOnVeth: boolean;
	/** A pod on an ipvlan has a route to its node on the link. */
	readonly nodeRouteOnIpvlan: boolean;
}

/** Null: the newest. */
export function terwayFeatures(version: TerwayVersion | null): TerwayFeatures {
	const since = (...first: TerwayVersion): boolean => isAtLeast(version, first);
	const isOld = !since(1, 4, 2);
	return {
		ruleNamesDevice: isOld,
		nodeAddressOnEnis: since(1, 1, 0),
		pushPriority: isOld ? { 4: 20001, 6: null } : { 4: 50001, 6: 50002 },
		nodeRouteInPod: since(1, 11, 1),
		gatewayOnVeth: !since(1, 16, 4),
		nodeRouteOnIpvlan: since(1, 1, 0),
	};
}

function isAtLeast(version: TerwayVersion | null, first: TerwayVersion): boolean {
	if (version === null) return true;
	for (const [i, part] of first.entries()) {
		const own = version[i] ?? 0;
		if (own !== part) return own > part;
	}
	return true;
}
