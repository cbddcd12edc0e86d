/**
 * Which PodNetworking a pod takes, and why not the others: what Terway's webhook decides when the pod is made
 * (terway pkg/controller/webhook/mutating.go).
 */
import type { Cluster } from "../../cluster/cluster.ts";
import type { Pod } from "../../cluster/objects.ts";
import type { PodNetworking } from "../../cluster/terway-objects.ts";
import { IGNORED_LABEL, POD_ENI, POD_NETWORKING, POD_NETWORKS, POD_NETWORKS_REQUEST } from "./annotations.ts";
import { type Candidate, candidateOf } from "./candidate.ts";
import { type RequestedNetwork, requestedNetworks } from "./requested-networks.ts";
import { effectsOf, type WebhookEffects } from "./webhook-effects.ts";

export interface PodNetworkingMatch {
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
	readonly why: string;
	/** Every PodNetworking of the cluster in the order in which Terway looks at them. */
	readonly candidates: readonly Candidate[];
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
		pod: `pod/${pod.namespace}/${pod.name}`,
		...decided,
		candidates: isBySelector(decided.decision) ? shown : [],
		effects: effectsOf(cluster, pod, decided.decision, applied),
		recorded: pod.annotations[POD_NETWORKING] ?? null,
	};
}

function isBySelector(decision: PodNetworkingMatch["decision"]): boolean {
	return decision === "matched" || decision === "shared-eni" || decision === "eni-config" || decision === "unknown";
}

function decide(cluster: Cluster, pod: Pod, candidates: readonly Candidate[]): Decided {
	if (pod.hostNetwork) return none("not-managed", "it is in its node's network");
	if (pod.labels[IGNORED_LABEL] === "true") return none("not-managed", `label ${IGNORED_LABEL} is true`);
	return byAnnotation(cluster, pod) ?? bySelector(cluster, pod, candidates);
}

/** Annotations that a person wrote. What the webhook itself has written into the pod of a running cluster is none of them. */
function byAnnotation(cluster: Cluster, pod: Pod): Decided | undefined {
	const written = pod.annotations[POD_ENI] === "true" && pod.annotations[POD_NETWORKING] !== undefined;
	const given = [POD_NETWORKS, POD_NETWORKS_REQUEST, POD_NETWORKING].filter(
		(key) => (pod.annotations[key] ?? "") !== "" && !(written && key !== POD_NETWORKS_REQUEST),
	);
	if (given.length > 1) return none("denied", `annotations ${given.join(" and ")} exclude each other`);
	if (given[0] === POD_NETWORKS) return none("annotation", `annotation ${POD_NETWORKS} says its networks itself`);
	if (given[0] !== POD_NETWORKS_REQUEST) return undefined;
	const requested = requestedNetworks(pod.annotations[POD_NETWORKS_REQUEST] ?? "");
	if (requested === null) return none("denied", `annotation ${POD_NETWORKS_REQUEST} is no list of networks`);
	return requested.length === 0 ? undefined : ofRequest(cluster, requested);
}

function ofRequest(cluster: Cluster, requested: readonly RequestedNetwork[]): Decided {
	const found: PodNetworking[] = [];
	for (const { network } of requested) {
		const one = cluster.podNetworkings.find((each) => each.name === network);
		if (one === undefined) return none("denied", `it asks for PodNetworking ${network}, which is not there`);
		if (one.status !== "Ready") return none("denied", `it asks for PodNetworking ${network}, which is not Ready`);
		if (one.podSelector !== null || one.namespaceSelector !== null) {
			return none("denied", `it asks for PodNetworking ${network}, which has selectors: those cannot be asked for`);
		}
		found.push(one);
	}
	if (new Set(found.map((each) => each.eniType)).size > 1) {
		return none("denied", "the PodNetworkings that it asks for have different eniTypes");
	}
	const names = found.map((each) => each.name);
	return { decision: "requested", podNetworkings: names, why: `annotation ${POD_NETWORKS_REQUEST} asks for it` };
}

function bySelector(cluster: Cluster, pod: Pod, candidates: readonly Candidate[]): Decided {
	const first = candidates.find((each) => each.verdict === "matched" || each.verdict === "unknown");
	if (first?.verdict === "unknown") return none("unknown", `PodNetworking ${first.name}: ${first.why}`);
	if (first !== undefined) {
		return { decision: "matched", podNetworkings: [first.name], why: first.why };
	}
	const missed =
		cluster.podNetworkings.length === 0 ? "the cluster has no PodNetworking" : "no PodNetworking matches it";
	if (pod.annotations[POD_ENI] === "true") {
		return none("eni-config", `${missed}, and annotation ${POD_ENI} asks for an ENI with what eni-config says`);
	}
	if (cluster.terway?.ipamType === "crd") {
		return none("eni-config", `${missed}, and with IPAM by custom resources eni-config holds for it`);
	}
	return none("shared-eni", `${missed}: it gets ${withoutOne(cluster.mode)}`);
}

/** What the daemon gives a pod that nothing else is said of. */
function withoutOne(mode: string): string {
	if (mode === "terway-vpc") return "an address of its node's pod CIDR";
	return mode === "terway-eni" ? "an ENI of its node for itself" : "an address of an ENI that pods of its node share";
}

function none(decision: PodNetworkingMatch["decision"], why: string): Decided {
	return { decision, podNetworkings: [], why };
}

/** All but the first that match are passed over. */
function shadowed(candidates: readonly Candidate[]): readonly Candidate[] {
	const first = candidates.find((each) => each.verdict === "matched");
	return candidates.map((each) => {
		if (each.verdict !== "matched" || each === first) return each;
		return { ...each, verdict: "shadowed", why: `${each.why}, but ${first?.name} comes before it: the first is taken` };
	});
}
