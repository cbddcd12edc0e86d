/** BGP as Hybridnet's daemon speaks it: each node tells its network's peers of its own pods, and takes no route from anybody. */
import type { Family } from "../../address/address.ts";
import { address } from "../../address/address.ts";
import { hostPrefix } from "../../address/prefix.ts";
import { ACCEPT_ALL, REJECT_ALL } from "../../bgp/filter.ts";
import { BgpNetwork } from "../../bgp/network.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { HybridnetNetwork } from "../../cluster/hybridnet-objects.ts";
import type { Node } from "../../cluster/objects.ts";
import type { Speaker } from "../../state/speaker.ts";
import { hostSpeakers } from "../host-speakers.ts";
import { isJoined } from "../pod-namespace.ts";
import type { Underlay } from "../underlay/underlay.ts";
import { type PodNetworks, type PodSubnet, speaksBgp } from "./networks.ts";

/** The speakers of one family: nodes of BGP networks, and hosts. */
export function bgpNetwork(cluster: Cluster, underlay: Underlay, networks: PodNetworks, family: Family): BgpNetwork {
	const nodes = cluster.nodes.flatMap((node) => nodeSpeaker(cluster, networks, node, family));
	return new BgpNetwork([...nodes, ...hostSpeakers(cluster, underlay, family)]);
}

function nodeSpeaker(cluster: Cluster, networks: PodNetworks, node: Node, family: Family): readonly Speaker[] {
	const own = node.internalIPs.find((each) => each.family === family);
	const network = bgpNetworkOf(networks.onNode(node));
	if (own === undefined || network === undefined) return [];
	const pods = cluster.podsOn(node.name).filter(isJoined);
	const told = pods.flatMap((pod) => networks.of(pod)).filter(({ subnet }) => speaksBgp(subnet));
	return [
		{
			name: `node/${node.name}`,
			routerId: node.internalIPs.find((each) => each.family === 4) ?? UNSPECIFIED,
			asn: network.netID ?? 0,
			addresses: [own],
			neighbours: network.bgpPeers
				.filter((peer) => peer.address.family === family)
				.map((peer) => ({
					address: peer.address,
					asn: peer.asn,
					client: false,
					nextHop: "default",
					allowedOwnAs: 0,
					object: `network/${network.name}`,
				})),
			networks: told.filter((each) => each.address.family === family).map((each) => hostPrefix(each.address)),
			exports: ACCEPT_ALL,
			kernel: REJECT_ALL,
			installs: "one-of-equal",
		},
	];
}

const UNSPECIFIED = address("0.0.0.0");

/** A node is in one underlay network at most. */
export function bgpNetworkOf(subnets: readonly PodSubnet[]): HybridnetNetwork | undefined {
	return subnets.find(speaksBgp)?.network;
}
