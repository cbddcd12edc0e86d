/** What a question is asked about: the network, and the cluster that names its places. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Network } from "../state/network.ts";

export interface Subject {
	readonly cluster: Cluster;
	readonly network: Network;
	/** The network was read from real nodes, not made from the cluster's objects. */
	readonly fromSnapshot: boolean;
}
