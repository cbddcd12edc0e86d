/** The chains of one Service port in nftables mode: service-, local-, external-, firewall-, and endpoint- of its endpoints. */
import { type Address, addressBits } from "../../address/address.ts";
import { contains, hostPrefix } from "../../address/prefix.ts";
import { nftablesEndpointName, nftablesName } from "../chain-name.ts";
import type { EndpointChoice, ProxyEndpoint } from "../endpoints.ts";
import type { LocalTraffic } from "../local-traffic.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { Availability } from "../service-tables.ts";
import * as nft from "./statements.ts";
import { MARK_FOR_MASQUERADE, type ProxyNftChain, type ProxyNftSet } from "./table.ts";

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
export function serviceChain(kind: ServiceChainKind, input: NftChainInput): ProxyNftChain | undefined {
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

function policyChain(
	kind: "service" | "local",
	input: NftChainInput,
	endpoints: readonly ProxyEndpoint[],
): ProxyNftChain {
	const { port } = input;
	const servesClusterIP = kind === (port.internalLocal ? "local" : "service");
	const source = nft.saddr(port.family);
	const chainOf = (endpoint: ProxyEndpoint): nft.NftStatement => nft.goTo(`endpoint-${input.endpointName(endpoint)}`);
	const affinity = port.affinitySeconds === 0 ? [] : endpoints;
	const random = { numgen: { mode: "random", mod: endpoints.length, offset: 0 } } as const;
	return {
		name: `${kind}-${input.name}`,
		rules: [
			...(servesClusterIP ? masqueradeOffCluster(input) : []),
			...affinity.map((endpoint) =>
				nft.nftRule(port.origin, [nft.match(source, `@affinity-${input.endpointName(endpoint)}`), chainOf(endpoint)]),
			),
			nft.nftRule(port.origin, [
				nft.vmap(random, { set: endpoints.map((endpoint, i) => [i, chainOf(endpoint)] as const) }),
			]),
		],
	};
}

/** Whoever reaches a cluster IP from outside the cluster, by a static route, must get the answer from this node. */
function masqueradeOffCluster({ port, masqueradeAll, localTraffic }: NftChainInput): readonly nft.ProxyNftRule[] {
	if (!masqueradeAll && localTraffic.kind === "unknown") return [];
	const notLocal = masqueradeAll || localTraffic.kind === "unknown" ? [] : [localStatement(localTraffic, port, "!=")];
	const toClusterIP = nft.match(nft.daddr(port.family), port.clusterIP.text);
	return [nft.nftRule(port.origin, [toClusterIP, ...notLocal, nft.jump(MARK_FOR_MASQUERADE)])];
}

function localStatement(
	local: Exclude<LocalTraffic, { kind: "unknown" }>,
	port: ProxyServicePort,
	op: "==" | "!=",
): nft.NftStatement {
	if (local.kind === "source") return nft.match(nft.saddr(port.family), nft.block(local.prefix), op);
	return nft.match({ meta: { key: "iifname" } }, local.device.replace(/\+$/, "*"), op);
}

/** With policy Local the cluster's own clients and the node are served by all endpoints, others by the node's. */
function externalChain({ port, name, available, localTraffic }: NftChainInput): ProxyNftChain {
	const everywhere = nft.goTo(`service-${name}`);
	const rules: nft.ProxyNftRule[] = [];
	const add = (statements: readonly nft.NftStatement[], comment?: string): void => {
		rules.push(nft.nftRule(port.origin, statements, comment));
	};
	if (!port.externalLocal) add([nft.jump(MARK_FOR_MASQUERADE)]);
	else {
		if (localTraffic.kind !== "unknown") {
			add([localStatement(localTraffic, port, "=="), everywhere], "short-circuit pod traffic");
		}
		add([nft.fibLocal("saddr"), nft.jump(MARK_FOR_MASQUERADE)], "masquerade local traffic");
		add([nft.fibLocal("saddr"), everywhere], "short-circuit local traffic");
	}
	if (available.external) add([port.externalLocal ? nft.goTo(`local-${name}`) : everywhere]);
	return { name: `external-${name}`, rules };
}

/** Only loadBalancerSourceRanges get further. A node in the ranges may also come as the address itself, if that is local. */
function firewallChain({ port, name, nodeAddress }: NftChainInput): ProxyNftChain {
	const fromNode = nodeAddress !== undefined && port.sourceRanges.some((range) => contains(range, nodeAddress));
	const allowed = [...port.sourceRanges, ...(fromNode ? port.loadBalancerVIPs.map(hostPrefix) : [])];
	const others = nft.match(nft.saddr(port.family), { set: allowed.map(nft.block) }, "!=");
	return { name: `firewall-${name}`, rules: [nft.nftRule(port.origin, [others, nft.DROP_STATEMENT])] };
}

/** Rewrites the destination. An endpoint that reaches itself must not see its own address as the client's. */
export function endpointChain(port: ProxyServicePort, name: string, endpoint: ProxyEndpoint): ProxyNftChain {
	const source = nft.saddr(port.family);
	const rule = (...statements: readonly nft.NftStatement[]): nft.ProxyNftRule => nft.nftRule(port.origin, statements);
	const remember = { set: { op: "update", elem: source, set: `@affinity-${name}` } } as const;
	return {
		name: `endpoint-${name}`,
		rules: [
			rule(nft.match(source, endpoint.address.text), nft.jump(MARK_FOR_MASQUERADE)),
			...(port.affinitySeconds === 0 ? [] : [rule(remember)]),
			rule(nft.match(nft.L4PROTO, port.protocol), nft.dnatTo(endpoint.address, endpoint.port)),
		],
	};
}

/** The clients that the endpoint had lately. */
export function affinitySet(port: ProxyServicePort, name: string): ProxyNftSet {
	const type = addressBits(port.family) === 32 ? "ipv4_addr" : "ipv6_addr";
	return { name: `affinity-${name}`, types: [type], verdicts: false, timeout: port.affinitySeconds, elements: [] };
}
