/** Networks and subnets where the input has none of Hybridnet's objects: the simplest ones that the mode's pods can be in. */
import { contains, type Prefix } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { HybridnetMode, HybridnetNetwork, HybridnetSubnet } from "../../cluster/hybridnet-objects.ts";
import type { ObjectMeta } from "../../cluster/objects.ts";
import type { Assumption } from "../../state/assumption.ts";
import { phrase } from "../../wording/phrase.ts";

export interface AssumedNetworks {
	readonly networks: readonly HybridnetNetwork[];
	readonly subnets: readonly HybridnetSubnet[];
	readonly assumptions: readonly Assumption[];
}

/** The VNI of the network that Hybridnet's chart makes. */
const CHART_VNI = 4;

/** For VLANs those of the Segments that hold a pod's address; else one network with the pod CIDRs. */
export function assumedNetworks(cluster: Cluster, mode: HybridnetMode): AssumedNetworks {
	const found = mode === "VLAN" ? vlansOfPods(cluster) : cluster.podCIDRs.map((cidr) => ({ cidr, netID: null }));
	const meta: ObjectMeta = {
		name: "assumed",
		namespace: "",
		labels: {},
		annotations: {},
		source: cluster.settings?.source ?? { file: "", line: 1 },
	};
	const network: HybridnetNetwork = {
		...meta,
		kind: "Network",
		type: mode === "VXLAN" ? "Overlay" : "Underlay",
		mode,
		netID: mode === "VXLAN" ? CHART_VNI : null,
		nodeSelector: {},
		nodeList: [],
		bgpPeers: [],
	};
	const subnets = found.map(
		(each, i): HybridnetSubnet => ({
			...meta,
			kind: "Subnet",
			name: `assumed-${i}`,
			network: network.name,
			netID: each.netID,
			cidr: each.cidr,
			gateway: ("gateways" in each ? each.gateways[0] : undefined) ?? null,
			start: null,
			end: null,
			reservedIPs: [],
			excludeIPs: [],
			autoNatOutgoing: true,
			private: false,
		}),
	);
	const told = subnets.map(({ cidr, netID }) =>
		netID === null ? cidr.text : phrase("in-vlan", { cidr: cidr.text, vlan: netID }),
	);
	const message = phrase("pod-network-assumed", { mode, subnets: told.length === 0 ? phrase("no-subnet") : told });
	return { networks: [network], subnets, assumptions: [{ code: "pod-network-assumed", message }] };
}

interface VlanSubnet {
	readonly cidr: Prefix;
	readonly netID: number;
	readonly gateways: Cluster["segments"][number]["gateways"];
}

function vlansOfPods({ segments, pods }: Cluster): readonly VlanSubnet[] {
	return segments.flatMap(({ vlans }) =>
		vlans.flatMap(({ id, cidrs, gateways }) =>
			cidrs
				.filter((cidr) => pods.some(({ podIPs }) => podIPs.some((each) => contains(cidr, each))))
				.map((cidr) => ({ cidr, netID: id, gateways: gateways.filter((each) => contains(cidr, each)) })),
		),
	);
}
