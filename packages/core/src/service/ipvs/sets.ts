/** The IP sets of IPVS mode: which there are, and what is in them (pkg/proxy/ipvs/ipset.go, proxier.go). */
import type { Address, Family } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import type { Ipset, IpsetEntry } from "../../netfilter/ipset.ts";
import type { Origin } from "../../origin/origin.ts";
import type { InterfaceAddress } from "../../state/ip.ts";
import { proxyOrigin } from "../masquerade.ts";
import { nodeAddress, type ProxyNode } from "../proxy-node.ts";
import type { ProxyServicePort } from "../service-port.ts";
import type { FamilyServices } from "../service-tables.ts";

/** Type and comment of each set. A rule that matches a set carries the comment. */
export const SETS = {
	"KUBE-LOOP-BACK": {
		type: "hash:ip,port,ip",
		comment: "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose",
	},
	"KUBE-CLUSTER-IP": {
		type: "hash:ip,port",
		comment: "Kubernetes service cluster ip + port for masquerade purpose",
	},
	"KUBE-EXTERNAL-IP": {
		type: "hash:ip,port",
		comment: "Kubernetes service external ip + port for masquerade and filter purpose",
	},
	"KUBE-EXTERNAL-IP-LOCAL": {
		type: "hash:ip,port",
		comment: "Kubernetes service external ip + port with externalTrafficPolicy=local",
	},
	"KUBE-LOAD-BALANCER": { type: "hash:ip,port", comment: "Kubernetes service lb portal" },
	"KUBE-LOAD-BALANCER-FW": {
		type: "hash:ip,port",
		comment: "Kubernetes service load balancer ip + port for load balancer with sourceRange",
	},
	"KUBE-LOAD-BALANCER-LOCAL": {
		type: "hash:ip,port",
		comment: "Kubernetes service load balancer ip + port with externalTrafficPolicy=local",
	},
	"KUBE-LOAD-BALANCER-SOURCE-IP": {
		type: "hash:ip,port,ip",
		comment: "Kubernetes service load balancer ip + port + source IP for packet filter purpose",
	},
	"KUBE-LOAD-BALANCER-SOURCE-CIDR": {
		type: "hash:ip,port,net",
		comment: "Kubernetes service load balancer ip + port + source cidr for packet filter purpose",
	},
	"KUBE-NODE-PORT-TCP": { type: "bitmap:port", comment: "Kubernetes nodeport TCP port for masquerade purpose" },
	"KUBE-NODE-PORT-LOCAL-TCP": {
		type: "bitmap:port",
		comment: "Kubernetes nodeport TCP port with externalTrafficPolicy=local",
	},
	"KUBE-NODE-PORT-UDP": { type: "bitmap:port", comment: "Kubernetes nodeport UDP port for masquerade purpose" },
	"KUBE-NODE-PORT-LOCAL-UDP": {
		type: "bitmap:port",
		comment: "Kubernetes nodeport UDP port with externalTrafficPolicy=local",
	},
	"KUBE-NODE-PORT-SCTP-HASH": {
		type: "hash:ip,port",
		comment: "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
	},
	"KUBE-NODE-PORT-LOCAL-SCTP-HASH": {
		type: "hash:ip,port",
		comment: "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
	},
	"KUBE-HEALTH-CHECK-NODE-PORT": { type: "bitmap:port", comment: "Kubernetes health check node port" },
	"KUBE-IPVS-IPS": { type: "hash:ip", comment: "Addresses on the ipvs interface" },
} as const;

export type SetName = keyof typeof SETS;
export const SET_NAMES = Object.keys(SETS) as readonly SetName[];

/** The set's name in the kernel. Both families may be there at once; a set's name has at most 31 letters. */
export function kernelSetName(name: SetName, family: Family): string {
	return family === 4 ? name : name.replace("KUBE-", "KUBE-6-").slice(0, 31);
}

/** What nodes do not have alike. */
export interface SetInput {
	readonly services: FamilyServices;
	readonly node: ProxyNode;
	/** The addresses that node ports are served on. */
	readonly nodePortAddresses: readonly Address[];
}

/** The sets in which nodes may have different entries; KUBE-IPVS-IPS apart. */
export function setsOfNode(ports: readonly ProxyServicePort[]): ReadonlySet<SetName> {
	const sets = new Set<SetName>(["KUBE-LOOP-BACK"]);
	if (ports.some(({ sourceRanges }) => sourceRanges.length > 0)) sets.add("KUBE-LOAD-BALANCER-SOURCE-IP");
	if (ports.some(({ protocol, nodePort }) => protocol === "sctp" && nodePort !== 0)) {
		sets.add("KUBE-NODE-PORT-SCTP-HASH").add("KUBE-NODE-PORT-LOCAL-SCTP-HASH");
	}
	return sets;
}

