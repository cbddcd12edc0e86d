/** NetworkPolicies as Felix enforces them: a chain for each policy and direction, and the sets of addresses that they ask. */

import type { Family } from "../../address/address.ts";
import { isFinished } from "../../cluster/address-owners.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { NetworkPolicy } from "../../cluster/network-policy.ts";
import type { Pod, TransportProtocol } from "../../cluster/objects.ts";
import { base64Url, sha256 } from "../../digest/sha256.ts";
import { type Ipset, ipset } from "../../netfilter/ipset.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import {
	chain,
	comment,
	drop,
	jump,
	mark,
	matchSet,
	returnTarget,
	rule,
	setXmark,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule } from "../../netfilter/xtables/table.ts";
import type { Origin } from "../../origin/origin.ts";
import { NO, UNKNOWN, YES } from "../../policy/certainty.ts";
import { type CompiledPolicies, type CompiledRule, compilePolicies } from "../../policy/compile.ts";
import { FELIX_ENFORCEMENT } from "../../policy/enforcement.ts";
import type { CompiledPeer } from "../../policy/peer.ts";
import { foreignPolicyText, policyRef, ruleRef } from "../../policy/verdict.ts";
import { podPlace } from "../../state/place.ts";
import { type Phrase, phrase, worded } from "../../wording/phrase.ts";
import { accepted, type Direction, type EndpointPolicy, limitedName } from "./endpoint-chains.ts";
import { MARK_PASS } from "./marks.ts";
import { FELIX } from "./origin.ts";
import { felixRulesOf, type RuleSets, rendered } from "./policy-rules.ts";
import { LARGEST } from "./sets.ts";

const PREFIXES = { ingress: "cali-pi-", egress: "cali-po-" } as const;
const DIRECTIONS = ["ingress", "egress"] as const;

/** A policy's chain with the sets that its rules ask. */
interface PolicyChain {
	readonly chain: XtChain;
	readonly sets: readonly Ipset[];
}

/** All policies of a cluster; chains and sets are made once, for the nodes that need them. */
export class FelixPolicies {
	readonly #policies: CompiledPolicies;
	readonly #pods: readonly Pod[];
	readonly #made: Readonly<Record<Family, Map<string, PolicyChain>>> = { 4: new Map(), 6: new Map() };
	readonly #sets: Readonly<Record<Family, Map<string, Ipset>>> = { 4: new Map(), 6: new Map() };

	constructor(cluster: Cluster) {
		this.#policies = compilePolicies(cluster, FELIX_ENFORCEMENT);
		this.#pods = cluster.pods.filter((pod) => !pod.hostNetwork && !isFinished(pod));
	}

	/** What concerns a node with these pods. */
	of(pods: readonly Pod[]): EndpointPolicy {
		const byObject = new Map(pods.map((pod) => [podPlace(pod), pod]));
		const chains = (family: Family): readonly PolicyChain[] => this.#chainsOf(pods, family);
		return {
			rules: ({ object }, direction) => {
				const pod = byObject.get(object);
				return pod === undefined ? [] : this.#endpointRules(pod, direction);
			},
			chains: (family) => chains(family).map((each) => each.chain),
			sets: (family) => [...new Set(chains(family).flatMap(({ sets }) => sets))],
		};
	}

