/** What holds for the cluster: what its own `Cluster` object says, else what objects of Kubernetes and of the CNI show. */

import type { Prefix } from "../address/prefix.ts";
import { formatPosition, refuse } from "../diagnostic/diagnostic.ts";
import { phrase } from "../wording/phrase.ts";
import type { Inventory } from "./inventory.ts";
import { calicoMode, enabledPools } from "./kubernetes/calico/shown-mode.ts";
import { type FlannelConfiguration, flannelBackend, flannelOfNodes } from "./kubernetes/flannel-configuration.ts";
import {
	type ClusterObject,
	DEFAULT_FLANNEL,
	DEFAULT_KUBE_PROXY,
	DEFAULT_TERWAY,
	type FlannelSettings,
	type KubeProxySettings,
	type TerwaySettings,
} from "./settings.ts";

export interface EffectiveSettings {
	readonly settings: ClusterObject | undefined;
	readonly mode: string;
	readonly podCIDRs: readonly Prefix[];
	readonly serviceCIDRs: readonly Prefix[];
	readonly kubeProxy: KubeProxySettings;
	readonly flannel: FlannelSettings | undefined;
	readonly terway: TerwaySettings | undefined;
}

/** @throws {InputError} For two Cluster objects, or one that contradicts itself. */
export function effectiveSettings(inventory: Inventory): EffectiveSettings {
	const settings = onlyCluster(inventory);
	const shown = inventory.flannel ?? flannelOfNodes(inventory.nodes.values());
	const mode = modeOf(settings, shown) || (inventory.terway?.mode ?? "") || calicoMode(inventory.calico);
	const podCIDRs = firstSaid(
		settings?.podCIDRs,
		shown?.settings.networks,
		enabledPools(inventory.calico).map(({ cidr }) => cidr),
		inventory.kubeadm?.podCIDRs,
		inventory.kubeProxy.clusterCIDRs,
	);
	return {
		settings,
		mode,
		podCIDRs,
		serviceCIDRs: firstSaid(
			settings?.serviceCIDRs,
			inventory.serviceCIDRs,
			inventory.kubeadm?.serviceCIDRs,
			inventory.terway?.serviceCIDRs,
		),
		kubeProxy: {
			...DEFAULT_KUBE_PROXY,
			minorVersion: shownVersion(inventory, settings),
			...inventory.kubeProxy,
			...settings?.kubeProxy,
		},
		flannel: flannelSettings(mode, podCIDRs, settings, shown),
		terway: terwaySettings(mode, inventory, settings),
	};
}

function onlyCluster(inventory: Inventory): ClusterObject | undefined {
	const [first, second] = inventory.clusters.values();
	if (first === undefined || second === undefined) return first;
	const hint = phrase("one-cluster", { where: formatPosition(first.source) });
	refuse("duplicate-object", phrase("second-cluster", { name: second.name }), second.source, hint);
}

function modeOf(settings: ClusterObject | undefined, shown: FlannelConfiguration | undefined): string {
	const backend = settings?.flannel.backend;
	const named = backend === undefined ? "" : `flannel-${backend}`;
	if (settings !== undefined && named !== "" && settings.mode !== "" && settings.mode !== named) {
		const facts = { one: "spec.mode", mode: settings.mode, other: "spec.flannel.backend", backend: backend ?? "" };
		const hint = phrase("say-it-once", { field: "spec.mode" });
		refuse("conflicting-settings", phrase("mode-and-backend", facts), settings.source, hint);
	}
	return settings?.mode || named || (shown?.mode ?? "");
}

/** The first of these that says something. */
function firstSaid(...candidates: readonly (readonly Prefix[] | undefined)[]): readonly Prefix[] {
	return candidates.find((each) => each !== undefined && each.length > 0) ?? [];
}

/** kubeadm's version, else the Nodes'. Where they differ, in the middle of an upgrade, the oldest: kube-proxy is upgraded last. */
function shownVersion(inventory: Inventory, settings: ClusterObject | undefined): number | null {
	const said = inventory.kubeadm?.minorVersion;
	if (said !== undefined) return said;
	const [oldest, next] = [...inventory.nodeVersions].sort(([a], [b]) => a - b);
	if (oldest === undefined) return null;
	if (next !== undefined && settings?.kubeProxy.minorVersion === undefined) {
		inventory.warn({
			code: "versions-differ",
			message: phrase("versions-differ", { version: `1.${oldest[0]}`, node: oldest[1].name }),
			where: oldest[1].source,
			hint: phrase("say-version"),
		});
	}
	return oldest[0];
}

function flannelSettings(
	mode: string,
	podCIDRs: readonly Prefix[],
	settings: ClusterObject | undefined,
	shown: FlannelConfiguration | undefined,
): FlannelSettings | undefined {
	const backend = flannelBackend(mode);
	if (backend === undefined) return undefined;
	return { ...DEFAULT_FLANNEL, networks: podCIDRs, ...shown?.settings, ...settings?.flannel, backend };
}

/** Mode `terway-trunk` is `terway-eniip` with ENI trunking. */
function terwaySettings(
	mode: string,
	{ terway }: Inventory,
	settings: ClusterObject | undefined,
): TerwaySettings | undefined {
	if (!mode.startsWith("terway-")) return undefined;
	const all = { ...DEFAULT_TERWAY, ...terway?.settings, ...settings?.terway };
	return mode === "terway-trunk" ? { ...all, trunk: true } : all;
}
