/** The pools of a cluster, and how packets between addresses of each travel. */
import type { Address, Family } from "../../address/address.ts";
import type { Prefix } from "../../address/prefix.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import type { EncapsulationMode, IpPool } from "../../cluster/calico-objects.ts";
import { ALL, type CalicoSelector } from "../../cluster/calico-selector.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Assumption } from "../../state/network.ts";

export type Encapsulation = "ipip" | "vxlan" | "none";

export interface Pool {
	/** `ippool/NAME`. */
	readonly object: string;
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

export interface Pools {
	readonly all: readonly Pool[];
	/** The pool that an address is of. */
	of(address: Address): Pool | undefined;
	/** Whether pods can have addresses out of a pool with this encapsulation. */
	uses(encapsulation: Encapsulation, family: Family): boolean;
	readonly assumptions: readonly Assumption[];
}

/** Those of the input, or where it holds none, one for each of the cluster's pod CIDRs as calico-node makes its first ones. */
export function poolsOf(cluster: Cluster, encapsulation: Encapsulation): Pools {
	const { ipPools } = cluster.calico;
	const assumed = ipPools.length > 0 ? [] : assumedPools(cluster, encapsulation);
	const all = [...ipPools.map(poolOf), ...assumed];
	const map = new PrefixMap<Pool>();
	for (const pool of all) map.set(pool.cidr, pool);
	return {
		all,
		of: (address) => map.longestMatch(address),
		uses: (wanted, family) =>
			all.some((pool) => pool.enabled && pool.encapsulation === wanted && pool.cidr.family === family),
		assumptions: assumed.map(poolAssumed),
	};
}

function poolOf(pool: IpPool): Pool {
	return {
		object: `ippool/${pool.name}`,
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

/** node/pkg/lifecycle/startup: CALICO_IPV4POOL_NAT_OUTGOING is true unless said otherwise, IPv6's is not. */
function assumedPools(cluster: Cluster, encapsulation: Encapsulation): readonly Pool[] {
	return cluster.podCIDRs
		.filter(({ family }) => family === 4 || encapsulation !== "ipip")
		.map((cidr) => ({
			object: `ippool/default-ipv${cidr.family}-ippool`,
			cidr,
			blockSize: Math.max(cidr.length, cidr.family === 4 ? 26 : 122),
			encapsulation,
			crossSubnet: false,
			natOutgoing: cidr.family === 4,
			exported: true,
			enabled: true,
			nodeSelector: ALL,
		}));
}

const NAMES: Readonly<Record<Encapsulation, string>> = {
	ipip: "ipipMode Always",
	vxlan: "vxlanMode Always",
	none: "no encapsulation",
};

function poolAssumed({ cidr, encapsulation, natOutgoing }: Pool): Assumption {
	const rest = `${NAMES[encapsulation]} and natOutgoing ${natOutgoing}`;
	return {
		code: "ip-pool-assumed",
		message: `the input holds no IPPool: one of ${cidr.text} is assumed, with ${rest}`,
	};
}
