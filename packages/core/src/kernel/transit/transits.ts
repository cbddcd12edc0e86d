/**
 * What stacks did with packets, remembered for those that are alike (docs/decisions/0007). A transit is a packet's way
 * through one stack: from where IP or a bridge gets it, or a process sends it, until it is on a wire, or ends.
 */
import type { Packet } from "../../packet/packet.ts";
import type { Network } from "../../state/network.ts";
import type { Skb } from "../skb.ts";
import { perView, type View } from "../view.ts";
import type { Next, Stage, Walk } from "../walk.ts";
import { type Entry, type Inputs, inputsOf } from "./inputs.ts";
import { Notes } from "./notes.ts";
import { type Outcome, outcomeOf, perform } from "./outcome.ts";
import type { Tree } from "./tree.ts";
import { type EntryStage, MOST_STEPS, type Trees, treeOf } from "./trees.ts";
import { watch } from "./watched.ts";

/** Runs the stages of one stack until the packet leaves it. */
export type RunStages = (walk: Walk, stage: Stage, skb: Skb) => Next;

/** How many outcomes are kept; beyond that, those of the stack that was met first are forgotten. */
const MOST_REMEMBERED = 65_536;
/** How many packets a stack sees go by before it is worth the effort to remember what it does: most are met seldom. */
const PATIENCE = 32;

interface Remembered {
	readonly trees: Trees<Outcome>;
	met: number;
	outcomes: number;
}

/** The transits of one network. */
export class Transits {
	readonly #stacks = new Map<View, Remembered>();
	#outcomes = 0;
	readonly #patience: number;
	/** How many transits there were, and for how many of them an outcome was known. */
	readonly count = { all: 0, known: 0 };

	constructor(patience: number) {
		this.#patience = patience;
	}

	/** Takes the packet through the stack that it is in: by memory where it has been met, else stage by stage. */
	through(walk: Walk, stage: EntryStage, skb: Skb, run: RunStages): Next {
		this.count.all += 1;
		if (!canBeRemembered(walk, skb)) return run(walk, stage, skb);
		const remembered = this.#of(skb.view);
		if (++remembered.met <= this.#patience) return run(walk, stage, skb);
		const entry: Entry = { skb, connections: walk.memory.conntrack.of(skb.view) };
		const tree = treeOf(remembered.trees, stage, entry);
		const inputs = inputsOf(entry);
		const before = walk.choices.made.length;
		const known = tree.find(inputs, walk.choices);
		if (known !== undefined) {
			this.count.known += 1;
			return perform(known, walk, entry, inputs);
		}
		walk.choices.takeBack(before);
		return this.#first(walk, stage, entry, run, { remembered, tree, inputs });
	}

	/** A packet unlike those before it goes from stage to stage, and every look at it is noted. */
	#first(
		walk: Walk,
		stage: EntryStage,
		{ skb, connections }: Entry,
		run: RunStages,
		to: { readonly remembered: Remembered; readonly tree: Tree<Outcome>; readonly inputs: Inputs },
	): Next {
		const { conntrack } = walk.memory;
		const { steps } = walk;
		const forwarded = walk.forwarded.length;
		const remarks = walk.remarks.size;
		const choices = walk.choices.made.length;
		const fresh = { ...skb };
		const notes = new Notes(walk.choices);
		const before = watch({ skb, connections }, stage === "bridge", notes);
		const replies = before.map(({ reply }) => reply);
		conntrack.replace(skb.view, [...before]);
		const next = run(walk, stage, skb);
		if (next.kind === "end" && next.refusal !== undefined) {
			// A refusal takes along the refused packet's connection, which is in no table: it is walked, whoever is refused.
			conntrack.replace(skb.view, connections);
			walk.forwarded.length = forwarded;
			walk.steps = steps;
			walk.choices.takeBack(choices);
			return run(walk, stage, fresh);
		}
		const after = conntrack.of(skb.view);
		const outcome = outcomeOf(next, replies, after, walk.forwarded.splice(forwarded), walk.steps - steps, to.inputs);
		conntrack.replace(skb.view, connections);
		walk.steps = steps;
		// What is said of the place, or counted over the whole walk, is not the stack's alone.
		const isWhole =
			next.kind !== "stage" &&
			walk.remarks.size === remarks &&
			!walk.memory.neighbours.matter &&
			!(next.kind === "end" && next.because.code === "too-many-steps");
		if (isWhole && to.tree.add(to.inputs, notes, walk.choices.made.slice(choices), outcome))
			this.#kept(skb.view, to.remembered);
		return perform(outcome, walk, { skb, connections }, to.inputs);
	}

	#of(view: View): Remembered {
		let remembered = this.#stacks.get(view);
		if (remembered === undefined) {
			remembered = { trees: new Map(), met: 0, outcomes: 0 };
			this.#stacks.set(view, remembered);
		}
		return remembered;
	}

	#kept(view: View, remembered: Remembered): void {
		remembered.outcomes += 1;
		this.#outcomes += 1;
		for (const [oldest, { outcomes }] of this.#stacks) {
			if (this.#outcomes <= MOST_REMEMBERED) break;
			if (oldest === view) continue;
			this.#stacks.delete(oldest);
			this.#outcomes -= outcomes;
		}
	}
}

/** A stack that keeps more of a packet than its connections, or that was met before, goes through it again. */
function canBeRemembered(walk: Walk, { view, packet, mark, tracked }: Skb): boolean {
	return (
		walk.steps < MOST_STEPS &&
		!walk.memory.neighbours.matter &&
		mark === 0 &&
		tracked === null &&
		onlyTracks(view).yes &&
		!walk.memory.ipvs.has(view) &&
		!wasForwardedBy(walk, view) &&
		!isError(packet)
	);
}

function wasForwardedBy({ forwarded }: Walk, view: View): boolean {
	for (const each of forwarded) if (each.view === view) return true;
	return false;
}

const onlyTracks = perView(({ state }) => ({
	yes: state.ipvs.length === 0 && state.tcFilters.length === 0 && state.policyStages === undefined,
}));

/** An ICMP error has another packet in it, of which stages look at everything. */
function isError({ payload }: Packet): boolean {
	switch (payload?.kind) {
		case undefined:
			return false;
		case "icmp-error":
			return true;
		case "ipip":
			return isError(payload.packet);
		case "vxlan":
			return isError(payload.frame.packet);
	}
}

const known = new WeakMap<Network, Transits>();

/** The transits of a network; the same every time. `patience` counts for whoever asks first. */
export function transitsOf(network: Network, patience: number = PATIENCE): Transits {
	let transits = known.get(network);
	if (transits === undefined) {
		transits = new Transits(patience);
		known.set(network, transits);
	}
	return transits;
}
