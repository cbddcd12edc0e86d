/** The network mode that Calico's pools show. */
import type { IpPool } from "../../calico-objects.ts";
import type { CalicoInventory } from "./calico-objects.ts";

/** Pools out of which pods get addresses. */
export function enabledPools(inventory: CalicoInventory): readonly IpPool[] {
	return [...inventory.ipPools.values()].filter((pool) => !pool.disabled);
}

/** That of the first enabled pool by name, IPv4's before IPv6's; empty where there is none. */
export function calicoMode(inventory: CalicoInventory): string {
	const [first] = enabledPools(inventory).toSorted(
		(a, b) => a.cidr.family - b.cidr.family || (a.name < b.name ? -1 : 1),
	);
	return first === undefined ? "" : modeOfPool(first);
}

/** `calico-ipip`, `calico-vxlan`, or `calico-bgp` for a pool whose packets travel as they are. */
export function modeOfPool({ ipipMode, vxlanMode }: Pick<IpPool, "ipipMode" | "vxlanMode">): string {
	if (ipipMode !== "Never") return "calico-ipip";
	return vxlanMode === "Never" ? "calico-bgp" : "calico-vxlan";
}
