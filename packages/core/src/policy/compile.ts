/** All NetworkPolicies of a cluster, made ready to be asked. */
import type { Cluster } from "../cluster/cluster.ts";
import { firstUnmet } from "../cluster/label-selector.ts";
import type { ForeignPolicy, NetworkPolicy, PolicyPort } from "../cluster/network-policy.ts";
import type { Pod } from "../cluster/objects.ts";
import { DOCUMENTED_ENFORCEMENT, type PolicyEnforcement } from "./enforcement.ts";
import type { PolicyDirection } from "./flow.ts";
import { Identities, type Identity } from "./identity.ts";
import { type CompiledPeer, Peers } from "./peer.ts";

export interface CompiledRule {
	readonly policy: NetworkPolicy;
	readonly direction: PolicyDirection;
	/** In `spec.ingress` or `spec.egress`. */
	readonly index: number;
	/** Empty: everybody. */
	readonly peers: readonly CompiledPeer[];
	/** Empty: every port of every protocol. */
	readonly ports: readonly PolicyPort[];
	readonly line: number;
}

/** The policies that isolate a pod in one direction, and all that their rules let through: policies add up. */
export interface Isolation {
	/** None: the pod is not isolated in that direction. */
	readonly policies: readonly NetworkPolicy[];
	readonly rules: readonly CompiledRule[];
}

interface CompiledPolicy {
	readonly policy: NetworkPolicy;
	readonly rules: Readonly<Record<PolicyDirection, readonly CompiledRule[]>>;
}

/** Immutable to whoever asks; what is found out about pods is kept. */
export class CompiledPolicies {
	readonly enforcement: PolicyEnforcement;
	/** Policies that are not evaluated: nothing is certain about nodes and about the pods that they may select. */
	readonly foreign: readonly ForeignPolicy[];
	readonly identities: Identities;
	readonly #byNamespace = new Map<string, CompiledPolicy[]>();
	readonly #isolations: Readonly<Record<PolicyDirection, Isolation[]>> = { ingress: [], egress: [] };

	constructor(cluster: Cluster, enforcement: PolicyEnforcement) {
		this.enforcement = enforcement;
		this.foreign = cluster.foreignPolicies;
		this.identities = new Identities(cluster);
		const peers = new Peers();
		for (const policy of cluster.networkPolicies) {
			const compiled = {
				policy,
				rules: { ingress: rulesOf(policy, "ingress", peers), egress: rulesOf(policy, "egress", peers) },
			};
			const others = this.#byNamespace.get(policy.namespace);
			if (others === undefined) this.#byNamespace.set(policy.namespace, [compiled]);
			else others.push(compiled);
		}
	}

	/** A policy that may have a say about the pod, and that is not evaluated. */
	foreignTo(pod: Pod): ForeignPolicy | undefined {
		return this.foreign.find((policy) => mayMean(policy, pod, this.identities.of(pod)));
	}

	/** What isolates the pod; pods of a node's network namespace are not treated apart here. */
	isolation(pod: Pod, direction: PolicyDirection): Isolation {
		const identity = this.identities.of(pod);
		let isolation = this.#isolations[direction][identity.id];
		if (isolation === undefined) {
			isolation = this.#isolate(identity, direction);
			this.#isolations[direction][identity.id] = isolation;
		}
		return isolation;
	}

	#isolate({ namespace, labels }: Identity, direction: PolicyDirection): Isolation {
		const type = direction === "ingress" ? "Ingress" : "Egress";
		const selecting = (this.#byNamespace.get(namespace.name) ?? []).filter(
			({ policy }) => policy.policyTypes.includes(type) && firstUnmet(policy.podSelector, labels) === undefined,
		);
		if (selecting.length === 0) return NOT_ISOLATED;
		return {
			policies: selecting.map(({ policy }) => policy),
			rules: selecting.flatMap(({ rules }) => rules[direction]),
		};
	}
}

const NOT_ISOLATED: Isolation = { policies: [], rules: [] };

function rulesOf(policy: NetworkPolicy, direction: PolicyDirection, peers: Peers): readonly CompiledRule[] {
	return policy[direction].map((rule, index) => ({
		policy,
		direction,
		index,
		peers: rule.peers.map((peer) => peers.compile(peer, policy.namespace)),
		ports: rule.ports,
		line: rule.line,
	}));
}

/**
 * Calico gives a pod labels of its own besides those of the object: those of its namespace and service account (libcalico-go
 * conversion). A selector that asks for one that the input does not say may mean the pod.
 */
function mayMean({ namespace, selector }: ForeignPolicy, pod: Pod, identity: Identity): boolean {
	if (namespace !== "" && namespace !== pod.namespace) return false;
	if (selector === null || /pcsa\.|projectcalico\.org\/serviceaccount/.test(selector.text)) return true;
	if (!identity.namespace.inInput && selector.text.includes("pcns.")) return true;
	const inherited = Object.entries(identity.namespace.labels).map(([key, value]) => [`pcns.${key}`, value] as const);
	return selector.matches({
		...pod.labels,
		...Object.fromEntries(inherited),
		"pcns.projectcalico.org/name": pod.namespace,
		"projectcalico.org/namespace": pod.namespace,
		"projectcalico.org/orchestrator": "k8s",
	});
}

/** Without an enforcement: as the API and its documentation have it. */
export function compilePolicies(
	cluster: Cluster,
	enforcement: PolicyEnforcement = DOCUMENTED_ENFORCEMENT,
): CompiledPolicies {
	return new CompiledPolicies(cluster, enforcement);
}
