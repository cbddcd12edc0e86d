/** Who a rule lets through: selectors of pods, remembered by identity, and blocks of addresses. */
import type { Address } from "../address/address.ts";
import { contains } from "../address/prefix.ts";
import { firstUnmet, type LabelSelector } from "../cluster/label-selector.ts";
import type { PolicyPeer } from "../cluster/network-policy.ts";
import { type Certainty, NO, UNKNOWN, YES } from "./certainty.ts";
import { type Identity, NAMESPACE_NAME_LABEL, type PodNamespace } from "./identity.ts";

export type BlockOfAddresses = Extract<PolicyPeer, { readonly kind: "block" }>;

/** A peer ready to be asked. Identity null: the end is no pod that selectors see. */
export interface CompiledPeer {
	/** The same for peers that mean the same. */
	readonly key: string;
	/** Null: selectors of pods. */
	readonly block: BlockOfAddresses | null;
	matches(identity: Identity | null, address: Address): Certainty;
}

/** Peers by what they say, so that policies that name the same pods share what is known of them. */
export class Peers {
	readonly #pods = new Map<string, PodsPeer>();

	compile(peer: PolicyPeer, policyNamespace: string): CompiledPeer {
		if (peer.kind === "block") return new BlockPeer(peer);
		const { namespaceSelector, podSelector } = peer;
		const key = JSON.stringify([namespaceSelector ?? policyNamespace, podSelector]);
		let compiled = this.#pods.get(key);
		if (compiled === undefined) {
			compiled = new PodsPeer(key, namespaceSelector ?? policyNamespace, podSelector);
			this.#pods.set(key, compiled);
		}
		return compiled;
	}
}

class PodsPeer implements CompiledPeer {
	readonly key: string;
	readonly block: null = null;
	/** A selector, or the one namespace by name. */
	readonly #namespace: LabelSelector | string;
	readonly #podSelector: LabelSelector | null;
	readonly #known: Certainty[] = [];

	constructor(key: string, namespace: LabelSelector | string, podSelector: LabelSelector | null) {
		this.key = key;
		this.#namespace = namespace;
		this.#podSelector = podSelector;
	}

	matches(identity: Identity | null): Certainty {
		if (identity === null) return NO;
		let known = this.#known[identity.id];
		if (known === undefined) {
			known = this.#evaluate(identity);
			this.#known[identity.id] = known;
		}
		return known;
	}

	#evaluate({ namespace, labels }: Identity): Certainty {
		if (this.#podSelector !== null && firstUnmet(this.#podSelector, labels) !== undefined) return NO;
		if (typeof this.#namespace === "string") return this.#namespace === namespace.name ? YES : NO;
		return namespaceMatches(this.#namespace, namespace);
	}
}

/** A label that might be on a namespace that the input does not hold makes the match uncertain. */
function namespaceMatches({ requirements }: LabelSelector, { labels, inInput }: PodNamespace): Certainty {
	const decidable = inInput ? requirements : requirements.filter(({ key }) => key === NAMESPACE_NAME_LABEL);
	if (firstUnmet({ requirements: decidable }, labels) !== undefined) return NO;
	return decidable.length === requirements.length ? YES : UNKNOWN;
}

class BlockPeer implements CompiledPeer {
	readonly key: string;
	readonly block: BlockOfAddresses;

	constructor(block: BlockOfAddresses) {
		this.key = JSON.stringify([block.cidr.text, block.except.map(({ text }) => text)]);
		this.block = block;
	}

	/** Pods too: their addresses are addresses, though the documentation advises against it. */
	matches(_: Identity | null, address: Address): Certainty {
		const { cidr, except } = this.block;
		return contains(cidr, address) && !except.some((each) => contains(each, address)) ? YES : NO;
	}
}
