/** Kind `Cluster`: what Kubernetes has no object for. */

import * as z from "zod";
import { defaultPrefix, type Prefix, prefix } from "../../address/prefix.ts";
import { rangesOverlap } from "../../ipam/range.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { clusterMeta } from "../metadata.ts";
import type {
	AddressPoolSettings,
	ClusterObject,
	FlannelSettings,
	KubeProxySettings,
	TerwaySettings,
} from "../settings.ts";
import { contiv, contivSettings } from "./contiv-settings.ts";
import { addressRange, cidr, ipAddress, kubernetesVersion, sysctls, terwayVersion } from "./field-schemas.ts";
import { type OwnKind, ownKind } from "./own-kind.ts";
import { mustBe } from "./wanted.ts";

const nodePortBlock = z.union([z.enum(["primary", "localhost", "all"]), cidr], {
	error: mustBe(phrase("cidr-or-words", { names: ["primary", "localhost", "all"] })),
});

const kubeProxy = z.strictObject({
	mode: z.enum(["iptables", "ipvs", "nftables", "none"]).optional(),
	version: kubernetesVersion.optional().meta({ description: "Where it is not the cluster's kubernetesVersion." }),
	clusterCIDRs: z.array(cidr).optional(),
	detectLocalMode: z.enum(["ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"]).optional(),
	detectLocalInterface: z.string().optional(),
	masqueradeAll: z.boolean().optional(),
	masqueradeBit: z.int().min(0).max(31).optional(),
	nodePortAddresses: z.array(nodePortBlock).optional(),
	localhostNodePorts: z.boolean().optional(),
	ipvsScheduler: z.string().optional(),
	strictARP: z.boolean().optional(),
	tcpBeLiberal: z.boolean().optional(),
	lbLocalFallback: z.boolean().optional().meta({
		description: "IPVS: policy Local without local endpoints takes all endpoints (kubernetes/kubernetes#97081).",
	}),
});

const flannel = z.strictObject({
	networks: z.array(cidr).optional().meta({ description: "Where they are not the cluster's podCIDRs." }),
	backend: z.enum(["vpc", "host-gw", "vxlan", "ipip"]).optional(),
	vni: z.int().min(1).max(0xffffff).optional(),
	port: z.int().min(0).max(65535).optional().meta({ description: "0: the kernel's default, 8472." }),
	directRouting: z.boolean().optional(),
	ipMasq: z.boolean().optional().meta({ description: "flanneld's --ip-masq." }),
	enableNFTables: z.boolean().optional(),
	mtu: z.int().min(0).max(65535).optional().meta({ description: "0: from the external interface." }),
});

const terway = z.strictObject({
	version: terwayVersion
		.optional()
		.meta({ description: "What Terway programs changed over time; absent: the newest." }),
	trunk: z.boolean().optional().meta({ description: "enable_eni_trunking; always on in mode terway-trunk." }),
	vlanStripType: z.enum(["filter", "vlan"]).optional(),
	hostStackCIDRs: z
		.array(cidr)
		.optional()
		.meta({ description: "What pods with an ENI of their own reach through their node; absent: 169.254.20.10/32." }),
	eniConfig: z
		.strictObject({ securityGroups: z.array(z.string()).optional(), vSwitches: z.array(z.string()).optional() })
		.optional(),
	ipamType: z.enum(["default", "crd"]).optional(),
	trunkSharesQuota: z
		.boolean()
		.optional()
		.meta({ description: "Shared and trunk pods together are limited to what shared ones alone could be." }),
	ipPrefix: z.boolean().optional().meta({ description: "enable_ip_prefix: blocks of 16 addresses." }),
	eniCapRatio: z.number().positive().optional(),
	eniCapShift: z.int().optional(),
	maxENI: z.int().min(0).optional().meta({ description: "max_eni; 0: no limit." }),
	mtu: z.int().min(0).max(65535).optional().meta({ description: "0: 1500." }),
	networkPolicy: z.boolean().optional().meta({ description: "False: disable_network_policy; absent: enforced." }),
	inClusterLoadBalance: z.boolean().optional(),
});

