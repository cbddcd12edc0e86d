/** What a policy is asked about: a connection, as whoever enforces the policy sees its ends. */
import type { Address } from "../address/address.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Pod } from "../cluster/objects.ts";
import type { Protocol } from "../packet/packet.ts";

/** One end of a connection. Its address is the one that the packet shows where the policy is enforced. */
export type PolicyEnd =
	| { readonly kind: "pod"; readonly pod: Pod; readonly address: Address }
	/** A node's own network namespace, by the node's name; the address may be any of its devices'. */
	| { readonly kind: "node"; readonly node: string; readonly address: Address }
	/** Anything else: only blocks of addresses select it. */
	| { readonly kind: "address"; readonly address: Address };

/** A connection, by its first packet: answers are never asked about (types.go: rules are about who may connect). */
export interface PolicyFlow {
	readonly from: PolicyEnd;
	readonly to: PolicyEnd;
	/** Rules can name TCP, UDP and SCTP. */
	readonly protocol: Protocol;
	/** Of the destination, after any translation; without meaning for protocols that have no ports. */
	readonly port: number;
}

/** `ingress`: what policies of the destination say. `egress`: what those of the source say. */
export type PolicyDirection = "ingress" | "egress";

/** Who has this address; a node's address is the node, whatever pods of its network namespace share it. */
export function policyEnd(cluster: Cluster, address: Address): PolicyEnd {
	const [owner] = cluster.ownersOf(address);
	if (owner?.kind === "pod" && !owner.pod.hostNetwork) return { kind: "pod", pod: owner.pod, address };
	if (owner?.kind === "pod") return { kind: "node", node: owner.pod.nodeName, address };
	if (owner?.kind === "node") return { kind: "node", node: owner.node.name, address };
	return { kind: "address", address };
}
