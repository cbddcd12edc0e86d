/**
 * Which PodNetworking a pod takes, and why not the others: what Terway's webhook decides when the pod is made
 * (terway pkg/controller/webhook/mutating.go).
 */

import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { PodNetworking } from "../../cluster/terway-objects.ts";
import { podPlace } from "../../state/place.ts";
import type { Language } from "../../wording/language.ts";
import { type Fact, type Phrase, phrase, worded } from "../../wording/phrase.ts";
import { IGNORED_LABEL, POD_ENI, POD_NETWORKING, POD_NETWORKS, POD_NETWORKS_REQUEST } from "./annotations.ts";
import { type Candidate, candidateOf } from "./candidate.ts";
import { type RequestedNetwork, requestedNetworks } from "./requested-networks.ts";
import { effectsOf, type WebhookEffects } from "./webhook-effects.ts";

/** Reasons are worded late; `Why` is a string where they were. */
export interface PodNetworkingMatch<Why = Phrase> {
	/** `pod/NAMESPACE/NAME`. */
	readonly pod: string;
	readonly decision: /** Not a pod that Terway looks at. */
		| "not-managed"
		/** The webhook refuses to have the pod made. */
		| "denied"
		/** By annotation `pod-networks`, `pod-networks-request`, or by a PodNetworking's selectors. */
		| "annotation"
		| "requested"
		| "matched"
		/** Nothing matches: an ENI of its own with what eni-config says, or a shared ENI of its node. */
		| "eni-config"
		| "shared-eni"
		/** The input does not hold what decides. */
		| "unknown";
	/** The PodNetworkings that hold, by name. */
	readonly podNetworkings: readonly string[];
	readonly why: Why;
	/** Every PodNetworking of the cluster in the order in which Terway looks at them. */
	readonly candidates: readonly Candidate<Why>[];
	/** What the webhook writes into the pod; null: nothing. */
	readonly effects: WebhookEffects | null;
	/** What the webhook wrote when the pod was made (annotation `pod-networking`); null: nothing. */
	readonly recorded: string | null;
}

type Decided = Pick<PodNetworkingMatch, "decision" | "podNetworkings" | "why">;

/** What Terway's webhook decides for a pod, were it made now. */
export function matchPodNetworking(cluster: Cluster, pod: Pod): PodNetworkingMatch {
	const candidates = cluster.podNetworkings.map((each) => candidateOf(each, pod, cluster));
	const shown = shadowed(candidates);
	const decided = decide(cluster, pod, shown);
	const applied = decided.podNetworkings
		.map((name) => cluster.podNetworkings.find((each) => each.name === name))
		.filter((each) => each !== undefined);
	return {
		pod: podPlace(pod),
		...decided,
		candidates: isBySelector(decided.decision) ? shown : [],
		effects: effectsOf(cluster, pod, decided.decision, applied),
		recorded: pod.annotations[POD_NETWORKING] ?? null,
	};
}

/** The same with its reasons in words. */
export function matchInWords(match: PodNetworkingMatch, language?: Language): PodNetworkingMatch<string> {
	const candidates = match.candidates.map((each) => ({ ...each, why: worded(each.why, language) }));
	return { ...match, why: worded(match.why, language), candidates };
}

function isBySelector(decision: PodNetworkingMatch["decision"]): boolean {
	return decision === "matched" || decision === "shared-eni" || decision === "eni-config" || decision === "unknown";
}

function decide(cluster: Cluster, pod: Pod, candidates: readonly Candidate[]): Decided {
	if (pod.hostNetwork) return none("not-managed", phrase("in-nodes-network"));
	if (pod.labels[IGNORED_LABEL] === "true")
		return none("not-managed", phrase("label-is-true", { label: IGNORED_LABEL }));
	return byAnnotation(cluster, pod) ?? bySelector(cluster, pod, candidates);
}

