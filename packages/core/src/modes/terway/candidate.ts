/** One PodNetworking as Terway's webhook looks at it for a pod. */
import type { Cluster } from "../../cluster/cluster.ts";
import {
	firstUnmet,
	formatRequirement,
	type LabelRequirement,
	type LabelSelector,
} from "../../cluster/label-selector.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { PodNetworking } from "../../cluster/terway-objects.ts";

export interface Candidate {
	readonly name: string;
	readonly verdict:
		| "matched"
		/** It matches, but another comes before it. */
		| "shadowed"
		| "not-ready"
		/** It keeps addresses, which only pods have that keep their name. */
		| "fixed"
		| "no-selector"
		| "pod-selector"
		| "namespace-selector"
		/** The input does not hold the labels that decide. */
		| "unknown";
	readonly why: string;
}

/** Every namespace has its name as a label (kube-apiserver, since 1.21). */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** In the order of matchOnePodNetworking(). */
export function candidateOf(networking: PodNetworking, pod: Pod, cluster: Cluster): Candidate {
	const { name, status, message, allocationType, podSelector, namespaceSelector } = networking;
	const no = (verdict: Candidate["verdict"], why: string): Candidate => ({ name, verdict, why });
	if (status !== "Ready") {
		const said = message === "" ? "" : `: ${message}`;
		return no("not-ready", `its status is ${status === "" ? "not set" : status}, not Ready${said}`);
	}
	if (allocationType.type === "Fixed" && !keepsItsName(pod)) {
		return no("fixed", `it keeps addresses (Fixed), and a pod of ${pod.owner} does not keep its name`);
	}
	if (podSelector === null && namespaceSelector === null) {
		return no("no-selector", "it has no selector: only pods that ask for it by name get it");
	}
	const podMiss = podSelector === null ? undefined : firstUnmet(podSelector, pod.labels);
	if (podMiss !== undefined) return no("pod-selector", `its podSelector wants ${formatRequirement(podMiss)}`);
	const namespaceMiss = namespaceSelector === null ? undefined : namespaceVerdict(namespaceSelector, pod, cluster);
	if (namespaceMiss !== undefined) return { name, ...namespaceMiss };
	const by = [podSelector && "podSelector", namespaceSelector && "namespaceSelector"].filter((each) => each !== null);
	return no(
		"matched",
		`Ready, and its ${by.length === 2 ? "podSelector and namespaceSelector match" : `${describe(podSelector, namespaceSelector)} matches`}`,
	);
}

function describe(podSelector: LabelSelector | null, namespaceSelector: LabelSelector | null): string {
	const selector = podSelector ?? namespaceSelector;
	const requirements = selector?.requirements.map(formatRequirement).join(",") ?? "";
	return `${podSelector === null ? "namespaceSelector" : "podSelector"} (${requirements || "everything"})`;
}

function namespaceVerdict(
	selector: LabelSelector,
	pod: Pod,
	cluster: Cluster,
): Pick<Candidate, "verdict" | "why"> | undefined {
	const namespace = cluster.namespaces.find((each) => each.name === pod.namespace);
	const labels = { [NAME_LABEL]: pod.namespace, ...namespace?.labels };
	const unmet = firstUnmet(selector, labels);
	if (unmet === undefined) return namespace === undefined ? unlessNegative(selector, pod) : undefined;
	const wants = `its namespaceSelector wants ${formatRequirement(unmet)}`;
	if (namespace === undefined && unmet.key !== NAME_LABEL) return unknownLabels(pod, wants);
	return { verdict: "namespace-selector", why: wants };
}

/** Without the Namespace nobody knows that a label is not there. */
function unlessNegative(selector: LabelSelector, pod: Pod): Pick<Candidate, "verdict" | "why"> | undefined {
	const isNegative = ({ key, operator }: LabelRequirement): boolean =>
		key !== NAME_LABEL && (operator === "NotIn" || operator === "DoesNotExist");
	const negative = selector.requirements.find(isNegative);
	return negative && unknownLabels(pod, `its namespaceSelector wants ${formatRequirement(negative)}`);
}

function unknownLabels(pod: Pod, wants: string): Pick<Candidate, "verdict" | "why"> {
	return { verdict: "unknown", why: `${wants}, and the input does not hold Namespace ${pod.namespace}` };
}

/** utils.IsFixedNamePod(): made by nobody, or by a StatefulSet. */
function keepsItsName(pod: Pod): boolean {
	return pod.owner === "" || pod.owner.startsWith("StatefulSet/");
}
