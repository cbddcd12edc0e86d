/** How kube-proxy tells the traffic of the cluster's own pods (`detectLocalMode`; pkg/proxy/util/localdetector.go). */
import type { Family } from "../address/address.ts";
import type { Prefix } from "../address/prefix.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { KubeProxySettings } from "../cluster/settings.ts";
import type { Match } from "../netfilter/xtables/matches/index.ts";
import { inInterface, source } from "../netfilter/xtables/rules.ts";
import type { ProxyNode } from "./proxy-node.ts";

/** What marks a packet as sent by a pod. */
export type LocalTraffic =
	| { readonly kind: "source"; readonly prefix: Prefix }
	/** A trailing `+` stands for any ending. */
	| { readonly kind: "interface"; readonly device: string }
	/** kube-proxy was told nothing to go by: it then marks no traffic and short-circuits none. */
	| { readonly kind: "unknown" };

/** The detector of a family. Only the first block of the family counts, as in kube-proxy (server_linux.go getLocalDetectors). */
export function localTraffic(
	cluster: Pick<Cluster, "podCIDRs">,
	settings: KubeProxySettings,
	node: Pick<ProxyNode, "podCIDRs">,
	family: Family,
): LocalTraffic {
	const first = (blocks: readonly Prefix[]): LocalTraffic => {
		const block = blocks.find((candidate) => candidate.family === family);
		return block === undefined ? { kind: "unknown" } : { kind: "source", prefix: block };
	};
	switch (settings.detectLocalMode) {
		case "ClusterCIDR":
			return first(settings.clusterCIDRs.length > 0 ? settings.clusterCIDRs : cluster.podCIDRs);
		case "NodeCIDR":
			return first(node.podCIDRs);
		case "BridgeInterface":
			return byInterface(settings.detectLocalInterface, "");
		case "InterfaceNamePrefix":
			return byInterface(settings.detectLocalInterface, "+");
	}
}

function byInterface(name: string, ending: string): LocalTraffic {
	return name === "" ? { kind: "unknown" } : { kind: "interface", device: name + ending };
}

/** The condition as an iptables match: the traffic is a pod's, or with `negated` it is not. */
export function localTrafficMatch(local: Exclude<LocalTraffic, { kind: "unknown" }>, negated: boolean): Match {
	return local.kind === "source" ? source(local.prefix, negated) : inInterface(local.device, negated);
}
