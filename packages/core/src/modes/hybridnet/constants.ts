/** What all of Hybridnet's parts agree on (hybridnet pkg/daemon/config, containernetwork, route, iptables). */
import { type Address, address, type Family } from "../../address/address.ts";
import type { Pod } from "../../cluster/objects.ts";
import { sha1Hex } from "../../digest/sha1.ts";
import type { Origin } from "../../origin/origin.ts";

export const POD_DEVICE = "eth0";
/** Of every node's end of a pod's veth. */
export const HOST_MAC = "ee:ee:ee:ee:ee:ee";
/** Nobody has the first; the second is the link-local address that HOST_MAC makes. */
export const POD_GATEWAY: Readonly<Record<Family, Address>> = {
	4: address("169.254.1.1"),
	6: address("fe80::ecee:eeff:feee:eeee"),
};

export const LOCAL_PODS_TABLE = 39999;
export const TO_OVERLAY_TABLE = 40000;
export const BACK_TABLE = 40001;
export const FIRST_SUBNET_TABLE = 10000;

/** Marks answers of overlay pods to nodes, which go back by the tunnel. */
export const BACK_MARK = 0x20;
/** Marks packets that the rules of pods' subnets are not for: Services' connections whose source was rewritten. */
export const FROM_RULE_SKIP_MARK = 0x40;
/** kube-proxy's mark for what it masquerades. */
export const MASQUERADE_MARK = 0x4000;

export const VXLAN_PORT = 8472;

/** `hybr` and eleven digits of SHA-1 over `NAMESPACE.NAME`. */
export function hostInterface(pod: Pick<Pod, "namespace" | "name">): string {
	return `hybr${sha1Hex(`${pod.namespace}.${pod.name}`).slice(0, 11)}`;
}

export function hybridnetOrigin(object: string, note?: string): Origin {
	return { component: "hybridnet", object, ...(note === undefined ? {} : { note }) };
}