	/** Of the tier `default`: policy after policy until one accepts, and at its end what none accepted is dropped (endpoints.go). */
	#endpointRules(pod: Pod, direction: Direction): readonly XtRule[] {
		const object = podPlace(pod);
		const { policies } = this.#policies.isolation(pod, direction);
		const foreign = this.#policies.foreignTo(pod);
		const unknown =
			foreign === undefined
				? []
				: [rule(FELIX, [notEvaluated(phrase("as-written", { text: foreignPolicyText(foreign) }))], drop)];
		const [first] = policies;
		if (first === undefined) return unknown;
		const names = policies.map(policyRef).join(", ");
		const origin: Origin = { component: "felix", object };
		const isolated: Origin = {
			component: "felix",
			object: names,
			source: first.source,
			note: `${names} ${policies.length === 1 ? "isolates" : "isolate"} ${object} (${direction}), and no rule admits it`,
		};
		const undecided = mark(0, MARK_PASS);
		return [
			...unknown,
			rule(origin, [comment("Start of tier default")], setXmark(0, MARK_PASS)),
			...[...policies]
				.sort(byName)
				.flatMap((policy) => [
					rule({ ...origin, object: policyRef(policy) }, [undecided], jump(chainName(policy, direction))),
					rule(
						{ ...origin, object: policyRef(policy) },
						[comment("Return if policy accepted"), accepted],
						returnTarget,
					),
				]),
			rule(isolated, [comment("End of tier default. Drop if no policies passed packet"), undecided], drop),
		];
	}

	#chainsOf(pods: readonly Pod[], family: Family): readonly PolicyChain[] {
		const found = new Map<string, PolicyChain>();
		for (const pod of pods) {
			for (const direction of DIRECTIONS) {
				const { policies, rules } = this.#policies.isolation(pod, direction);
				for (const policy of policies) {
					const name = chainName(policy, direction);
					if (!found.has(name)) found.set(name, this.#chain(policy, direction, rules, family));
				}
			}
		}
		return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
	}

	#chain(policy: NetworkPolicy, direction: Direction, rules: readonly CompiledRule[], family: Family): PolicyChain {
		const name = chainName(policy, direction);
		let made = this.#made[family].get(name);
		if (made === undefined) {
			const own = rules.filter((each) => each.policy === policy);
			const sets = new Map<string, Ipset>();
			const written = own.flatMap((each) => this.#rules(each, family, sets));
			// What returns at a chain's end would return without it (policy.go).
			while (written.at(-1)?.target?.kind === "return") written.pop();
			made = { chain: chain(name, written), sets: [...sets.values()] };
			this.#made[family].set(name, made);
		}
		return made;
	}

	#rules(compiled: CompiledRule, family: Family, sets: Map<string, Ipset>): XtRule[] {
		const { policy, direction, line } = compiled;
		const origin: Origin = {
			component: "felix",
			object: policyRef(policy),
			source: { file: policy.source.file, line },
			note: ruleRef(compiled),
		};
		const names = this.#ruleSets(compiled, family, sets);
		return felixRulesOf(compiled).flatMap((each) => rendered(each, direction, family, names, origin));
	}

	#ruleSets(compiled: CompiledRule, family: Family, used: Map<string, Ipset>): RuleSets {
		const use = (id: string, type: Ipset["type"], members: () => readonly string[]): string => {
			const set = this.#set(id, type, family, members);
			used.set(set.name, set);
			return set.name;
		};
		return {
			peer: (peer) => use(`s:${peer.key}`, "hash:net", () => this.#addresses(peer, family, YES)),
			namedPort: (protocol, name, peer) =>
				use(`n:${protocol} ${name} ${peer?.key ?? "all()"}`, "hash:ip,port", () =>
					this.#namedPorts(protocol, name, peer, family),
				),
			uncertain: (peer) => {
				const members = peer.block === null ? this.#addresses(peer, family, UNKNOWN) : [];
				if (members.length === 0) return undefined;
				const set = use(`u:${peer.key}`, "hash:net", () => members);
				const why = phrase("whether-rule-means", { rule: ruleRef(compiled) });
				return [matchSet(set, [compiled.direction === "ingress" ? "src" : "dst"]), notEvaluated(why)];
			},
		};
	}

	#set(id: string, type: Ipset["type"], family: Family, members: () => readonly string[]): Ipset {
		let set = this.#sets[family].get(id);
		if (set === undefined) {
			const options = `family ${family === 4 ? "inet" : "inet6"} maxelem ${LARGEST}`;
			set = ipset(setName(family, id), type, [...new Set(members())], FELIX, options);
			this.#sets[family].set(id, set);
		}
		return set;
	}

	#addresses(peer: CompiledPeer, family: Family, wanted: typeof YES | typeof UNKNOWN): readonly string[] {
		return this.#pods.flatMap((pod) =>
			pod.podIPs
				.filter((each) => each.family === family && peer.matches(this.#policies.identities.of(pod), each) === wanted)
				.map(({ text }) => text),
		);
	}

	#namedPorts(protocol: TransportProtocol, name: string, peer: CompiledPeer | null, family: Family): readonly string[] {
		return this.#pods.flatMap((pod) => {
			const addresses = pod.podIPs.filter((each) => each.family === family);
			const identity = this.#policies.identities.of(pod);
			return pod.ports
				.filter((port) => port.name === name && port.protocol === protocol)
				.flatMap(({ containerPort }) =>
					addresses
						.filter((each) => peer === null || peer.matches(identity, each) !== NO)
						.map(({ text }) => `${text},${protocol}:${containerPort}`),
				);
		});
	}
}

/** A match that makes the verdict `unknown`, and says why. */
function notEvaluated(why: Phrase): Match {
	return { kind: "other", module: "", text: worded(why), why };
}

function byName(a: NetworkPolicy, b: NetworkPolicy): number {
	return a.name < b.name ? -1 : 1;
}

/** Felix's name of a Kubernetes NetworkPolicy is `NAMESPACE/knp.default.NAME` (until v3.30). */
function chainName({ namespace, name }: NetworkPolicy, direction: Direction): string {
	return limitedName(PREFIXES[direction], `${namespace}/knp.default.${name}`);
}

/** Like Felix's in form: its own names are hashes of its selectors' texts, which podpath does not write. */
function setName(family: Family, id: string): string {
	return `cali${family}0${id.slice(0, 2)}${base64Url(sha256(id), 23)}`;
}
