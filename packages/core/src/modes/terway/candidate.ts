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
import { type Phrase, phrase } from "../../wording/phrase.ts";

/** The reason is worded late; `Why` is a string where it was. */
export interface Candidate<Why = Phrase> {
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
	readonly why: Why;
}

/** Every namespace has its name as a label (kube-apiserver, since 1.21). */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** In the order of matchOnePodNetworking(). */
export function candidateOf(networking: PodNetworking, pod: Pod, cluster: Cluster): Candidate {
	const { name, status, message, allocationType, podSelector, namespaceSelector } = networking;
	const no = (verdict: Candidate["verdict"], why: Phrase): Candidate => ({ name, verdict, why });
	if (status !== "Ready") {
		const said = message === "" ? "" : `: ${message}`;
		return no("not-ready", phrase("status-not-ready", { status: status === "" ? phrase("not-set") : status, said }));
	}
	if (allocationType.type === "Fixed" && !keepsItsName(pod)) {
		return no("fixed", phrase("keeps-addresses", { owner: pod.owner }));
	}
	if (podSelector === null && namespaceSelector === null) {
		return no("no-selector", phrase("no-selector"));
	}
	const podMiss = podSelector === null ? undefined : firstUnmet(podSelector, pod.labels);
	if (podMiss !== undefined) {
		return no("pod-selector", phrase("pod-selector-wants", { wanted: formatRequirement(podMiss) }));
	}
	const namespaceMiss = namespaceSelector === null ? undefined : namespaceVerdict(namespaceSelector, pod, cluster);
	if (namespaceMiss !== undefined) return { name, ...namespaceMiss };
	return no("matched", matching(podSelector, namespaceSelector));
}

function matching(podSelector: LabelSelector | null, namespaceSelector: LabelSelector | null): Phrase {
	if (podSelector !== null && namespaceSelector !== null) return phrase("both-selectors-match");
	const requirements = (podSelector ?? namespaceSelector)?.requirements.map(formatRequirement).join(",") ?? "";
	return phrase("selector-matches", {
		selector: podSelector === null ? "namespaceSelector" : "podSelector",
		requirements: requirements === "" ? phrase("everything") : requirements,
	});
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
	const wants = phrase("namespace-selector-wants", { wanted: formatRequirement(unmet) });
	if (namespace === undefined && unmet.key !== NAME_LABEL) return unknownLabels(pod, wants);
	return { verdict: "namespace-selector", why: wants };
}

/** Without the Namespace nobody knows that a label is not there. */
function unlessNegative(selector: LabelSelector, pod: Pod): Pick<Candidate, "verdict" | "why"> | undefined {
	const isNegative = ({ key, operator }: LabelRequirement): boolean =>
		key !== NAME_LABEL && (operator === "NotIn" || operator === "DoesNotExist");
	const negative = selector.requirements.find(isNegative);
	return negative && unknownLabels(pod, phrase("namespace-selector-wants", { wanted: formatRequirement(negative) }));
}

function unknownLabels(pod: Pod, wants: Phrase): Pick<Candidate, "verdict" | "why"> {
	return { verdict: "unknown", why: phrase("namespace-not-held", { wants, namespace: pod.namespace }) };
}

/** utils.IsFixedNamePod(): made by nobody, or by a StatefulSet. */
function keepsItsName(pod: Pod): boolean {
	return pod.owner === "" || pod.owner.startsWith("StatefulSet/");
}
