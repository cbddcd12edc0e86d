/** Terway: what its daemon and CNI plugin set up on nodes and in pods, in each of its modes. */
import type { Cluster } from "../../cluster/cluster.ts";
import type { NetworkMode } from "../mode.ts";
import type { Underlay } from "../underlay/underlay.ts";
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

function terwayMode({ id, daemon, dataPath }: Variant): NetworkMode {
	const known = new WeakMap<Cluster, Uplinks>();
	const uplinksOf = (cluster: Cluster): Uplinks => {
		let uplinks = known.get(cluster);
		if (uplinks === undefined) {
			uplinks = findUplinks(cluster, daemon);
			known.set(cluster, uplinks);
		}
		return uplinks;
	};
	return {
		id,
		capabilities: { families: [4, 6], podRoutesInVpc: daemon === "vpc" },
		enis: (cluster) => uplinksOf(cluster).enis,
		plan: (cluster: Cluster, underlay: Underlay) => new TerwayPlan(cluster, underlay, uplinksOf(cluster), dataPath),
	};
}