/** Annotations that a person wrote. What the webhook itself has written into the pod of a running cluster is none of them. */
function byAnnotation(cluster: Cluster, pod: Pod): Decided | undefined {
	const written = pod.annotations[POD_ENI] === "true" && pod.annotations[POD_NETWORKING] !== undefined;
	const given = [POD_NETWORKS, POD_NETWORKS_REQUEST, POD_NETWORKING].filter(
		(key) => (pod.annotations[key] ?? "") !== "" && !(written && key !== POD_NETWORKS_REQUEST),
	);
	if (given.length > 1) return none("denied", phrase("annotations-exclude", { annotations: joined(given) }));
	if (given[0] === POD_NETWORKS) {
		return none("annotation", phrase("annotation-says-itself", { annotation: POD_NETWORKS }));
	}
	if (given[0] !== POD_NETWORKS_REQUEST) return undefined;
	const requested = requestedNetworks(pod.annotations[POD_NETWORKS_REQUEST] ?? "");
	if (requested === null) {
		return none("denied", phrase("annotation-no-list", { annotation: POD_NETWORKS_REQUEST }));
	}
	return requested.length === 0 ? undefined : ofRequest(cluster, requested);
}

function ofRequest(cluster: Cluster, requested: readonly RequestedNetwork[]): Decided {
	const found: PodNetworking[] = [];
	for (const { network } of requested) {
		const one = cluster.podNetworkings.find((each) => each.name === network);
		if (one === undefined) return none("denied", phrase("asked-not-there", { name: network }));
		if (one.status !== "Ready") return none("denied", phrase("asked-not-ready", { name: network }));
		if (one.podSelector !== null || one.namespaceSelector !== null) {
			return none("denied", phrase("asked-has-selectors", { name: network }));
		}
		found.push(one);
	}
	if (new Set(found.map((each) => each.eniType)).size > 1) {
		return none("denied", phrase("asked-differ"));
	}
	const names = found.map((each) => each.name);
	const why = phrase("annotation-asks", { annotation: POD_NETWORKS_REQUEST });
	return { decision: "requested", podNetworkings: names, why };
}

function bySelector(cluster: Cluster, pod: Pod, candidates: readonly Candidate[]): Decided {
	const first = candidates.find((each) => each.verdict === "matched" || each.verdict === "unknown");
	if (first?.verdict === "unknown") {
		return none("unknown", phrase("networking-why", { name: first.name, why: first.why }));
	}
	if (first !== undefined) {
		return { decision: "matched", podNetworkings: [first.name], why: first.why };
	}
	const missed = cluster.podNetworkings.length === 0 ? phrase("no-podnetworking") : phrase("no-podnetworking-matches");
	if (pod.annotations[POD_ENI] === "true") {
		return none("eni-config", phrase("annotation-asks-eni", { missed, annotation: POD_ENI }));
	}
	if (cluster.terway?.ipamType === "crd") {
		return none("eni-config", phrase("crd-eni-config", { missed }));
	}
	return none("shared-eni", phrase("gets-without", { missed, what: withoutOne(cluster.mode) }));
}

/** `a and b and c` */
function joined(names: readonly string[]): Fact {
	return names.reduce<Fact>((first, second) => (first === "" ? second : phrase("and", { first, second })), "");
}

/** What the daemon gives a pod that nothing else is said of. */
function withoutOne(mode: string): Phrase {
	if (mode === "terway-vpc") return phrase("gets-pod-cidr");
	return phrase(mode === "terway-eni" ? "gets-own-eni" : "gets-shared-eni");
}

function none(decision: PodNetworkingMatch["decision"], why: Phrase): Decided {
	return { decision, podNetworkings: [], why };
}

/** All but the first that match are passed over. */
function shadowed(candidates: readonly Candidate[]): readonly Candidate[] {
	const first = candidates.find((each) => each.verdict === "matched");
	return candidates.map((each) => {
		if (each.verdict !== "matched" || each === first) return each;
		const why = phrase("comes-before", { why: each.why, first: first?.name ?? "" });
		return { ...each, verdict: "shadowed", why };
	});
}
