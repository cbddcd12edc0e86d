/** What kube-proxy knows of the node that it runs on. */
import type { Address, Family } from "../address/address.ts";
import { isLinkLocal, isLoopback } from "../address/address.ts";
import { contains, hostPrefix, type Prefix, prefix } from "../address/prefix.ts";
import type { Node } from "../cluster/objects.ts";
import type { KubeProxySettings } from "../cluster/settings.ts";
import type { NodeTopology } from "./endpoints.ts";

/** The node as kube-proxy sees it. */
export interface ProxyNode extends NodeTopology {
	/** The addresses of the Node object (InternalIP first): the first of each family is "the node IP". */
	readonly nodeAddresses: readonly Address[];
	/** Every address of the node's devices as `ip address` shows them, but for kube-ipvs0's: eth0, cni0, docker0, lo … */
	readonly deviceAddresses: readonly Address[];
	readonly podCIDRs: readonly Prefix[];
}

/** A Node object with the addresses of its devices; where those are not known, its own are all there is. */
export function proxyNodeOf(node: Node, deviceAddresses: readonly Address[] = []): ProxyNode {
	const nodeAddresses = [...node.internalIPs, ...node.externalIPs];
	const known = new Map([...node.internalIPs, ...deviceAddresses].map((address) => [address.text, address]));
	return {
		name: node.name,
		zone: node.labels["topology.kubernetes.io/zone"] ?? "",
		nodeAddresses,
		deviceAddresses: [...known.values()],
		podCIDRs: node.podCIDRs,
	};
}

/** The node IP of a family, as kube-proxy detects it. */
export function nodeAddress(node: ProxyNode, family: Family): Address | undefined {
	return node.nodeAddresses.find((address) => address.family === family);
}

/** The addresses that node ports are served on. */
export type NodePortAddresses =
	/** Whatever is local. */
	| { readonly kind: "all" }
	| { readonly kind: "some"; readonly addresses: readonly Address[]; readonly loopback: boolean };

const LOOPBACK_V4 = prefix("127.0.0.0/8");

/**
 * `--nodeport-addresses` on this node in one family (pkg/proxy/util/nodeport_addresses.go). Blocks of the other family do
 * not count, and none of this family means all. In nftables mode nothing said means `primary` (cmd/kube-proxy/app
 * platformApplyDefaults).
 */
export function nodePortAddresses(settings: KubeProxySettings, node: ProxyNode, family: Family): NodePortAddresses {
	const said = settings.nodePortAddresses;
	const wanted = said.length === 0 && settings.mode === "nftables" ? (["primary"] as const) : said;
	const primary = nodeAddress(node, family);
	const blocks = wanted.flatMap((entry) => {
		if (entry !== "primary") return entry.family === family ? [entry] : [];
		return primary === undefined ? [] : [hostPrefix(primary)];
	});
	if (blocks.length === 0 || blocks.some(({ length }) => length === 0)) return { kind: "all" };
	const local = node.deviceAddresses.filter((address) => address.family === family);
	return {
		kind: "some",
		addresses: local.filter((address) => blocks.some((block) => contains(block, address))),
		loopback: family === 4 && blocks.some((block) => contains(block, LOOPBACK_V4.address) || isLoopback(block.address)),
	};
}

/** The addresses that IPVS mode takes for the node's own: neither loopback nor, in IPv6, link-local (ipvs/netlink_linux.go). */
export function localAddressesForIpvs(node: ProxyNode, family: Family): readonly Address[] {
	return node.deviceAddresses.filter(
		(address) => address.family === family && !isLoopback(address) && !(family === 6 && isLinkLocal(address)),
	);
}
