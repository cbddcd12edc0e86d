/** The chains of one Service port in nftables mode: service-, local-, external-, firewall-, and endpoint- of its endpoints. */
import type { Address } from "../../address/address.ts";
import { contains, hostPrefix } from "../../address/prefix.ts";
import * as nft from "../../netfilter/nftables/build.ts";
import type { NftChain, NftRule, NftSet } from "../../netfilter/nftables/ruleset.ts";
import type { Statement, Verdict } from "../../netfilter/nftables/statement.ts";
import { nftablesEndpointName, nftablesName } from "../chain-name.ts";
import type { EndpointChoice, ProxyEndpoint } from "../endpoints.ts";
import type { LocalTraffic } from "../local-traffic.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { Availability } from "../service-tables.ts";
import { block, commentedRule, fibLocal, L4PROTO } from "./expressions.ts";
import { MARK_FOR_MASQUERADE } from "./table-names.ts";

export const SERVICE_CHAIN_KINDS = ["service", "local", "external", "firewall"] as const;
export type ServiceChainKind = (typeof SERVICE_CHAIN_KINDS)[number];

/** What the port's chains are named by: `ULMVA6XW-ns1/svc1/tcp/p80`. */
export function portName({ service, protocol, portName: name }: ProxyServicePort): string {
	return nftablesName(service.namespace, service.name, protocol, name);
}

export function endpointName({ service, protocol, portName: name }: ProxyServicePort, endpoint: ProxyEndpoint): string {
	return nftablesEndpointName(service.namespace, service.name, protocol, name, endpoint);
}

/** All that the chains of a port depend on. */
export interface NftChainInput {
	readonly port: ProxyServicePort;
	readonly name: string;
	readonly available: Availability;
	readonly choice: EndpointChoice;
	readonly localTraffic: LocalTraffic;
	readonly masqueradeAll: boolean;
	readonly nodeAddress: Address | undefined;
	readonly endpointName: (endpoint: ProxyEndpoint) => string;
}

/** Whether the port's load balancer addresses are in firewall-ips. */
export function hasFirewall({ loadBalancerVIPs, sourceRanges }: ProxyServicePort): boolean {
	return loadBalancerVIPs.length > 0 && sourceRanges.length > 0;
}

/** The port's chain of a kind; undefined: it has none. */
export function serviceChain(kind: ServiceChainKind, input: NftChainInput): NftChain | undefined {
	const { port, available, choice } = input;
	switch (kind) {
		case "service":
			return choice.cluster.length > 0 ? policyChain(kind, input, choice.cluster) : undefined;
		case "local":
			return choice.local.length > 0 ? policyChain(kind, input, choice.local) : undefined;
		case "external":
			return available.any && port.externallyAccessible ? externalChain(input) : undefined;
		case "firewall":
			return hasFirewall(port) ? firewallChain(input) : undefined;
	}
}

function policyChain(kind: "service" | "local", input: NftChainInput, endpoints: readonly ProxyEndpoint[]): NftChain {
	const { port } = input;
	const servesClusterIP = kind === (port.internalLocal ? "local" : "service");
	const source = nft.sourceAddress(port.family);
	const to = (endpoint: ProxyEndpoint): Verdict => ({
		kind: "goto",
		chain: `endpoint-${input.endpointName(endpoint)}`,
	});
	const affinity = port.affinitySeconds === 0 ? [] : endpoints;
	const choices = endpoints.map((endpoint, i) => nft.element([i], to(endpoint)));
	return nft.nftChain(`${kind}-${input.name}`, [
		...(servesClusterIP ? masqueradeOffCluster(input) : []),
		...affinity.map((endpoint) => {
			const seen = nft.isIn(source, `affinity-${input.endpointName(endpoint)}`);
			return nft.nftRule(port.origin, seen, nft.verdict(to(endpoint)));
		}),
		nft.nftRule(port.origin, nft.verdictMap(nft.randomBelow(endpoints.length), choices)),
	]);
}

