/** Hybridnet: pods of overlay and underlay networks side by side, on one cluster and on one node. */

import type { Cluster } from "../../cluster/cluster.ts";
import type { HybridnetMode } from "../../cluster/hybridnet-objects.ts";
import { FELIX_ENFORCEMENT } from "../../policy/enforcement.ts";
import type { NetworkMode } from "../mode.ts";
import { HybridnetPlan } from "./plan.ts";

/** Which networks there are the objects say; a mode's name says what is taken where there are none. */
const MODES: readonly (readonly [id: string, mode: HybridnetMode])[] = [
	["hybridnet-vxlan", "VXLAN"],
	["hybridnet-vlan", "VLAN"],
	["hybridnet-bgp", "BGP"],
];

/** `hybridnet-vxlan`, `hybridnet-vlan`, `hybridnet-bgp`. */
export const HYBRIDNET_MODES: readonly NetworkMode[] = MODES.map(([id, mode]) => ({
	id,
	capabilities: {
		families: [4, 6],
		fixedAddress: "annotation networking.alibaba.com/ip-pool",
		mixesNetworks: true,
		podAddresses: mode === "VLAN" ? "data-centre" : "cluster",
		podRoutesInVpc: false,
		networkPolicy: "documented",
		enforcement: FELIX_ENFORCEMENT,
	},
	plan: (cluster: Cluster, underlay) => new HybridnetPlan(cluster, underlay, mode),
}));