const addressPool = z.strictObject({
	name: z.string().min(1),
	range: addressRange,
	exclude: z.array(ipAddress).default([]),
	namespaces: z.array(z.string()).default([]).meta({ description: "Whose pods may have its addresses; absent: all." }),
});

const spec = z.strictObject({
	mode: z.string().optional().meta({ description: "The network mode: flannel-vpc, flannel-vxlan, terway-trunk …" }),
	podCIDRs: z.array(cidr).optional(),
	serviceCIDRs: z.array(cidr).optional(),
	kubernetesVersion: kubernetesVersion.optional(),
	kubeProxy: kubeProxy.optional(),
	flannel: flannel.optional(),
	terway: terway.optional(),
	contiv: contiv.optional(),
	addressPools: z.array(addressPool).optional().meta({
		description: "Out of which pods get addresses in modes whose pools no object of Kubernetes describes.",
	}),
	nodeSysctls: sysctls.optional().meta({ description: "What every node sets besides what the network sets." }),
	nodes: z
		.record(z.string(), z.strictObject({ sysctls: sysctls.optional() }))
		.optional()
		.meta({ description: "The same for single nodes, by name." }),
});

type Spec = z.output<typeof spec>;

export const CLUSTER_KIND: OwnKind<ClusterObject> = ownKind(
	"Cluster",
	"The network mode and what configures it. One a set of manifests.",
	spec.optional(),
	(given, object) => clusterObject(given ?? {}, object),
);

function clusterObject(given: Spec, object: Field): ClusterObject {
	const { mode = "", podCIDRs = [], serviceCIDRs = [], nodeSysctls = {}, nodes = {} } = given;
	return {
		...clusterMeta(object),
		kind: "Cluster",
		mode,
		podCIDRs,
		serviceCIDRs,
		kubeProxy: proxySettings(given),
		flannel: withoutAbsent(given.flannel ?? {}) as Partial<FlannelSettings>,
		terway: terwaySettings(given),
		...(given.contiv !== undefined && { contiv: contivSettings(given.contiv, object.at("spec").at("contiv")) }),
		addressPools: addressPoolsIn(given, object),
		nodeSysctls,
		sysctlsByNode: Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, node.sysctls ?? {}])),
	};
}

/** Pools with a name each, none with an address of another. */
function addressPoolsIn({ addressPools = [] }: Spec, object: Field): readonly AddressPoolSettings[] {
	for (const [i, pool] of addressPools.entries()) {
		const other = addressPools
			.slice(0, i)
			.find((each) => each.name === pool.name || rangesOverlap(each.range, pool.range));
		if (other === undefined) continue;
		const field = object.at("spec").at("addressPools").items()[i] ?? object;
		const of = phrase("address-pool", { name: pool.name });
		if (other.name === pool.name) field.fail("duplicate-object", phrase("there-twice", { what: of }));
		const otherOf = phrase("bare-name", { name: other.name });
		const facts = { cidr: pool.range.text, of, other: other.range.text, otherOf };
		field.fail("overlapping-cidrs", phrase("overlaps", facts));
	}
	return addressPools;
}

function terwaySettings(given: Spec): Partial<TerwaySettings> {
	const { eniConfig, ...rest } = given.terway ?? {};
	return withoutAbsent({ ...rest, ...eniConfig }) as Partial<TerwaySettings>;
}

function proxySettings(given: Spec): Partial<KubeProxySettings> {
	const { version, nodePortAddresses, ...rest } = given.kubeProxy ?? {};
	return withoutAbsent({
		...rest,
		minorVersion: version ?? given.kubernetesVersion,
		nodePortAddresses: nodePortAddresses?.flatMap((each) => (typeof each === "string" ? nodePortKeyword(each) : each)),
	}) as Partial<KubeProxySettings>;
}

/** The words that kube-proxy's nodePortAddresses knows besides CIDRs. */
export function nodePortKeyword(word: "primary" | "localhost" | "all"): readonly (Prefix | "primary")[] {
	switch (word) {
		case "primary":
			return ["primary"];
		case "localhost":
			return [prefix("127.0.0.0/8"), prefix("::1/128")];
		case "all":
			return [defaultPrefix(4), defaultPrefix(6)];
	}
}

function withoutAbsent(settings: object): object {
	return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
