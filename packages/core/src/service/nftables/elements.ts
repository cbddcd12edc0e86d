/** The elements that Service ports have in the sets and maps of nftables mode. */
import type { Address, Family } from "../../address/address.ts";
import { element, nftSet } from "../../netfilter/nftables/build.ts";
import { type KeyPart, type NftElement, scalarText } from "../../netfilter/nftables/element.ts";
import type { NftSet } from "../../netfilter/nftables/ruleset.ts";
import type { Verdict } from "../../netfilter/nftables/statement.ts";
import { proxyOrigin } from "../masquerade.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { Availability } from "../service-tables.ts";
import { hasFirewall } from "./service-chains.ts";
import * as names from "./table-names.ts";

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
export function sharedSet(name: SharedSetName, family: Family, elements: readonly NftElement[]): NftSet {
	const { key, verdicts, comment } = SHARED_SETS[name];
	const addressType = family === 4 ? "ipv4_addr" : "ipv6_addr";
	const types = {
		address: [addressType],
		service: [addressType, "inet_proto", "inet_service"],
		port: ["inet_proto", "inet_service"],
	}[key];
	const byKey = new Map(elements.map((each) => [each.key.map(keyText).join(" . "), each]));
	return nftSet({
		name,
		kind: verdicts ? "map" : "set",
		keyTypes: types,
		...(verdicts ? { valueType: "verdict" } : {}),
		comment,
		elements: [...byKey.values()],
		origin: proxyOrigin(comment),
	});
}

/** What the port has in each set where its endpoints are available like this. */
export function portElements(port: ProxyServicePort, name: string, available: Availability): PortElements {
	const { protocol } = port;
	const at = (address: Address, verdict: Verdict, comment?: string): NftElement =>
		element([address, protocol, port.port], verdict, comment);
	const to = (chain: string): Verdict => ({ kind: "goto", chain });
	const external = to(`external-${name}`);
	const outside = [...port.externalIPs, ...port.loadBalancerVIPs];
	// No endpoints at all: refused. None on this node, where only those count: silence.
	const refusal: Verdict = available.any ? { kind: "drop" } : to(names.REJECT_CHAIN);
	const hasNodePort = port.nodePort !== 0;
	const nodePort = (verdict: Verdict, comment?: string): NftElement =>
		element([protocol, port.nodePort], verdict, comment);
	return {
		[names.CLUSTER_IPS]: [element([port.clusterIP])],
		[names.SERVICE_IPS]: [
			...(available.internal ? [at(port.clusterIP, to(`${port.internalLocal ? "local" : "service"}-${name}`))] : []),
			...(available.any ? outside.map((address) => at(address, external)) : []),
		],
		[names.SERVICE_NODEPORTS]: hasNodePort && available.any ? [nodePort(external)] : [],
		[names.NO_ENDPOINT_SERVICES]: [
			...(available.internal ? [] : [at(port.clusterIP, refusal, port.name)]),
			...(available.external ? [] : outside.map((address) => at(address, refusal, port.name))),
		],
		[names.NO_ENDPOINT_NODEPORTS]: hasNodePort && !available.external ? [nodePort(refusal, port.name)] : [],
		[names.FIREWALL_IPS]: hasFirewall(port)
			? port.loadBalancerVIPs.map((address) => at(address, to(`firewall-${name}`)))
			: [],
	};
}

function keyText(part: KeyPart): string {
	// kube-proxy's keys are all single values.
	return part.kind === "address" || part.kind === "number" || part.kind === "word" ? scalarText(part) : part.kind;
}
