/** Which sessions stand: both sides must have each other as a neighbour, with the AS that the other has. */
import type { Address } from "../address/address.ts";
import type { Neighbour, Speaker } from "../state/speaker.ts";

export interface Session extends Hearing {
	readonly self: Speaker;
}

/** A session as routes know it that came by it: whose they were, whoever of several hears the same. */
export interface Hearing {
	readonly peer: Speaker;
	/** How the hearer has the other, and the other the hearer. */
	readonly own: Neighbour;
	readonly others: Neighbour;
	readonly kind: "ibgp" | "ebgp";
}

/** A neighbour with which there is no session. */
export interface SessionDown {
	readonly self: Speaker;
	readonly neighbour: Neighbour;
	readonly why:
		| { readonly kind: "nobody" }
		/** The other does not have this speaker as a neighbour. */
		| { readonly kind: "one-sided"; readonly peer: Speaker }
		/** `expecting` is one of the two: it has the other as a neighbour at `of`, with another AS than that one has. */
		| {
				readonly kind: "as-mismatch";
				readonly peer: Speaker;
				readonly expecting: Speaker;
				readonly of: Address;
				readonly expected: number;
				readonly has: number;
		  };
}

export type SessionState = { readonly up: Session } | { readonly down: SessionDown };

/** Finds sessions; what it looks up is made once for lists of neighbours that many speakers share. */
export class Sessions {
	readonly #byAddress = new Map<string, Speaker>();
	readonly #neighbours = new Map<readonly Neighbour[], ReadonlyMap<string, Neighbour>>();
	readonly #states = new Map<Speaker, readonly SessionState[]>();

	constructor(speakers: readonly Speaker[]) {
		for (const speaker of speakers) for (const { text } of speaker.addresses) this.#byAddress.set(text, speaker);
	}

	/** Who has an address. */
	at(address: Address): Speaker | undefined {
		return this.#byAddress.get(address.text);
	}

	/** The sessions of a speaker, in the order of its neighbours. */
	of(self: Speaker): readonly SessionState[] {
		const known = this.#states.get(self);
		if (known !== undefined) return known;
		const states: SessionState[] = [];
		for (const own of self.neighbours) {
			const state = this.#state(self, own);
			if (state !== undefined) states.push(state);
		}
		this.#states.set(self, states);
		return states;
	}

	#state(self: Speaker, own: Neighbour): SessionState | undefined {
		const peer = this.#byAddress.get(own.address.text);
		if (peer === self) return undefined;
		if (peer === undefined) return { down: { self, neighbour: own, why: { kind: "nobody" } } };
		const others = this.#neighbourOf(peer, self.addresses);
		if (others === undefined) return { down: { self, neighbour: own, why: { kind: "one-sided", peer } } };
		const ownAs = own.localAsn ?? self.asn;
		const peerAs = others.localAsn ?? peer.asn;
		const mismatch =
			own.asn !== peerAs
				? { expecting: self, of: own.address, expected: own.asn, has: peerAs }
				: others.asn !== ownAs
					? { expecting: peer, of: others.address, expected: others.asn, has: ownAs }
					: undefined;
		if (mismatch !== undefined)
			return { down: { self, neighbour: own, why: { kind: "as-mismatch", peer, ...mismatch } } };
		return { up: { self, peer, own, others, kind: ownAs === peerAs ? "ibgp" : "ebgp" } };
	}

	/** The neighbour of a speaker that has one of these addresses. */
	#neighbourOf({ neighbours }: Speaker, addresses: readonly Address[]): Neighbour | undefined {
		let index = this.#neighbours.get(neighbours);
		if (index === undefined) {
			index = new Map([...neighbours].reverse().map((each) => [each.address.text, each]));
			this.#neighbours.set(neighbours, index);
		}
		for (const { text } of addresses) {
			const found = index.get(text);
			if (found !== undefined) return found;
		}
		return undefined;
	}
}
