/**
 * iptables mode before 1.24: KUBE-XLB instead of KUBE-EXT and KUBE-SVL, every load balancer address through KUBE-FW, and
 * forbidden traffic marked with KUBE-MARK-DROP for the kubelet's KUBE-FIREWALL (pkg/proxy/iptables/proxier.go of 1.22).
 */
import type { Address } from "../../address/address.ts";
import { contains, hostPrefix } from "../../address/prefix.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import {
	addrtype,
	chain,
	comment,
	destinationPort,
	jump,
	jumpTo,
	protocol,
	rule,
	source,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { Target } from "../../netfilter/xtables/targets/index.ts";
import type { EndpointChoice, ProxyEndpoint } from "../endpoints.ts";
import { localTrafficMatch } from "../local-traffic.ts";
import { MARK_DROP, MARK_MASQ } from "../masquerade.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { Availability } from "../service-tables.ts";
import { LOOPBACK_BLOCK, serviceChainName } from "./chain-names.ts";
import { type Dispatch, filterDispatch, noted, serviceMatches } from "./dispatch.ts";
import { type ChainInput, endpointRules, masqueradeOffCluster } from "./service-chains.ts";

/** Policy Local of the cluster IP held for all traffic, unless that from outside had it too (topology.go FilterEndpoints). */
function onlyLocal(port: ProxyServicePort): boolean {
	return port.internalLocal && !port.externalLocal;
}

/** The rules of one Service port in the chains that all Services share. */
export function legacyDispatchRules(port: ProxyServicePort, hash: () => string, available: Availability): Dispatch {
	// Whether there are local endpoints for traffic from outside is decided in KUBE-XLB.
	const any = onlyLocal(port) ? available.internal : available.any;
	const filter = filterDispatch(port, { any, internal: any, external: any });
	if (!any) return { ...filter, natServices: [], natNodePorts: [], filterProxyFirewall: [] };
	const to = (address: Address, text: string, target: Target): XtRule =>
		rule(noted(port, text), serviceMatches(port, address, text), target);
	const service = jumpTo(() => serviceChainName("SVC", hash()));
	const external = port.externalLocal ? jumpTo(() => serviceChainName("XLB", hash())) : service;
	const firewall = jumpTo(() => serviceChainName("FW", hash()));
	return {
		...filter,
		natServices: [
			to(port.clusterIP, `${port.name} cluster IP`, service),
			...port.externalIPs.map((address) => to(address, `${port.name} external IP`, external)),
			...port.loadBalancerVIPs.map((address) => to(address, `${port.name} loadbalancer IP`, firewall)),
		],
		natNodePorts: port.nodePort === 0 ? [] : nodePortRules(port, external),
		filterProxyFirewall: [],
	};
}

function nodePortMatches(port: ProxyServicePort, first: readonly Match[] = []): readonly Match[] {
	return [...first, protocol(port.protocol), comment(port.name), destinationPort(port.protocol, port.nodePort)];
}

function nodePortRules(port: ProxyServicePort, external: Target): readonly XtRule[] {
	const origin = noted(port, port.name);
	// A client on 127.0.0.1 must not keep that address on its way to another machine.
	const loopback = rule(origin, nodePortMatches(port, [source(LOOPBACK_BLOCK[port.family])]), jump(MARK_MASQ));
	return [...(port.externalLocal ? [loopback] : []), rule(origin, nodePortMatches(port), external)];
}

/** The port's chain of a kind; undefined: it has none. There are endpoints somewhere. */
export function legacyServiceChain(
	kind: string,
	input: ChainInput,
	{ cluster, local }: EndpointChoice,
	nodeAddress: Address | undefined,
): XtChain | undefined {
	switch (kind) {
		case "SVC":
			return servicePortChain(input, onlyLocal(input.port) ? local : cluster);
		case "XLB":
			return input.port.externalLocal ? localPolicyChain(input, local) : undefined;
		case "FW":
			return input.port.loadBalancerVIPs.length > 0 ? firewallChain(input, nodeAddress) : undefined;
		default:
			return undefined;
	}
}

/** KUBE-SVC: what comes from off the cluster is masqueraded, then an endpoint is chosen. */
function servicePortChain(input: ChainInput, endpoints: readonly ProxyEndpoint[]): XtChain {
	const { port, hash, localTraffic } = input;
	const rules = [...masqueradeOffCluster(input)];
	if (!port.externalLocal) {
		for (const address of port.externalIPs) {
			const text = `${port.name} external IP`;
			const first = localTraffic.kind === "unknown" ? {} : { local: localTrafficMatch(localTraffic, true) };
			rules.push(rule(noted(port, text), serviceMatches(port, address, text, first), jump(MARK_MASQ)));
		}
		if (port.nodePort !== 0) rules.push(rule(noted(port, port.name), nodePortMatches(port), jump(MARK_MASQ)));
	}
	return chain(serviceChainName("SVC", hash), [...rules, ...endpointRules(input, endpoints, () => port.name)]);
}

/** KUBE-XLB: policy Local. The cluster's own clients and the node are served by all endpoints, others by the node's. */
function localPolicyChain(input: ChainInput, local: readonly ProxyEndpoint[]): XtChain {
	const { port, hash, localTraffic } = input;
	const everywhere = jump(serviceChainName("SVC", hash));
	const fromHere = addrtype({ source: "LOCAL" });
	const rules: XtRule[] = [];
	const add = (text: string, first: readonly Match[], then: readonly Match[], target: Target): void => {
		rules.push(rule(noted(port, text), [...first, comment(text), ...then], target));
	};
	if (localTraffic.kind !== "unknown") {
		const pods = "Redirect pods trying to reach external loadbalancer VIP to clusterIP";
		add(pods, [localTrafficMatch(localTraffic, false)], [], everywhere);
	}
	add(`masquerade LOCAL traffic for ${port.name} LB IP`, [], [fromHere], jump(MARK_MASQ));
	add(`route LOCAL traffic for ${port.name} LB IP to service chain`, [], [fromHere], everywhere);
	if (local.length === 0) add(`${port.name} has no local endpoints`, [], [], jump(MARK_DROP));
	return chain(serviceChainName("XLB", hash), [...rules, ...endpointRules(input, local, () => port.name)]);
}

/** KUBE-FW: the load balancer addresses, with the source ranges where there are any. */
function firewallChain(input: ChainInput, nodeAddress: Address | undefined): XtChain {
	const { port, hash } = input;
	const text = `${port.name} loadbalancer IP`;
	const accepted = jump(serviceChainName(port.externalLocal ? "XLB" : "SVC", hash));
	const fromNode = nodeAddress !== undefined && port.sourceRanges.some((range) => contains(range, nodeAddress));
	const add = (first: readonly Match[], target: Target): XtRule =>
		rule(noted(port, text), [...first, comment(text)], target);
	const rules = port.loadBalancerVIPs.flatMap((address) => [
		...(port.externalLocal ? [] : [add([], jump(MARK_MASQ))]),
		...(port.sourceRanges.length === 0 ? [add([], accepted)] : []),
		...port.sourceRanges.map((range) => add([source(range)], accepted)),
		...(fromNode ? [add([source(hostPrefix(address))], accepted)] : []),
		add([], jump(MARK_DROP)),
	]);
	return chain(serviceChainName("FW", hash), rules);
}