/** The set with its entries, each once. */
export function makeSet(name: Exclude<SetName, "KUBE-IPVS-IPS">, input: SetInput): Ipset {
	const entries = new Map<string, IpsetEntry>();
	const add = (text: string, origin: Origin): void => {
		if (!entries.has(text)) entries.set(text, { text, nomatch: false, options: "", origin });
	};
	if (name === "KUBE-LOOP-BACK") addLoopBack(input, add);
	else for (const port of input.services.ports) for (const text of entriesOf(name, port, input)) add(text, port.origin);
	return asSet(name, input.services.family, [...entries.values()]);
}

/** Whether the set has no entry, without making it. */
export function isEmptySet(name: SetName, input: SetInput): boolean {
	const { services, node } = input;
	if (name === "KUBE-LOOP-BACK") return services.on(node.name).length === 0;
	if (name === "KUBE-IPVS-IPS") return services.ports.length === 0;
	return services.ports.every((port) => entriesOf(name, port, input).length === 0);
}

/** KUBE-IPVS-IPS: the addresses on kube-ipvs0. */
export function boundSet(family: Family, bound: readonly InterfaceAddress[]): Ipset {
	const entries = bound.map(({ address, origin }) => ({ text: address.text, nomatch: false, options: "", origin }));
	return asSet("KUBE-IPVS-IPS", family, entries);
}

function asSet(name: SetName, family: Family, entries: readonly IpsetEntry[]): Ipset {
	const { type, comment } = SETS[name];
	const hashOptions = `family ${family === 4 ? "inet" : "inet6"} hashsize 1024 maxelem 65536`;
	return {
		name: kernelSetName(name, family),
		type,
		options: type === "bitmap:port" ? "range 0-65535" : hashOptions,
		entries,
		origin: proxyOrigin(comment),
	};
}

/** Endpoints of this node that may meet themselves, usable or not. */
function addLoopBack({ services, node }: SetInput, add: (text: string, origin: Origin) => void): void {
	for (const { port, endpoint } of services.on(node.name)) {
		const address = endpoint.address.text;
		add(`${address},${port.protocol}:${endpoint.port},${address}`, port.origin);
	}
}

type PortSetName = Exclude<SetName, "KUBE-LOOP-BACK" | "KUBE-IPVS-IPS">;

function entriesOf(name: PortSetName, port: ProxyServicePort, input: SetInput): readonly string[] {
	const at = (address: Address): string => `${address.text},${port.protocol}:${port.port}`;
	const { externalLocal, externalIPs, loadBalancerVIPs, sourceRanges } = port;
	switch (name) {
		case "KUBE-CLUSTER-IP":
			return [at(port.clusterIP)];
		case "KUBE-EXTERNAL-IP":
			return externalLocal ? [] : externalIPs.map(at);
		case "KUBE-EXTERNAL-IP-LOCAL":
			return externalLocal ? externalIPs.map(at) : [];
		case "KUBE-LOAD-BALANCER":
			return loadBalancerVIPs.map(at);
		case "KUBE-LOAD-BALANCER-LOCAL":
			return externalLocal ? loadBalancerVIPs.map(at) : [];
		case "KUBE-LOAD-BALANCER-FW":
			return sourceRanges.length > 0 ? loadBalancerVIPs.map(at) : [];
		case "KUBE-LOAD-BALANCER-SOURCE-CIDR": {
			// The kernel refuses a prefix of length 0 in a hash:…,net set (ipset(8)); kube-proxy logs that and goes on.
			const ranges = sourceRanges.filter(({ length }) => length > 0);
			return loadBalancerVIPs.flatMap((address) => ranges.map((range) => `${at(address)},${range.text}`));
		}
		case "KUBE-LOAD-BALANCER-SOURCE-IP":
			return allowsNode(port, input.node) ? loadBalancerVIPs.map((address) => `${at(address)},${address.text}`) : [];
		case "KUBE-HEALTH-CHECK-NODE-PORT":
			return port.healthCheckNodePort === 0 ? [] : [String(port.healthCheckNodePort)];
		default:
			return nodePortEntries(name, port, input.nodePortAddresses);
	}
}

/** The node's own address is in the Service's source ranges: then it may also come from the load balancer address itself. */
export function allowsNode(port: ProxyServicePort, node: ProxyNode): boolean {
	const address = nodeAddress(node, port.family);
	return address !== undefined && port.sourceRanges.some((range) => contains(range, address));
}

function nodePortEntries(name: string, port: ProxyServicePort, addresses: readonly Address[]): readonly string[] {
	if (port.nodePort === 0 || addresses.length === 0) return [];
	if (name.includes("-LOCAL-") && !port.externalLocal) return [];
	if (!name.replace("-HASH", "").endsWith(port.protocol.toUpperCase())) return [];
	if (port.protocol !== "sctp") return [String(port.nodePort)];
	return addresses.map((address) => `${address.text},sctp:${port.nodePort}`);
}
