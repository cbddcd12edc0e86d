/** The VLAN of each pod: Bifrost keeps its pools in etcd, so it is known by the Segment that has the pod's address. */
import type { Address } from "../../address/address.ts";
import { contains, type Prefix } from "../../address/prefix.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import { stableHash } from "../../state/hardware-address.ts";
import type { Assumption } from "../../state/network.ts";
import type { Place } from "../../state/place.ts";
import { hasNamespace } from "../pod-namespace.ts";
import { CARD } from "../underlay/underlay.ts";

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

	constructor({ segments, pods }: Cluster) {
		const networks = segments.flatMap(({ cidrs, gateways, vlans }) => [{ id: 0, cidrs, gateways }, ...vlans]);
		this.#pools = networks.flatMap(({ id, cidrs, gateways }) =>
			cidrs.map((cidr): Pool => {
				const gateway = gateways.find((each) => contains(cidr, each));
				return { vlan: id, cidr, ...(gateway !== undefined && { gateway }) };
			}),
		);
		this.assumptions = pods.flatMap((pod): Assumption[] => {
			if (!hasNamespace(pod) || this.of(pod) !== undefined) return [];
			const place = podPlace(pod);
			const message = `no Segment and no VLAN of the input holds an IPv4 address of ${place}, so it has no network`;
			return [{ code: "pod-network-missing", message, place }];
		});
	}

	/** Pods have IPv4 addresses alone. */
	of(pod: Pod): PodVlan | undefined {
		const address = pod.podIPs.find(({ family }) => family === 4);
		const pool = address && this.#pools.find(({ cidr }) => contains(cidr, address));
		return address && pool && { ...pool, address };
	}
}

export function podPlace(pod: Pick<Pod, "namespace" | "name">): Place {
	return `pod/${pod.namespace}/${pod.name}`;
}

/** `eth0-10`; pods without a tag are on the card itself. */
export function parentDevice(vlan: number): string {
	return vlan === 0 ? CARD : `${CARD}-${vlan}`;
}

/** `bifr` and eleven digits, which Bifrost takes from the container's id: drawn from the pod's name. */
export function hostInterface(pod: Pick<Pod, "namespace" | "name">): string {
	const digits = stableHash(podPlace(pod)).map((word) => word.toString(16).padStart(8, "0"));
	return `bifr${digits.join("").slice(0, 11)}`;
}
