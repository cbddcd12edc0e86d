/** Names of devices, as seed 004 has them (L634); the published source calls them `eth0-vlan-10`, and the pod's veth `veth1`. */

import type { Pod } from "../../cluster/objects.ts";
import { stableHash } from "../../state/hardware-address.ts";
import { podPlace } from "../../state/place.ts";
import { CARD } from "../underlay/underlay.ts";

/** `eth0-10`; pods without a tag are on the card itself. */
export function parentDevice(vlan: number): string {
	return vlan === 0 ? CARD : `${CARD}-${vlan}`;
}

/** `bifr` and eleven digits, which Bifrost takes from the container's id: drawn from the pod's name. */
export function hostInterface(pod: Pick<Pod, "namespace" | "name">): string {
	const digits = stableHash(podPlace(pod)).map((word) => word.toString(16).padStart(8, "0"));
	return `bifr${digits.join("").slice(0, 11)}`;
}
