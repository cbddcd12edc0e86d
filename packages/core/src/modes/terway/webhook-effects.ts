/** What Terway's webhook writes into a pod that is to have an ENI of its own (mutating.go). */
import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { AllocationType, PodNetworking } from "../../cluster/terway-objects.ts";
import {
	ENI_RESOURCE,
	MEMBER_ENI_RESOURCE,
	POD_ALLOC_TYPE,
	POD_ENI,
	POD_NETWORKING,
	POD_NETWORKS,
	POD_NETWORKS_REQUEST,
} from "./annotations.ts";
import type { PodNetworkingMatch } from "./pod-networking-match.ts";
import { requestedNetworks } from "./requested-networks.ts";

export interface WebhookEffects {
	readonly annotations: Readonly<Record<string, string>>;
	/** Requested of the pod's first container, so that the scheduler counts it. */
	readonly resource: { readonly name: string; readonly count: number };
	/** The pod may run only in these zones (`topology.kubernetes.io/zone`); empty: anywhere. */
	readonly zones: readonly string[];
}

interface Network {
	readonly interface: string;
	readonly vSwitchOptions: readonly string[];
	readonly securityGroupIDs: readonly string[];
}

export function effectsOf(
	cluster: Cluster,
	pod: Pod,
	decision: PodNetworkingMatch["decision"],
	applied: readonly PodNetworking[],
): WebhookEffects | null {
	switch (decision) {
		case "matched":
		case "requested":
		case "eni-config":
			return effects(cluster, pod, applied, decision === "matched");
		// What the annotation says is kept, and is not looked into here.
		case "annotation":
		case "not-managed":
		case "denied":
		case "shared-eni":
		case "unknown":
			return null;
	}
}

function effects(cluster: Cluster, pod: Pod, applied: readonly PodNetworking[], isMatch: boolean): WebhookEffects {
	const networks = networksOf(cluster, pod, applied);
	const [first] = applied;
	const usesMember = cluster.terway?.trunk === true && first?.eniType !== "ENI";
	return {
		annotations: {
			...(isMatch && first !== undefined
				? { [POD_NETWORKING]: first.name, [POD_ALLOC_TYPE]: JSON.stringify(allocationJson(first.allocationType)) }
				: {}),
			[POD_NETWORKS]: JSON.stringify({ podNetworks: networks }),
			[POD_ENI]: "true",
		},
		resource: { name: usesMember ? MEMBER_ENI_RESOURCE : ENI_RESOURCE, count: networks.length },
		zones: zonesFor(cluster, pod, applied),
	};
}

function networksOf(cluster: Cluster, pod: Pod, applied: readonly PodNetworking[]): readonly Network[] {
	const { vSwitches = [], securityGroups = [] } = cluster.terway ?? {};
	if (applied.length === 0) return [network("eth0", vSwitches, securityGroups)];
	const requested = requestedNetworks(pod.annotations[POD_NETWORKS_REQUEST] ?? "") ?? [];
	return applied.map(({ vSwitchOptions, securityGroupIDs }, i) =>
		network(
			requested[i]?.interfaceName || "eth0",
			vSwitchOptions.length > 0 ? vSwitchOptions : vSwitches,
			securityGroupIDs.length > 0 ? securityGroupIDs : securityGroups,
		),
	);
}

function network(device: string, vSwitchOptions: readonly string[], securityGroupIDs: readonly string[]): Network {
	return { interface: device, vSwitchOptions, securityGroupIDs };
}

function allocationJson(allocation: AllocationType): Readonly<Record<string, string>> {
	return { ...allocation };
}

/** The zones of its vSwitches; a pod that keeps its ENI stays in that one's zone. A DaemonSet's pods run on every node. */
function zonesFor(cluster: Cluster, pod: Pod, applied: readonly PodNetworking[]): readonly string[] {
	if (pod.owner.startsWith("DaemonSet/")) return [];
	const previous = cluster.podENI(`${pod.namespace}/${pod.name}`)?.zone ?? "";
	if (previous !== "" && applied.some((each) => each.allocationType.type === "Fixed")) return [previous];
	const zones = applied.flatMap((each) => each.vSwitches.map(({ zone }) => zone)).filter((zone) => zone !== "");
	return [...new Set(zones)].sort();
}
