/** The elements that Service ports have in the sets and maps of nftables mode. */
import type { Address, Family } from "../../address/address.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { Availability } from "../service-tables.ts";
import { hasFirewall } from "./service-chains.ts";
import { concat, DROP_STATEMENT, goTo, type NftStatement } from "./statements.ts";
import type { NftElement, ProxyNftSet } from "./table.ts";
import * as names from "./table.ts";

export const SHARED_SET_NAMES = [
	"cluster-ips",
	"service-ips",
	"service-nodeports",
	"no-endpoint-services",
	"no-endpoint-nodeports",
	"firewall-ips",
] as const;
export type SharedSetName = (typeof SHARED_SET_NAMES)[number];

interface SharedSet {
	readonly key: "address" | "service" | "port";
	readonly verdicts: boolean;
	readonly comment: string;
}

/** The elements of one port by set. */
export type PortElements = Readonly<Record<SharedSetName, readonly NftElement[]>>;

/** The sets and maps that Services share, with what their keys are and their comments in the kernel. */
const SHARED_SETS: Readonly<Record<SharedSetName, SharedSet>> = {
	[names.CLUSTER_IPS]: { key: "address", verdicts: false, comment: "Active ClusterIPs" },
	[names.SERVICE_IPS]: {
		key: "service",
		verdicts: true,
		comment: "ClusterIP, ExternalIP and LoadBalancer IP traffic",
	},
	[names.SERVICE_NODEPORTS]: { key: "port", verdicts: true, comment: "NodePort traffic" },
	[names.NO_ENDPOINT_SERVICES]: {
		key: "service",
		verdicts: true,
		comment: "vmap to drop or reject packets to services with no endpoints",
	},
	[names.NO_ENDPOINT_NODEPORTS]: {
		key: "port",
		verdicts: true,
		comment: "vmap to drop or reject packets to service nodeports with no endpoints",
	},
	[names.FIREWALL_IPS]: {
		key: "service",
		verdicts: true,
		comment: "destinations that are subject to LoadBalancerSourceRanges",
	},
};

/** The set with these elements; where two have one key, the later counts (nftElementStorage.ensureElem). */
export function sharedSet(name: SharedSetName, family: Family, elements: readonly NftElement[]): ProxyNftSet {
	const { key, verdicts, comment } = SHARED_SETS[name];
	const addressType = family === 4 ? "ipv4_addr" : "ipv6_addr";
	const types = {
		address: [addressType],
		service: [addressType, "inet_proto", "inet_service"],
		port: ["inet_proto", "inet_service"],
	}[key];
	const byKey = new Map(elements.map((element) => [JSON.stringify(element.key), element]));
	return { name, types, verdicts, comment, elements: [...byKey.values()] };
}

/** What the port has in each set where its endpoints are available like this. */
export function portElements(port: ProxyServicePort, name: string, available: Availability): PortElements {
	const { origin, protocol } = port;
	const at = (address: Address, verdict: NftStatement, comment?: string): NftElement => {
		const key = concat(address.text, protocol, port.port);
		return comment === undefined ? { key, verdict, origin } : { key, verdict, comment, origin };
	};
	const external = goTo(`external-${name}`);
	const outside = [...port.externalIPs, ...port.loadBalancerVIPs];
	// No endpoints at all: refused. None on this node, where only those count: silence.
	const refusal = available.any ? DROP_STATEMENT : goTo(names.REJECT_CHAIN);
	const nodePort = concat(protocol, port.nodePort);
	const hasNodePort = port.nodePort !== 0;
	return {
		[names.CLUSTER_IPS]: [{ key: port.clusterIP.text, origin }],
		[names.SERVICE_IPS]: [
			...(available.internal ? [at(port.clusterIP, goTo(`${port.internalLocal ? "local" : "service"}-${name}`))] : []),
			...(available.any ? outside.map((address) => at(address, external)) : []),
		],
		[names.SERVICE_NODEPORTS]: hasNodePort && available.any ? [{ key: nodePort, verdict: external, origin }] : [],
		[names.NO_ENDPOINT_SERVICES]: [
			...(available.internal ? [] : [at(port.clusterIP, refusal, port.name)]),
			...(available.external ? [] : outside.map((address) => at(address, refusal, port.name))),
		],
		[names.NO_ENDPOINT_NODEPORTS]:
			hasNodePort && !available.external ? [{ key: nodePort, verdict: refusal, comment: port.name, origin }] : [],
		[names.FIREWALL_IPS]: hasFirewall(port)
			? port.loadBalancerVIPs.map((address) => at(address, goTo(`firewall-${name}`)))
			: [],
	};
}
