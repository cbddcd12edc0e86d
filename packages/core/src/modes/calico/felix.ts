/** What Felix programs into netfilter on a node. */

import type { Address } from "../../address/address.ts";
import type { FelixSettings } from "../../cluster/calico-objects.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { Contribution } from "../../state/contribution.ts";
import { podPlace } from "../../state/place.ts";
import { type NodeFacts, vxlanDevice } from "./calico-nodes.ts";
import { dispatchChains } from "./dispatch.ts";
import { type EndpointPolicy, endpointChains, profileChains, type WorkloadEndpoint } from "./endpoint-chains.ts";
import { ipvsChains } from "./ipvs-chains.ts";
import { natTable, rulesFamilies } from "./nat-chains.ts";
import type { Pools } from "./pools.ts";
import { allHosts, poolSets, thisHost, vxlanHosts } from "./sets.ts";
import { type FelixNode, filterTable, mangleTable, rawTable } from "./static-chains.ts";
import { IPIP_DEVICE } from "./tunnels.ts";
import { hostInterface } from "./workload.ts";

export interface FelixInput {
	readonly facts: NodeFacts;
	readonly nodes: readonly NodeFacts[];
	readonly pods: readonly Pod[];
	readonly pools: Pools;
	readonly settings: FelixSettings;
	readonly policy: EndpointPolicy;
	/** All that the node itself has. */
	readonly addresses: readonly Address[];
	/** kube-proxy runs in IPVS mode. */
	readonly ipvs: boolean;
}

/** Rules and sets of both families; IPv6's where the cluster has any. */
export function felixRules(input: FelixInput): Contribution {
	const { facts, pools, settings, ipvs } = input;
	const hasIPv6 = facts.address[6] !== undefined || pools.all.some(({ cidr }) => cidr.family === 6);
	const families = rulesFamilies(hasIPv6).map(
		(family): FelixNode => ({
			family,
			settings,
			ipvs,
			ipip: family === 4 && pools.uses("ipip", 4),
			vxlan: pools.uses("vxlan", family),
		}),
	);
	const endpoints = endpointsChains(input);
	return {
		xtables: families.flatMap((at) => [
			rawTable(at),
			mangleTable(at),
			natTable(at, {
				natOutgoing: pools.all.some(({ cidr, natOutgoing }) => natOutgoing && cidr.family === at.family),
				tunnels: tunnelsWithAddress(facts, at),
			}),
			filterTable(at, [
				...endpoints,
				...input.policy.chains(at.family),
				...(ipvs ? ipvsChains(at.family, input.pods.map(hostInterface)) : []),
			]),
		]),
		ipsets: new Map(families.flatMap((at) => setsOf(input, at)).map((set) => [set.name, set])),
	};
}

function endpointsChains({ pods, settings, policy }: FelixInput): ReturnType<typeof dispatchChains> {
	const endpoints = pods.map(
		(pod): WorkloadEndpoint => ({
			device: hostInterface(pod),
			object: podPlace(pod),
			namespace: pod.namespace,
		}),
	);
	return [
		...dispatchChains(endpoints.map(({ device }) => device)),
		...endpoints.flatMap((endpoint) => endpointChains(endpoint, settings, policy)),
		...profileChains(new Set(endpoints.map(({ namespace }) => namespace))),
	];
}

function tunnelsWithAddress(facts: NodeFacts, at: FelixNode): readonly string[] {
	return [
		...(at.ipip && facts.ipipTunnel !== undefined ? [IPIP_DEVICE] : []),
		...(at.vxlan && facts.vxlanTunnel[at.family] !== undefined ? [vxlanDevice(at.family)] : []),
	];
}

function setsOf(
	{ facts, nodes, pools, settings, addresses, policy }: FelixInput,
	at: FelixNode,
): ReturnType<typeof poolSets> {
	const { family } = at;
	const needsHosts = at.ipip || settings.natOutgoingExclusions === "IPPoolsAndHostIPs";
	return [
		...poolSets(family, pools),
		...(needsHosts ? [allHosts(family, nodes)] : []),
		...(at.vxlan ? [vxlanHosts(family, nodes, facts)] : []),
		...(at.ipvs ? [thisHost(family, addresses)] : []),
		...policy.sets(family),
	];
}
