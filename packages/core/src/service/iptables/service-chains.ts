/** The chains of one Service port: KUBE-SVC, KUBE-SVL, KUBE-EXT, KUBE-FW, and KUBE-SEP of its endpoints. */
import { type Address, address } from "../../address/address.ts";
import { contains, hostPrefix } from "../../address/prefix.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import {
	addrtype,
	chain,
	comment,
	dnat,
	jump,
	protocol,
	recent,
	rule,
	source,
	statistic,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { EndpointChoice, ProxyEndpoint } from "../endpoints.ts";
import { type LocalTraffic, localTrafficMatch } from "../local-traffic.ts";
import { MARK_MASQ } from "../masquerade.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { Availability } from "../service-tables.ts";
import { serviceChainName } from "./chain-names.ts";
import { hasFirewall, noted, serviceMatches } from "./dispatch.ts";

/** All that the chains of a port depend on. */
export interface ChainInput {
	readonly port: ProxyServicePort;
	readonly hash: string;
	readonly available: Availability;
	readonly localTraffic: LocalTraffic;
	readonly masqueradeAll: boolean;
	/** Of the port's endpoints: the hash of its KUBE-SEP chain. */
	readonly endpointHash: (endpoint: ProxyEndpoint) => string;
	/** Above 1,000 endpoints in the cluster kube-proxy leaves the comments of endpoints out (largeClusterMode). */
	readonly commented: boolean;
}

/** The port's chain of a kind; undefined: it has none. There are endpoints somewhere. */
export function serviceChain(
	kind: string,
	input: ChainInput,
	{ cluster, local }: EndpointChoice,
	nodeAddress: Address | undefined,
): XtChain | undefined {
	switch (kind) {
		case "SVC":
			return cluster.length > 0 ? policyChain("SVC", input, cluster) : undefined;
		case "SVL":
			return local.length > 0 ? policyChain("SVL", input, local) : undefined;
		case "EXT":
			return input.port.externallyAccessible ? externalChain(input) : undefined;
		case "FW":
			return hasFirewall(input.port, input.available) ? firewallChain(input, nodeAddress) : undefined;
		default:
			return undefined;
	}
}

/** KUBE-SVC (all endpoints) or KUBE-SVL (those of the node): chooses an endpoint. */
function policyChain(kind: "SVC" | "SVL", input: ChainInput, endpoints: readonly ProxyEndpoint[]): XtChain {
	const servesClusterIP = kind === (input.port.internalLocal ? "SVL" : "SVC");
	return chain(serviceChainName(kind, input.hash), [
		...(servesClusterIP ? masqueradeOffCluster(input) : []),
		...endpointRules(input, endpoints, (endpoint) => `${input.port.name} -> ${endpoint.text}`),
	]);
}

/** Whoever reaches a cluster IP from outside the cluster, by a static route, must get the answer from this node. */
export function masqueradeOffCluster({ port, masqueradeAll, localTraffic }: ChainInput): readonly XtRule[] {
	const text = `${port.name} cluster IP`;
	if (masqueradeAll) {
		return [rule(noted(port, text), serviceMatches(port, port.clusterIP, text), jump(MARK_MASQ))];
	}
	if (localTraffic.kind === "unknown") return [];
	const local = localTrafficMatch(localTraffic, true);
	return [rule(noted(port, text), serviceMatches(port, port.clusterIP, text, { local }), jump(MARK_MASQ))];
}

/**
 * The choice of an endpoint: first that which the client had before, with session affinity; then by chance. Each rule
 * takes its share of what the rules before it left over; the last takes the rest.
 */
export function endpointRules(
	input: ChainInput,
	endpoints: readonly ProxyEndpoint[],
	textOf: (endpoint: ProxyEndpoint) => string,
): readonly XtRule[] {
	const seconds = input.port.affinitySeconds;
	const chainOf = (endpoint: ProxyEndpoint): string => serviceChainName("SEP", input.endpointHash(endpoint));
	const to = (endpoint: ProxyEndpoint, matches: readonly Match[]): XtRule => {
		const text = textOf(endpoint);
		const all = input.commented ? [comment(text), ...matches] : matches;
		return rule(noted(input.port, text), all, jump(chainOf(endpoint)));
	};
	const affinity = endpoints.map((endpoint) =>
		to(endpoint, [recent(chainOf(endpoint), "rcheck", wholeAddress(endpoint.address), { seconds, reap: true })]),
	);
	const balancing = endpoints.map((endpoint, i) => {
		const left = endpoints.length - i;
		return to(endpoint, left > 1 ? [statistic(probability(1 / left))] : []);
	});
	return seconds === 0 ? balancing : [...affinity, ...balancing];
}

