/** A small cluster in a given mode, in the surroundings that the mode needs: two nodes, two pods on each, both families. */
import type { Family } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { loadCluster } from "../cluster/load.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { NetworkMode } from "../modes/mode.ts";
import { clusterNetwork } from "../modes/network.ts";
import type { Subject } from "../trace/subject.ts";

export interface SampleOptions {
	/** The pods' status says no addresses: the mode's IPAM gives them. */
	readonly withoutAddresses?: boolean;
	/** Pods keep their addresses towards whoever is outside of the cluster, where the mode lets that be said. */
	readonly keepsAddresses?: boolean;
	/** Nothing is let in to the second pod by a NetworkPolicy. */
	readonly denied?: boolean;
}

/** The pods of nodes a, b, a, b. */
export const SAMPLE_PODS = ["p1", "p2", "p3", "p4"] as const;
/** Outside of the cluster (RFC 5737). */
export const OUTSIDE = "203.0.113.9";

const POD_CIDRS = ["10.244.0.0/16", "fd00:244::/48"];

/** @throws {InputError} For a cluster that the mode cannot be in. */
export function sampleOf(mode: NetworkMode, options: SampleOptions = {}): Subject {
	const objects = [
		own("Cluster", {
			mode: mode.id,
			podCIDRs: POD_CIDRS,
			serviceCIDRs: ["10.96.0.0/16", "fd00:96::/112"],
			...ofCluster(mode),
		}),
		...surroundings(mode),
		...["a", "b"].map((name, index) => node(name, index + 1)),
		...SAMPLE_PODS.map((name, index) => pod(name, index, options)),
		...(options.denied === true ? [DENIAL] : []),
		...modeObjects(mode, options),
	];
	const cluster = loadCluster([{ name: "sample", text: JSON.stringify(objects) }]);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

/** Undefined where the mode cannot be in such a cluster. */
export function trySample(mode: NetworkMode, options: SampleOptions): Subject | undefined {
	try {
		return sampleOf(mode, options);
	} catch (error) {
		if (error instanceof InputError) return undefined;
		throw error;
	}
}

export function sampleAddress({ pods }: Cluster, name: string, family: Family): string {
	return pods.find((each) => each.name === name)?.podIPs.find((each) => each.family === family)?.text ?? "";
}

function own(kind: string, spec: object): object {
	return { apiVersion: "podpath.dev/v1alpha1", kind, metadata: { name: kind.toLowerCase() }, spec };
}

const VLAN = 20;
const NODE_CIDRS = ["192.168.0.0/24", "fd00:168::/64"];
const GATEWAYS = ["192.168.0.254", "fd00:168::fe"];
const POD_GATEWAYS = ["10.244.255.254", "fd00:244::fe"];

/** Contiv's networks are no Kubernetes objects; netplugin takes a second card for them. */
function ofCluster({ id }: NetworkMode): object {
	if (!id.startsWith("contiv-")) return {};
	const [subnet, ipv6Subnet] = POD_CIDRS;
	const [gateway, ipv6Gateway] = POD_GATEWAYS;
	return {
		contiv: {
			uplink: "eth1",
			networks: [{ name: "default-net", pktTag: VLAN, subnet, gateway, ipv6Subnet, ipv6Gateway }],
			...(id === "contiv-bgp" && { bgp: ["a", "b"].map(contivRouter) }),
		},
	};
}

/** Between the nodes' uplinks, which are not the cards that the cluster is managed by. */
const UPLINKS = { cidrs: ["192.168.1.0/24"], gateways: ["192.168.1.254"] };

/** The segment's router is the nodes' neighbour, as other modes' peer. */
function contivRouter(node: string, index: number): object {
	const [neighbor] = UPLINKS.gateways;
	return { node, routerIP: `192.168.1.${index + 1}/24`, as: 65001, neighbor, neighborAS: 65000 };
}

/** What is between the nodes. */
function surroundings({ id, capabilities }: NetworkMode): readonly object[] {
	const { podAddresses, podRoutesInVpc } = capabilities;
	if (podAddresses === "vpc" || podRoutesInVpc) {
		const vSwitches = [...NODE_CIDRS, ...(podAddresses === "vpc" ? POD_CIDRS : [])];
		const spec = {
			cidrs: ["192.168.0.0/16", "10.244.0.0/16", "fd00::/16"],
			vSwitches: vSwitches.map((cidr, index) => ({ id: `vsw-${index}`, cidr })),
		};
		return [own("VPC", spec)];
	}
	const vlans = podAddresses === "data-centre" ? [{ id: VLAN, cidrs: POD_CIDRS, gateways: POD_GATEWAYS }] : [];
	const ports = id.startsWith("contiv-")
		? ["a", "b"].map((machine) => ({ machine, device: "eth1", trunk: "all" }))
		: [];
	const nodes = { cidrs: NODE_CIDRS, gateways: GATEWAYS };
	if (id !== "contiv-bgp") return [own("Segment", { ...nodes, vlans, ports })];
	return [own("Segment", nodes), { ...own("Segment", { ...UPLINKS, ports }), metadata: { name: "uplinks" } }];
}

function node(name: string, number: number): object {
	const addresses = [`192.168.0.${number}`, `fd00:168::${number}`];
	return {
		apiVersion: "v1",
		kind: "Node",
		metadata: { name },
		spec: { podCIDRs: [`10.244.${number}.0/24`, `fd00:244:0:${number}::/64`] },
		status: { addresses: addresses.map((address) => ({ type: "InternalIP", address })) },
	};
}

function pod(name: string, index: number, { withoutAddresses }: SampleOptions): object {
	const number = (index % 2) + 1;
	const last = 10 + index;
	const podIPs = [{ ip: `10.244.${number}.${last}` }, { ip: `fd00:244:0:${number}::${last}` }];
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "default", labels: { app: name } },
		spec: { nodeName: number === 1 ? "a" : "b", containers: [{ ports: [{ containerPort: 80, protocol: "TCP" }] }] },
		...(withoutAddresses === true ? {} : { status: { podIPs } }),
	};
}

const DENIAL = {
	apiVersion: "networking.k8s.io/v1",
	kind: "NetworkPolicy",
	metadata: { name: "denied", namespace: "default" },
	spec: { podSelector: { matchLabels: { app: "p2" } } },
};

/** What its own objects must say, where nothing can be assumed or what is assumed is not asked for. */
function modeObjects({ id }: NetworkMode, { keepsAddresses }: SampleOptions): readonly object[] {
	if (id === "hybridnet-bgp") return hybridnetBgp();
	if (id !== "calico-bgp" || keepsAddresses !== true) return [];
	return POD_CIDRS.map((cidr, index) => ({
		apiVersion: "projectcalico.org/v3",
		kind: "IPPool",
		metadata: { name: `pool-${index}` },
		spec: { cidr, natOutgoing: false, ipipMode: "Never", vxlanMode: "Never" },
	}));
}

/** The segment's router is the nodes' peer. */
function hybridnetBgp(): readonly object[] {
	const object = (kind: string, name: string, spec: object): object => ({
		apiVersion: "networking.alibaba.com/v1",
		kind,
		metadata: { name },
		spec,
	});
	const bgpPeers = GATEWAYS.map((address) => ({ asn: 65000, address }));
	return [
		object("Network", "bgp", { type: "Underlay", mode: "BGP", netID: 65001, config: { bgpPeers } }),
		...POD_CIDRS.map((cidr, index) =>
			object("Subnet", `bgp-${index}`, { network: "bgp", range: { version: index === 0 ? "4" : "6", cidr } }),
		),
	];
}
