/** What a cluster's nodes have room for: limits, less what runs there. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Node, Pod } from "../cluster/objects.ts";
import type { TerwaySettings } from "../cluster/settings.ts";
import { ENI_RESOURCE, EXCLUSIVE_MODE_LABEL, MEMBER_ENI_RESOURCE } from "../modes/terway/annotations.ts";
import { uplinksIn } from "../modes/terway/mode.ts";
import type { Uplink } from "../modes/terway/uplinks.ts";
import { findInstanceType, type InstanceTypes } from "./instance-type.ts";
import { type Limit, type LimitOptions, type Limits, limitsOf, type PodKind } from "./limits.ts";

export interface Room {
	readonly kind: PodKind;
	readonly limit: number | null;
	readonly formula: string;
	readonly used: number;
	/** Whether one more pod of this kind fits, and what stops it; null: the input does not say what decides. */
	readonly next: { readonly fits: boolean | null; readonly why: string };
}

export interface NodeCapacity {
	readonly node: string;
	readonly instanceType: string;
	readonly mode: string;
	readonly rooms: readonly Room[];
	readonly notes: readonly string[];
}

/** The label by which the cloud controller names a node's instance type. */
const INSTANCE_TYPE_LABELS = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];

/**
 * Of every node, in the order of the input.
 * @throws {InputError} For a mode without a capacity that is known, and for an instance type that is not among `types`.
 */
export function clusterCapacity(
	cluster: Cluster,
	types: InstanceTypes,
	settings: Partial<TerwaySettings> = {},
): readonly NodeCapacity[] {
	// Says what is wrong with the mode before anything of a node.
	limitsOf(cluster.mode, ANY_TYPE);
	const all = { ...cluster.terway, ...settings };
	const used = podsByNode(cluster);
	return cluster.nodes.map((node) => nodeCapacity(cluster.mode, node, types, all, used.get(node.name) ?? NOBODY));
}

const ANY_TYPE = { id: "", enis: 1, totalEnis: 1, addressesPerEni: 1, trunk: false, source: "" };

function nodeCapacity(
	clusterMode: string,
	node: Node,
	types: InstanceTypes,
	settings: Partial<TerwaySettings>,
	used: Counts,
): NodeCapacity {
	const id = INSTANCE_TYPE_LABELS.map((label) => node.labels[label]).find((each) => each !== undefined) ?? "";
	const mode = node.labels[EXCLUSIVE_MODE_LABEL] === "eniOnly" ? "terway-eni" : clusterMode;
	const limits = limitsOn(node, mode, { id, types, settings, ownEnis: used.get("eni") ?? 0 });
	const rooms = limits.limits.map((limit): Room => {
		const own = used.get(limit.kind) ?? 0;
		const reported = reportedBy(node, limit.kind);
		const effective: Limit =
			reported === undefined ? limit : { ...limit, pods: reported.count, formula: reported.formula };
		return roomOf(effective, own, used, node, limits);
	});
	return { node: node.name, instanceType: id, mode, rooms, notes: limits.notes };
}

/** Without the instance type everything but a pod CIDR is not known. */
function limitsOn(
	node: Node,
	mode: string,
	given: Pick<LimitOptions, "settings" | "ownEnis"> & { readonly id: string; readonly types: InstanceTypes },
): Limits {
	const { id, types, ...rest } = given;
	const [podCIDR] = node.podCIDRs;
	const options = { ...rest, ...(podCIDR === undefined ? {} : { podCIDR }) };
	if (mode === "terway-vpc" || id !== "") {
		return limitsOf(mode, id === "" ? undefined : findInstanceType(id, types, node), options);
	}
	const { limits } = limitsOf(mode, ANY_TYPE, options);
	const formula = `the node names no instance type (label ${INSTANCE_TYPE_LABELS[0]})`;
	return {
		mode,
		instanceType: "",
		limits: limits.map(({ kind }) => ({ kind, pods: null, formula })),
		total: null,
		notes: [],
	};
}

/** What the device plugin reports wins: it knows the instance (deviceplugin/eni.go). */
function reportedBy(node: Node, kind: PodKind): { readonly count: number; readonly formula: string } | undefined {
	const resource = kind === "eni" ? ENI_RESOURCE : kind === "member" ? MEMBER_ENI_RESOURCE : undefined;
	const count = resource === undefined ? undefined : node.allocatable?.[resource];
	return count === undefined ? undefined : { count, formula: `the node's allocatable ${resource}` };
}

function roomOf({ kind, pods, formula }: Limit, used: number, all: Counts, node: Node, limits: Limits): Room {
	const room = { kind, limit: pods, formula, used };
	const stopped = (why: string): Room => ({ ...room, next: { fits: false, why } });
	const count = all.get("all") ?? 0;
	const most = node.allocatable?.pods;
	if (node.unschedulable) return stopped("the node takes no pods (unschedulable)");
	if (most !== undefined && count >= most) return stopped(`the node's allocatable pods: ${count} of ${most} used`);
	if (pods === null) return { ...room, next: { fits: null, why: formula } };
	if (used >= pods) return stopped(`${NAMES[kind]}: ${used} of ${pods} used`);
	const together = (all.get("shared") ?? 0) + (all.get("member") ?? 0);
	const isShared = kind === "shared" || kind === "member";
	if (isShared && limits.total !== null && together >= limits.total) {
		return stopped(`shared and trunk pods together: ${together} of ${limits.total} (trunkSharesQuota)`);
	}
	return { ...room, next: { fits: true, why: "" } };
}

/** What there is of each kind, for people. */
export const NAMES: Readonly<Record<PodKind, string>> = {
	"pod-cidr": "addresses of the pod CIDR",
	eni: "ENIs",
	shared: "addresses of shared ENIs",
	member: "members of the trunk",
};

type Counts = ReadonlyMap<PodKind | "all", number>;
const NOBODY: Counts = new Map();

/** Pods by node and kind; `all` counts those in their node's network too, as the kubelet does. */
function podsByNode(cluster: Cluster): ReadonlyMap<string, Counts> {
	const uplinks = uplinksIn(cluster);
	const nodes = new Map<string, Map<PodKind | "all", number>>();
	for (const pod of cluster.pods) {
		if (pod.nodeName === "" || hasEnded(pod)) continue;
		const counts = nodes.get(pod.nodeName) ?? new Map<PodKind | "all", number>();
		nodes.set(pod.nodeName, counts);
		const kind = pod.hostNetwork || uplinks === undefined ? undefined : kindOf(pod, uplinks.of(pod), cluster);
		for (const each of kind === undefined ? (["all"] as const) : (["all", kind] as const)) {
			counts.set(each, (counts.get(each) ?? 0) + 1);
		}
	}
	return nodes;
}

function hasEnded({ phase }: Pod): boolean {
	return phase === "Succeeded" || phase === "Failed";
}

function kindOf(pod: Pod, uplink: Uplink, cluster: Cluster): PodKind | undefined {
	switch (uplink.kind) {
		case "node":
			return "pod-cidr";
		case "own":
			return "eni";
		case "shared":
			return "shared";
		case "member":
			return "member";
		case "none":
			// Its ENI is taken or being made although nothing can be said of its paths.
			return requested(pod) ?? (cluster.podENI(`${pod.namespace}/${pod.name}`) === undefined ? undefined : "member");
	}
}

function requested({ requests }: Pod): PodKind | undefined {
	if ((requests?.[MEMBER_ENI_RESOURCE] ?? 0) > 0) return "member";
	return (requests?.[ENI_RESOURCE] ?? 0) > 0 ? "eni" : undefined;
}