/** kube-proxy writes ten digits (computeProbability), and iptables keeps steps of 2^-31 (libxt_statistic.c). */
function probability(share: number): number {
	return Math.round(Number(share.toFixed(10)) * 0x8000_0000) / 0x8000_0000;
}

/** KUBE-SEP: rewrites the destination. An endpoint that reaches itself must not see its own address as the client's. */
export function endpointChain(
	input: Pick<ChainInput, "port" | "endpointHash" | "commented">,
	endpoint: ProxyEndpoint,
): XtChain {
	const { port } = input;
	const name = serviceChainName("SEP", input.endpointHash(endpoint));
	const origin = noted(port, `${port.name} -> ${endpoint.text}`);
	const commented = input.commented ? [comment(port.name)] : [];
	const remember = port.affinitySeconds === 0 ? [] : [recent(name, "set", wholeAddress(endpoint.address))];
	return chain(name, [
		rule(origin, [source(hostPrefix(endpoint.address)), ...commented], jump(MARK_MASQ)),
		rule(
			origin,
			[protocol(port.protocol), ...commented, ...remember, { kind: port.protocol }],
			dnat(endpoint.address, endpoint.port),
		),
	]);
}

/**
 * KUBE-EXT: traffic to node ports, external and load balancer addresses. With policy Local the cluster's own clients are
 * served as if they went out to a load balancer and came back to any node: by all endpoints.
 */
function externalChain(input: ChainInput): XtChain {
	const { port, hash, available } = input;
	const everywhere = jump(serviceChainName("SVC", hash));
	const rules: XtRule[] = [];
	const add = (text: string, matches: readonly Match[], target: typeof everywhere): void => {
		rules.push(rule(noted(port, text), matches, target));
	};
	if (!port.externalLocal) {
		const text = `masquerade traffic for ${port.name} external destinations`;
		add(text, [comment(text)], jump(MARK_MASQ));
	} else {
		if (input.localTraffic.kind !== "unknown") {
			const text = `pod traffic for ${port.name} external destinations`;
			add(text, [localTrafficMatch(input.localTraffic, false), comment(text)], everywhere);
		}
		const fromHere = addrtype({ source: "LOCAL" });
		const masquerade = `masquerade LOCAL traffic for ${port.name} external destinations`;
		add(masquerade, [comment(masquerade), fromHere], jump(MARK_MASQ));
		const route = `route LOCAL traffic for ${port.name} external destinations`;
		add(route, [comment(route), fromHere], everywhere);
	}
	if (available.external) {
		const policy = jump(serviceChainName(port.externalLocal ? "SVL" : "SVC", hash));
		add(`${port.name} external destinations`, [], policy);
	}
	return chain(serviceChainName("EXT", hash), rules);
}

/**
 * KUBE-FW: only loadBalancerSourceRanges may go on to KUBE-EXT; what falls through was not rewritten and meets
 * KUBE-PROXY-FIREWALL. A node in the ranges may also come as the load balancer address itself, where that is local.
 */
function firewallChain(input: ChainInput, nodeAddress: Address | undefined): XtChain {
	const { port, hash } = input;
	const accepted = jump(serviceChainName("EXT", hash));
	const text = `${port.name} loadbalancer IP`;
	const allowed = [...port.sourceRanges];
	if (nodeAddress !== undefined && port.sourceRanges.some((range) => contains(range, nodeAddress))) {
		allowed.push(...port.loadBalancerVIPs.map(hostPrefix));
	}
	const rest = `other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`;
	return chain(serviceChainName("FW", hash), [
		...allowed.map((range) => rule(noted(port, text), [source(range), comment(text)], accepted)),
		rule(noted(port, rest), [comment(rest)], null),
	]);
}

const ALL_ONES = {
	4: address("255.255.255.255"),
	6: address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
} as const;

function wholeAddress(of: Address): Address {
	return ALL_ONES[of.family];
}
