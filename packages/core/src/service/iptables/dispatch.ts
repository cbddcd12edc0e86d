/** The rules of one Service port in the chains that all Services share: what sends a packet to the Service's own chains. */
import type { Address } from "../../address/address.ts";
import { hostPrefix } from "../../address/prefix.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import {
	accept,
	addrtype,
	comment,
	destination,
	destinationPort,
	drop,
	jumpTo,
	protocol,
	reject,
	rule,
} from "../../netfilter/xtables/rules.ts";
import type { XtRule } from "../../netfilter/xtables/table.ts";
import type { Target } from "../../netfilter/xtables/targets/index.ts";
import type { Origin } from "../../origin/origin.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { Availability } from "../service-tables.ts";
import { serviceChainName } from "./chain-names.ts";

/** The port's rules by the chain that they are in. */
export interface Dispatch {
	readonly natServices: readonly XtRule[];
	readonly natNodePorts: readonly XtRule[];
	readonly filterServices: readonly XtRule[];
	readonly filterExternalServices: readonly XtRule[];
	readonly filterProxyFirewall: readonly XtRule[];
	readonly filterNodePorts: readonly XtRule[];
}

/** The same for all: a Service has none in most of these chains, and there are thousands of Services. */
const NO_RULES: readonly XtRule[] = [];

/**
 * The rules where endpoints are available like this. `hash` gives the one of the port's chains: a SHA-256 each, of which a
 * packet needs one of thousands.
 */
export function dispatchRules(port: ProxyServicePort, hash: () => string, available: Availability): Dispatch {
	const { filterServices, filterExternalServices, filterNodePorts } = filterDispatch(port, available);
	return {
		filterServices,
		filterExternalServices,
		filterNodePorts,
		natServices: natServices(port, hash, available),
		natNodePorts: natNodePorts(port, hash, available),
		filterProxyFirewall: hasFirewall(port, available)
			? port.loadBalancerVIPs.map((address) =>
					toAddress(port, address, `${port.name} traffic not accepted by ${serviceChainName("FW", hash())}`, drop),
				)
			: NO_RULES,
	};
}

/** What is refused or dropped for want of endpoints, and the health check port. */
export function filterDispatch(
	port: ProxyServicePort,
	available: Availability,
): Pick<Dispatch, "filterServices" | "filterExternalServices" | "filterNodePorts"> {
	return {
		filterServices: available.internal ? NO_RULES : [toAddress(port, port.clusterIP, ...refusal(port, available))],
		filterExternalServices: available.external ? NO_RULES : withoutExternalEndpoints(port, available),
		filterNodePorts: healthCheck(port),
	};
}

/** Whether the load balancer addresses go through a KUBE-FW chain first. */
export function hasFirewall(port: ProxyServicePort, available: Availability): boolean {
	return available.any && port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0;
}

/** The origin of a rule of this port; the note is the rule's comment. */
export function noted(port: ProxyServicePort, note: string): Origin {
	return { ...port.origin, note };
}

/** `-d ADDRESS -p PROTOCOL --dport PORT` of the Service port, in the order of iptables-save, with a test of the sender. */
export function serviceMatches(
	port: ProxyServicePort,
	address: Address,
	text: string,
	{ local }: { readonly local?: Match } = {},
): readonly Match[] {
	const to = destination(hostPrefix(address));
	const where = local === undefined ? [to] : local.kind === "source" ? [local, to] : [to, local];
	return [...where, protocol(port.protocol), comment(text), destinationPort(port.protocol, port.port)];
}

function toAddress(port: ProxyServicePort, address: Address, text: string, target: Target): XtRule {
	return rule(noted(port, text), serviceMatches(port, address, text), target);
}

function natServices(port: ProxyServicePort, hash: () => string, available: Availability): readonly XtRule[] {
	const rules: XtRule[] = [];
	const internal = jumpTo(() => serviceChainName(port.internalLocal ? "SVL" : "SVC", hash()));
	if (available.internal) rules.push(toAddress(port, port.clusterIP, `${port.name} cluster IP`, internal));
	if (!available.any || port.externalIPs.length + port.loadBalancerVIPs.length === 0) return rules;
	const external = jumpTo(() => serviceChainName("EXT", hash()));
	for (const address of port.externalIPs) rules.push(toAddress(port, address, `${port.name} external IP`, external));
	const balanced = hasFirewall(port, available) ? jumpTo(() => serviceChainName("FW", hash())) : external;
	for (const address of port.loadBalancerVIPs) {
		rules.push(toAddress(port, address, `${port.name} loadbalancer IP`, balanced));
	}
	return rules;
}

/** Node ports are not subject to loadBalancerSourceRanges. */
function natNodePorts(port: ProxyServicePort, hash: () => string, available: Availability): readonly XtRule[] {
	if (port.nodePort === 0 || !available.any) return NO_RULES;
	const matches = [protocol(port.protocol), comment(port.name), destinationPort(port.protocol, port.nodePort)];
	return [
		rule(
			noted(port, port.name),
			matches,
			jumpTo(() => serviceChainName("EXT", hash())),
		),
	];
}

/** No endpoints at all: refused. None on this node, where only those count: silence. */
function refusal(port: ProxyServicePort, available: Availability): readonly [text: string, target: Target] {
	if (available.any) return [`${port.name} has no local endpoints`, drop];
	const how = port.family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
	return [`${port.name} has no endpoints`, reject(how)];
}

function withoutExternalEndpoints(port: ProxyServicePort, available: Availability): readonly XtRule[] {
	const [text, target] = refusal(port, available);
	const addresses = [...port.externalIPs, ...port.loadBalancerVIPs];
	const rules = addresses.map((address) => toAddress(port, address, text, target));
	if (port.nodePort !== 0) {
		const matches = [
			protocol(port.protocol),
			comment(text),
			addrtype({ destination: "LOCAL" }),
			destinationPort(port.protocol, port.nodePort),
		];
		rules.push(rule(noted(port, text), matches, target));
	}
	return rules;
}

function healthCheck(port: ProxyServicePort): readonly XtRule[] {
	if (port.healthCheckNodePort === 0) return NO_RULES;
	const text = `${port.name} health check node port`;
	const matches = [protocol("tcp"), comment(text), destinationPort("tcp", port.healthCheckNodePort)];
	return [rule(noted(port, text), matches, accept)];
}
