/** Contiv (contiv/netplugin): pods on an Open vSwitch bridge of their node. */
import type { ModePlan, NetworkMode } from "../mode.ts";
import { ContivVlanPlan } from "./vlan-plan.ts";

/** `contiv-vlan`. */
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
		plan: (cluster, underlay) => {
			const contiv = cluster.settings?.contiv;
			return contiv === undefined ? WITHOUT_NETWORKS : new ContivVlanPlan(cluster, underlay, contiv);
		},
	},
];

const WITHOUT_NETWORKS: ModePlan = {
	assumptions: [
		{
			code: "pod-network-missing",
			message: "the Cluster object has no spec.contiv, so podpath knows no network of Contiv's and pods have none",
			severity: "warning",
		},
	],
	node: () => [],
	pod: () => [],
	wires: () => [],
	stackedOn: () => [],
};
