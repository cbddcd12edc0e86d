/** Which pods have a network namespace of their own. */
import type { Pod } from "../cluster/objects.ts";

/** Whether the cluster's own network joins it: Multus can give a pod another one in its place. */
export function isJoined(pod: Pod): boolean {
	return hasNamespace(pod) && pod.defaultNetwork === undefined;
}

/** Not those in their node's network, those without an address yet, and those that have ended: their address may be another's. */
export function hasNamespace(pod: Pod): boolean {
	return !pod.hostNetwork && pod.podIPs.length > 0 && pod.phase !== "Succeeded" && pod.phase !== "Failed";
}
