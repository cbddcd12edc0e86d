/** The VLAN of each pod whose address is the data centre's own: that of the Segment, or of its VLAN, that has the address. */

import type { Address, Family } from "../address/address.ts";
import { contains, type Prefix } from "../address/prefix.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Pod } from "../cluster/objects.ts";
import type { Assumption } from "../state/assumption.ts";
import { podPlace } from "../state/place.ts";
import { phrase } from "../wording/phrase.ts";
import { isJoined } from "./pod-namespace.ts";

/** What a pool says: the pod's block, its gateway and its VLAN. */
export interface Pool {
	/** 0: without a tag. */
	readonly vlan: number;
	readonly cidr: Prefix;
	/** Absent: the pool has no way out. */
	readonly gateway?: Address;
}

export interface PodVlan extends Pool {
	readonly address: Address;
}

export class PodVlans {
	readonly assumptions: readonly Assumption[];
	readonly #pools: readonly Pool[];
	readonly #families: readonly Family[];

	constructor({ segments, pods }: Cluster, families: readonly Family[]) {
		this.#families = families;
		const networks = segments.flatMap(({ cidrs, gateways, vlans }) => [{ id: 0, cidrs, gateways }, ...vlans]);
		this.#pools = networks.flatMap(({ id, cidrs, gateways }) =>
			cidrs.map((cidr): Pool => {
				const gateway = gateways.find((each) => contains(cidr, each));
				return { vlan: id, cidr, ...(gateway !== undefined && { gateway }) };
			}),
		);
		this.assumptions = pods.flatMap((pod): Assumption[] => {
			if (!isJoined(pod) || this.of(pod).length > 0) return [];
			const place = podPlace(pod);
			const message = phrase("no-segment-of-pod", { pod: place });
			return [{ code: "pod-network-missing", message, place }];
		});
	}

	/** The pod's addresses of the families that the mode has, all of the VLAN of the first; none where no pool holds it. */
	of(pod: Pod): readonly PodVlan[] {
		const found = pod.podIPs
			.filter(({ family }) => this.#families.includes(family))
			.flatMap((address): PodVlan[] => {
				const pool = this.#pools.find(({ cidr }) => contains(cidr, address));
				return pool === undefined ? [] : [{ ...pool, address }];
			});
		return found.filter(({ vlan }) => vlan === found[0]?.vlan);
	}
}
