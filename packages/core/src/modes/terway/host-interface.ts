/** The names of the veths that Terway makes on a node: computed from the pod's name (terway pkg/link/veth.go). */
import type { Pod } from "../../cluster/objects.ts";
import { sha1Hex } from "../../digest/sha1.ts";

const PREFIX = "cali";
/** What is left of IFNAMSIZ after the prefix. */
const DIGITS = 11;

/** `cali` and the first eleven digits of SHA-1 over `NAMESPACE.NAME`; for other devices of the pod than eth0 their name follows. */
export function hostInterface(pod: Pick<Pod, "namespace" | "name">, podDevice = "eth0"): string {
	const suffix = podDevice === "eth0" ? "" : podDevice;
	return `${PREFIX}${sha1Hex(`${pod.namespace}.${pod.name}${suffix}`).slice(0, DIGITS)}`;
}
