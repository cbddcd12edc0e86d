/** Calico's pools: those of the input, or the first ones that calico-node makes. */
import type { Prefix } from "../../address/prefix.ts";
import type { EncapsulationMode, IpPool } from "../calico-objects.ts";
import { ALL, type CalicoSelector } from "../calico-selector.ts";
import type { Cluster } from "../cluster.ts";

export type Encapsulation = "ipip" | "vxlan" | "none";

export interface CalicoPool {
	/** Of its IPPool. */
	readonly name: string;
	/** The input holds no IPPool. */
	readonly assumed: boolean;
	readonly cidr: Prefix;
	readonly blockSize: number;
	readonly encapsulation: Encapsulation;
	/** Packets to nodes of the own subnet travel as they are. */
	readonly crossSubnet: boolean;
	readonly natOutgoing: boolean;
	readonly exported: boolean;
	readonly enabled: boolean;
	readonly nodeSelector: CalicoSelector;
}

/** The default block sizes of the API server. */
const BLOCK_SIZE = { 4: 26, 6: 122 } as const;

/** What a mode's first pools have, where the input holds none. */
const ENCAPSULATIONS: Readonly<Record<string, Encapsulation>> = { "calico-ipip": "ipip", "calico-vxlan": "vxlan" };

/** Those of the input, or where it holds none, one for each of the cluster's pod CIDRs as calico-node makes its first ones. */
export function calicoPools(cluster: Pick<Cluster, "calico" | "podCIDRs" | "mode">): readonly CalicoPool[] {
	const { ipPools } = cluster.calico;
	return ipPools.length > 0 ? ipPools.map(poolOf) : assumedPools(cluster);
}

function poolOf(pool: IpPool): CalicoPool {
	return {
		name: pool.name,
		assumed: false,
		cidr: pool.cidr,
		blockSize: pool.blockSize,
		encapsulation: pool.ipipMode !== "Never" ? "ipip" : pool.vxlanMode !== "Never" ? "vxlan" : "none",
		crossSubnet: isCrossSubnet(pool.ipipMode) || isCrossSubnet(pool.vxlanMode),
		natOutgoing: pool.natOutgoing,
		exported: !pool.disableBGPExport,
		enabled: !pool.disabled,
		nodeSelector: pool.nodeSelector,
	};
}

function isCrossSubnet(mode: EncapsulationMode): boolean {
	return mode === "CrossSubnet";
}

/** node/pkg/lifecycle/startup: CALICO_IPV4POOL_NAT_OUTGOING is true unless said otherwise, IPv6's is not. IPIP carries IPv4 alone. */
function assumedPools({ podCIDRs, mode }: Pick<Cluster, "podCIDRs" | "mode">): readonly CalicoPool[] {
	const encapsulation = ENCAPSULATIONS[mode] ?? "none";
	return podCIDRs
		.filter(({ family }) => family === 4 || encapsulation !== "ipip")
		.map((cidr) => ({
			name: `default-ipv${cidr.family}-ippool`,
			assumed: true,
			cidr,
			blockSize: Math.max(cidr.length, BLOCK_SIZE[cidr.family]),
			encapsulation,
			crossSubnet: false,
			natOutgoing: cidr.family === 4,
			exported: true,
			enabled: true,
			nodeSelector: ALL,
		}));
}
