/** Terway: what its daemon and CNI plugin set up on nodes and in pods, in each of its modes. */

import type { Cluster } from "../../cluster/cluster.ts";
import { FELIX_ENFORCEMENT } from "../../policy/enforcement.ts";
import type { NetworkMode } from "../mode.ts";
import { type DaemonMode, findUplinks } from "./find-uplinks.ts";
import { TerwayPlan } from "./plan.ts";
import type { Uplinks } from "./uplinks.ts";

/** How pods are joined to their node where they have no ENI for themselves. */
export type DataPath = "veth" | "ipvlan" | "datapathv2";

interface Variant {
	readonly id: string;
	readonly daemon: DaemonMode;
	readonly dataPath: DataPath;
}

const VARIANTS: readonly Variant[] = [
	{ id: "terway-vpc", daemon: "vpc", dataPath: "veth" },
	{ id: "terway-eni", daemon: "eni", dataPath: "veth" },
	{ id: "terway-eniip", daemon: "multi-ip", dataPath: "veth" },
	{ id: "terway-ipvlan", daemon: "multi-ip", dataPath: "ipvlan" },
	{ id: "terway-datapathv2", daemon: "multi-ip", dataPath: "datapathv2" },
	/** terway-eniip with ENI trunking. */
	{ id: "terway-trunk", daemon: "multi-ip", dataPath: "veth" },
];

/** `terway-vpc`, `terway-eni`, `terway-eniip`, `terway-ipvlan`, `terway-datapathv2`, `terway-trunk`. */
export const TERWAY_MODES: readonly NetworkMode[] = VARIANTS.map(terwayMode);

export const TERWAY_MODE_IDS: readonly string[] = VARIANTS.map(({ id }) => id);

/** The uplinks of a cluster's pods; undefined where it is in no mode of Terway. */
export function uplinksIn(cluster: Cluster): Uplinks | undefined {
	const variant = VARIANTS.find(({ id }) => id === cluster.mode);
	return variant && uplinksOf(cluster, variant.daemon);
}

/** A cluster is in one mode. */
const known = new WeakMap<Cluster, Uplinks>();

function uplinksOf(cluster: Cluster, daemon: DaemonMode): Uplinks {
	let uplinks = known.get(cluster);
	if (uplinks === undefined) {
		uplinks = findUplinks(cluster, daemon);
		known.set(cluster, uplinks);
	}
	return uplinks;
}

function terwayMode({ id, daemon, dataPath }: Variant): NetworkMode {
	return {
		id,
		// calico-felix for veth pairs, cilium-agent for the others, nothing where a pod has an ENI to itself (cmd/terway-cli/policy.go).
		capabilities: {
			families: [4, 6],
			// PodNetworking, of member ENIs (API: spec.allocationType Fixed).
			fixedAddress: id === "terway-trunk" ? "PodNetworking with allocationType Fixed" : null,
			podAddresses: daemon === "vpc" ? "cluster" : "vpc",
			podRoutesInVpc: daemon === "vpc",
			networkPolicy: daemon === "eni" ? "none" : "documented",
			enforcement: FELIX_ENFORCEMENT,
		},
		policiesOff: ({ terway }) => (terway?.networkPolicy === false ? "disable_network_policy is set" : undefined),
		enis: (cluster) => uplinksOf(cluster, daemon).enis,
		plan: (cluster, underlay) => new TerwayPlan(cluster, underlay, uplinksOf(cluster, daemon), dataPath),
	};
}