/** Whoever reaches a cluster IP from outside the cluster, by a static route, must get the answer from this node. */
function masqueradeOffCluster({ port, masqueradeAll, localTraffic }: NftChainInput): readonly NftRule[] {
	if (!masqueradeAll && localTraffic.kind === "unknown") return [];
	const notLocal = masqueradeAll || localTraffic.kind === "unknown" ? [] : [localStatement(localTraffic, port, true)];
	const toClusterIP = nft.is(nft.destinationAddress(port.family), port.clusterIP);
	return [nft.nftRule(port.origin, toClusterIP, ...notLocal, nft.jumpTo(MARK_FOR_MASQUERADE))];
}

function localStatement(
	local: Exclude<LocalTraffic, { kind: "unknown" }>,
	port: ProxyServicePort,
	negated: boolean,
): Statement {
	const match = negated ? nft.isNot : nft.is;
	if (local.kind === "source") return match(nft.sourceAddress(port.family), block(local.prefix));
	return match(nft.meta("iifname"), local.device.replace(/\+$/, "*"));
}

/** With policy Local the cluster's own clients and the node are served by all endpoints, others by the node's. */
function externalChain({ port, name, available, localTraffic }: NftChainInput): NftChain {
	const everywhere = nft.goTo(`service-${name}`);
	const rules: NftRule[] = [];
	const add = (statements: readonly Statement[], comment?: string): void => {
		rules.push(
			comment === undefined ? nft.nftRule(port.origin, ...statements) : commentedRule(port.origin, statements, comment),
		);
	};
	if (!port.externalLocal) add([nft.jumpTo(MARK_FOR_MASQUERADE)]);
	else {
		if (localTraffic.kind !== "unknown") {
			add([localStatement(localTraffic, port, false), everywhere], "short-circuit pod traffic");
		}
		add([fibLocal("saddr"), nft.jumpTo(MARK_FOR_MASQUERADE)], "masquerade local traffic");
		add([fibLocal("saddr"), everywhere], "short-circuit local traffic");
	}
	if (available.external) add([port.externalLocal ? nft.goTo(`local-${name}`) : everywhere]);
	return nft.nftChain(`external-${name}`, rules);
}

/** Only loadBalancerSourceRanges get further. A node in the ranges may also come as the address itself, if that is local. */
function firewallChain({ port, name, nodeAddress }: NftChainInput): NftChain {
	const fromNode = nodeAddress !== undefined && port.sourceRanges.some((range) => contains(range, nodeAddress));
	const allowed = [...port.sourceRanges, ...(fromNode ? port.loadBalancerVIPs.map(hostPrefix) : [])];
	const others = nft.isOneOf(nft.sourceAddress(port.family), allowed.map(block), true);
	return nft.nftChain(`firewall-${name}`, [nft.nftRule(port.origin, others, nft.DROP_VERDICT)]);
}

/** Rewrites the destination. An endpoint that reaches itself must not see its own address as the client's. */
export function endpointChain(port: ProxyServicePort, name: string, endpoint: ProxyEndpoint): NftChain {
	const source = nft.sourceAddress(port.family);
	const rule = (...statements: readonly Statement[]): NftRule => nft.nftRule(port.origin, ...statements);
	return nft.nftChain(`endpoint-${name}`, [
		rule(nft.is(source, endpoint.address), nft.jumpTo(MARK_FOR_MASQUERADE)),
		...(port.affinitySeconds === 0 ? [] : [rule(nft.update(`affinity-${name}`, source))]),
		rule(nft.is(L4PROTO, port.protocol), nft.dnatTo(endpoint.address, endpoint.port)),
	]);
}

/** The clients that the endpoint had lately. */
export function affinitySet(port: ProxyServicePort, name: string): NftSet {
	return nft.nftSet({
		name: `affinity-${name}`,
		kind: "set",
		keyTypes: [port.family === 4 ? "ipv4_addr" : "ipv6_addr"],
		flags: ["dynamic", "timeout"],
		elements: [],
		origin: port.origin,
	});
}
