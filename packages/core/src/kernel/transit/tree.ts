/**
 * What is remembered of packets that enter a stack alike: a tree of the tests and choices that were met, with an outcome
 * at each end. A packet for which every test has an answer that was met before has the outcome that is found there.
 */
import type { Address } from "../../address/address.ts";
import type { Choice, Choices } from "../choices.ts";
import type { Entry, Inputs } from "./inputs.ts";
import { type Answer, answerOf, covers, leadingBits, type Notes, type Test } from "./notes.ts";

type Node<Outcome> =
	| AddressNode<Outcome>
	| {
			readonly kind: "test";
			readonly test: Exclude<Test, { readonly of: "bits" }>;
			readonly next: Map<Answer, Place<Outcome>>;
	  }
	| { readonly kind: "choice"; readonly choice: Choice; readonly next: Map<number, Place<Outcome>> }
	| { readonly kind: "end"; readonly outcome: Outcome };

/** More may matter of one address than of another, so that the first bits are of several lengths. */
interface AddressNode<Outcome> {
	readonly kind: "address";
	readonly address: number;
	readonly blocks: { readonly bits: number; readonly next: Map<Answer, Place<Outcome>> }[];
}

/** Where a node may be. */
interface Place<Outcome> {
	node: Node<Outcome> | null;
}

export class Tree<Outcome> {
	/** The first of the packets that are alike, as it was when it came in. */
	readonly sample: Entry;
	readonly #root: Place<Outcome> = { node: null };

	constructor({ skb, connections }: Entry) {
		this.sample = { skb: { ...skb }, connections: connections.map((connection) => ({ ...connection })) };
	}

	/** The outcome for a packet, making its choices; undefined where none is known: then some choices may have been made. */
	find(inputs: Inputs, choices: Choices): Outcome | undefined {
		let place: Place<Outcome> | undefined = this.#root;
		for (;;) {
			const node: Node<Outcome> | null | undefined = place?.node;
			switch (node?.kind) {
				case undefined:
					return undefined;
				case "address":
					place = placeOf(node, inputs.addresses[node.address] as Address);
					break;
				case "test":
					place = node.next.get(answerOf(node.test, inputs));
					break;
				case "choice":
					place = node.next.get(choices.choose(node.choice.weights, node.choice.about));
					break;
				case "end":
					return node.outcome;
			}
		}
	}

	/**
	 * Adds an outcome below all that was looked at on the way to it. What is in the tree was added for packets that fared the
	 * same up to where they part from this one, so they met the same tests and choices until there. False: it did not fit in.
	 */
	add(inputs: Inputs, notes: Notes, made: readonly Choice[], outcome: Outcome): boolean {
		const met: Test[] = [];
		let place = this.#root;
		for (let i = 0; i <= made.length; i++) {
			const below = descend(place, inputs, notes.testsBefore(i), met);
			if (below === null) return false;
			place = below;
			const choice = made[i];
			if (choice === undefined) break;
			place.node ??= { kind: "choice", choice, next: new Map() };
			if (place.node.kind !== "choice") return false;
			place = placeAt(place.node.next, choice.taken);
		}
		if (place.node !== null) return false;
		place.node = { kind: "end", outcome };
		return true;
	}
}

/** Goes down by the tests that stand here, then adds those that are still wanted. Null: something else stands here. */
function descend<Outcome>(
	from: Place<Outcome>,
	inputs: Inputs,
	wanted: readonly Test[],
	met: Test[],
): Place<Outcome> | null {
	let place = from;
	for (;;) {
		const { node } = place;
		if (node?.kind === "test") {
			met.push(node.test);
			place = placeAt(node.next, answerOf(node.test, inputs));
		} else if (node?.kind === "address") {
			const { bits, place: below } = blockFor(node, inputs, [...met, ...wanted]);
			met.push({ of: "bits", address: node.address, bits });
			place = below;
		} else {
			const missing = wanted.find((test) => !met.some((known) => covers(known, test)));
			if (missing === undefined) return place;
			if (node !== null) return null;
			place.node =
				missing.of === "bits"
					? { kind: "address", address: missing.address, blocks: [] }
					: { kind: "test", test: missing, next: new Map() };
		}
	}
}

/** The place below for an address; addresses of one block are alike in all that matters of them from there on. */
function placeOf<Outcome>({ blocks }: AddressNode<Outcome>, address: Address): Place<Outcome> | undefined {
	for (const { bits, next } of blocks) {
		const place = next.get(leadingBits(address, bits));
		if (place !== undefined) return place;
	}
	return undefined;
}

/** The block that an address is in; where there is none yet, it has as many bits as `tests` see of the address. */
function blockFor<Outcome>(
	{ address: number, blocks }: AddressNode<Outcome>,
	inputs: Inputs,
	tests: readonly Test[],
): { readonly bits: number; readonly place: Place<Outcome> } {
	const address = inputs.addresses[number] as Address;
	for (const { bits, next } of blocks) {
		const place = next.get(leadingBits(address, bits));
		if (place !== undefined) return { bits, place };
	}
	let bits = 0;
	for (const test of tests) if (test.of === "bits" && test.address === number) bits = Math.max(bits, test.bits);
	let block = blocks.find((each) => each.bits === bits);
	if (block === undefined) {
		block = { bits, next: new Map() };
		blocks.push(block);
	}
	return { bits, place: placeAt(block.next, leadingBits(address, bits)) };
}

function placeAt<Key, Outcome>(places: Map<Key, Place<Outcome>>, key: Key): Place<Outcome> {
	let place = places.get(key);
	if (place === undefined) {
		place = { node: null };
		places.set(key, place);
	}
	return place;
}
