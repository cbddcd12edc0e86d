/** NetworkPolicies of one pod as a stage that a network mode puts at the pod's device: selectors become addresses. */

import { isFinished } from "../cluster/address-owners.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { PolicyPort } from "../cluster/network-policy.ts";
import type { Pod } from "../cluster/objects.ts";
import { podPlace } from "../state/place.ts";
import type { PolicyAllowance, PolicyPeers, PolicyPorts, PolicySide, PolicyStage } from "../state/policy-stage.ts";
import { UNKNOWN, YES } from "./certainty.ts";
import { type CompiledPolicies, type CompiledRule, compilePolicies } from "./compile.ts";
import type { PolicyEnforcement } from "./enforcement.ts";
import type { PolicyDirection } from "./flow.ts";
import type { CompiledPeer } from "./peer.ts";
import { foreignPolicyText, policyRef, ruleRef } from "./verdict.ts";

/** How an enforcer does it that knows its peers by their addresses: pods of a node's network are the node to it. */
export interface AddressEnforcement extends PolicyEnforcement {
	readonly hostNetworkPods: "as-node";
	readonly hook: PolicyStage["hook"];
	/** Its component, as origins name it: `calico-felix`. */
	readonly component: string;
}

/** Makes the stages of a cluster's pods; what they share is made once. */
export class PolicyStages {
	readonly #enforcement: AddressEnforcement;
	readonly #policies: CompiledPolicies;
	/** Those whose address is theirs alone. */
	readonly #pods: readonly Pod[];
	readonly #peers = new Map<CompiledPeer, PolicyPeers>();
	readonly #names = new Map<string, readonly PolicyPorts[]>();

	constructor(cluster: Cluster, enforcement: AddressEnforcement) {
		this.#enforcement = enforcement;
		this.#policies = compilePolicies(cluster, enforcement);
		this.#pods = cluster.pods.filter((pod) => !pod.hostNetwork && !isFinished(pod));
	}

	/** Nothing where no policy has a say about the pod. */
	of(pod: Pod, device: string): PolicyStage | undefined {
		const ingress = this.#side(pod, "ingress");
		const egress = this.#side(pod, "egress");
		if (ingress === null && egress === null) return undefined;
		const { hook, ownNode, component } = this.#enforcement;
		const place = podPlace(pod);
		return {
			device,
			pod: place,
			hook,
			ownNode,
			ingress,
			egress,
			origin: { component, object: place, source: pod.source },
		};
	}

	#side(pod: Pod, direction: PolicyDirection): PolicySide | null {
		const foreign = this.#policies.foreignTo(pod);
		if (foreign !== undefined) return { kind: "unknown", what: foreignPolicyText(foreign) };
		const { policies, rules } = this.#policies.isolation(pod, direction);
		if (policies.length === 0) return null;
		return {
			kind: "rules",
			isolatedBy: policies.map(policyRef),
			rules: rules.map((rule) => this.#allowance(rule, pod)),
			otherProtocols: this.#enforcement.otherProtocols,
		};
	}

	#allowance(rule: CompiledRule, pod: Pod): PolicyAllowance {
		const { peers, ports, policy, line } = rule;
		const served = rule.direction === "ingress" ? pod : null;
		return {
			rule: ruleRef(rule),
			source: { file: policy.source.file, line },
			peers: peers.length === 0 ? null : peers.map((peer) => this.#resolve(peer)),
			ports: ports.length === 0 ? null : ports.flatMap((port) => this.#numbers(port, served)),
		};
	}

	#resolve(peer: CompiledPeer): PolicyPeers {
		let resolved = this.#peers.get(peer);
		if (resolved === undefined) {
			resolved = peer.block ?? this.#addresses(peer);
			this.#peers.set(peer, resolved);
		}
		return resolved;
	}

	#addresses(peer: CompiledPeer): PolicyPeers {
		const addresses = new Set<string>();
		const uncertain = new Set<string>();
		for (const pod of this.#pods) {
			for (const address of pod.podIPs) {
				const matched = peer.matches(this.#policies.identities.of(pod), address);
				if (matched === YES) addresses.add(address.text);
				else if (matched === UNKNOWN) uncertain.add(address.text);
			}
		}
		return { kind: "pods", addresses, uncertain };
	}

	/** Served null: any pod may be the destination. */
	#numbers(port: PolicyPort, served: Pod | null): readonly PolicyPorts[] {
		const { protocol } = port;
		switch (port.kind) {
			case "all":
				return [{ protocol, from: 0, to: 65535, at: null }];
			case "range":
				return [{ protocol, from: port.from, to: port.to, at: null }];
			case "name":
				return served === null ? this.#anywhere(port) : named(port, [served]);
		}
	}

	#anywhere(port: NamedPort): readonly PolicyPorts[] {
		const key = `${port.protocol} ${port.name}`;
		let found = this.#names.get(key);
		if (found === undefined) {
			found = named(port, this.#pods);
			this.#names.set(key, found);
		}
		return found;
	}
}

type NamedPort = Extract<PolicyPort, { readonly kind: "name" }>;

/** The numbers that a name has, each with the addresses of the pods where it has it. */
function named({ protocol, name }: NamedPort, pods: readonly Pod[]): readonly PolicyPorts[] {
	const byNumber = new Map<number, Set<string>>();
	for (const pod of pods) {
		for (const port of pod.ports) {
			if (port.name !== name || port.protocol !== protocol) continue;
			const at = byNumber.get(port.containerPort) ?? new Set<string>();
			byNumber.set(port.containerPort, at);
			for (const { text } of pod.podIPs) at.add(text);
		}
	}
	return [...byNumber].map(([number, at]) => ({ protocol, from: number, to: number, at }));
}
