/** Contiv (contiv/netplugin): pods on an Open vSwitch bridge of their node. */
import type { Cluster } from "../../cluster/cluster.ts";
import type { ContivSettings } from "../../cluster/settings.ts";
import { phrase } from "../../wording/phrase.ts";
import type { ModePlan, NetworkMode } from "../mode.ts";
import type { Underlay } from "../underlay/underlay.ts";
import { ContivBgpPlan } from "./bgp-plan.ts";
import { ContivVlanPlan } from "./vlan-plan.ts";

const WITHOUT_NETWORKS: ModePlan = {
	assumptions: [
		{
			code: "pod-network-missing",
			message: phrase("no-contiv-settings"),
			severity: "warning",
		},
	],
	node: () => [],
	pod: () => [],
	wires: () => [],
	stackedOn: () => [],
};

type Plan = new (cluster: Cluster, underlay: Underlay, settings: ContivSettings) => ModePlan;

function planned(plan: Plan): NetworkMode["plan"] {
	return (cluster, underlay) => {
		const contiv = cluster.settings?.contiv;
		return contiv === undefined ? WITHOUT_NETWORKS : new plan(cluster, underlay, contiv);
	};
}

/** `contiv-vlan`, `contiv-bgp`. */
export const CONTIV_MODES: readonly NetworkMode[] = [
	{
		id: "contiv-vlan",
		// It has policies of its own, set by netctl, and does not read NetworkPolicies.
		capabilities: {
			families: [4, 6],
			podRoutesInVpc: false,
			networkPolicy: "none",
			podAddresses: "data-centre",
			fixedAddress: null,
		},
		plan: planned(ContivVlanPlan),
	},
	{
		id: "contiv-bgp",
		// Its agent answers ARP and no neighbour discovery, and tells its BGP neighbour IPv4 prefixes (ofnet vlrouter.go, ofnetBgp.go).
		capabilities: {
			families: [4],
			podRoutesInVpc: false,
			networkPolicy: "none",
			podAddresses: "cluster",
			fixedAddress: null,
		},
		plan: planned(ContivBgpPlan),
	},
];
