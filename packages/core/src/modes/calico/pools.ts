/** The pools of a cluster, and how packets between addresses of each travel. */
import type { Address, Family } from "../../address/address.ts";
import { PrefixMap } from "../../address/prefix-map.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { type CalicoPool, calicoPools, type Encapsulation } from "../../cluster/ipam/calico-pools.ts";
import type { Assumption } from "../../state/assumption.ts";
import { phrase, type Said } from "../../wording/phrase.ts";

export interface Pools {
	readonly all: readonly CalicoPool[];
	/** The pool that an address is of. */
	of(address: Address): CalicoPool | undefined;
	/** Whether pods can have addresses out of a pool with this encapsulation. */
	uses(encapsulation: Encapsulation, family: Family): boolean;
	readonly assumptions: readonly Assumption[];
}

/** With the pool that each address is of. */
export function poolsOf(cluster: Cluster): Pools {
	const all = calicoPools(cluster);
	const map = new PrefixMap<CalicoPool>();
	for (const pool of all) map.set(pool.cidr, pool);
	return {
		all,
		of: (address) => map.longestMatch(address),
		uses: (wanted, family) =>
			all.some((pool) => pool.enabled && pool.encapsulation === wanted && pool.cidr.family === family),
		assumptions: all.filter(({ assumed }) => assumed).map(poolAssumed),
	};
}

const NAMES: Readonly<Record<Encapsulation, Said>> = {
	ipip: "ipipMode Always",
	vxlan: "vxlanMode Always",
	none: phrase("no-encapsulation"),
};

function poolAssumed({ cidr, encapsulation, natOutgoing }: CalicoPool): Assumption {
	return {
		code: "ip-pool-assumed",
		message: phrase("ip-pool-assumed", {
			cidr: cidr.text,
			encapsulation: NAMES[encapsulation],
			nat: String(natOutgoing),
		}),
	};
}
