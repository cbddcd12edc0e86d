/** Verdicts of questions whose packet makes a journey that another's has made before (docs/decisions/0007). */
import { Choices } from "../kernel/choices.ts";
import type { Connection } from "../kernel/conntrack.ts";
import type { IpvsConnection, Skb } from "../kernel/skb.ts";
import { type Entry, type Inputs, inputsOf } from "../kernel/transit/inputs.ts";
import { Notes } from "../kernel/transit/notes.ts";
import { SealedMap } from "../kernel/transit/sealed.ts";
import type { Tree } from "../kernel/transit/tree.ts";
import { type EntryStage, MOST_STEPS, type Trees, treeOf } from "../kernel/transit/trees.ts";
import { mapIn, type View } from "../kernel/view.ts";
import { type End, go, type MemoryMaps, type Next, type TranslatedConnection, Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import type { Tuple } from "../state/conntrack.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { step, throughFirst } from "./engine.ts";
import type { Verdict } from "./explanation.ts";
import { explore, type Homecoming, type Journey } from "./journey.ts";
import type { Plan } from "./plan.ts";
import { verdictOfAnswer, verdictOfRefusal } from "./way-back.ts";
import type { Beginning } from "./ways.ts";

/** How many journeys of a network are kept; then all are forgotten. */
const MOST_KEPT = 65_536;
/**
 * Packets that a stack sends to one address before it is worth the effort to look all the way ahead. Where journeys are made
 * again more often than `OFTEN` nothing is waited for.
 */
const PATIENCE = 1;
const OFTEN = 8;
/** So many more journeys may be made than are made again, until it is taken that each packet makes its own. */
const MOST_IN_VAIN = 12;

interface Count {
	made: number;
	madeAgain: number;
}

/** The journeys that begin in one stack. */
interface FromStack {
	readonly count: Count;
	/** By who listens, then by the address asked for. */
	readonly targets: Map<ReadonlySet<string>, Map<string, Known>>;
}

/** The journeys of packets from one stack to one address, with the same endpoints listening. */
interface Known {
	readonly count: Count;
	/** Null: of this packet's way no journey can be made. */
	readonly trees: Trees<Journey | null>;
	met: number;
}

/** The journeys of one network. */
export class Journeys {
	readonly #stacks = new Map<View, FromStack>();
	#kept = 0;
	readonly #patience: number;
	/** How many questions there were, how many of them were answered by what was remembered, and how often a packet came home. */
	readonly count = { all: 0, known: 0, homecomings: 0 };

	constructor(patience: number) {
		this.#patience = patience;
	}

	/** The verdicts of all ways, each once; null: they have to be walked. */
	verdicts(plan: Plan, begun: Beginning): readonly Verdict[] | null {
		this.count.all += 1;
		const entered = enterSecond(plan, begun);
		if (entered === null) return null;
		const { stage, skb } = entered;
		const from = this.#from(skb.view);
		const known = knownOf(from, plan, begun.sent);
		if (++known.met <= this.#patience && !isMadeOften(from.count)) return null;
		if (known.count.made > known.count.madeAgain + MOST_IN_VAIN) return null;
		const entry: Entry = { skb, connections: [] };
		const inputs = inputsOf(entry);
		const tree = treeOf(known.trees, stage, entry);
		const remembered = tree.find(inputs, new Choices());
		for (const count of [from.count, known.count]) count[remembered === undefined ? "made" : "madeAgain"] += 1;
		const journey = remembered === undefined ? this.#make(plan, stage, skb, inputs, tree) : remembered;
		if (journey === null || journey.met.has(plan.start.view)) return null;
		const verdicts = follow(plan, begun, skb.view, journey, inputs);
		// What was taken for the end of the journey is not: the next ones would fare no better.
		if (verdicts === null) known.count.made = Number.POSITIVE_INFINITY;
		else {
			this.count.known += 1;
			this.count.homecomings += journey.homecomings.length;
		}
		return verdicts;
	}

	#make(plan: Plan, stage: EntryStage, skb: Skb, inputs: Inputs, tree: Tree<Journey | null>): Journey | null {
		const notes = new Notes(new Choices());
		const journey = explore(plan, stage, skb, inputs, notes);
		if (tree.add(inputs, notes, [], journey) && ++this.#kept > MOST_KEPT) {
			this.#stacks.clear();
			this.#kept = 0;
		}
		return journey;
	}

	#from(view: View): FromStack {
		let from = this.#stacks.get(view);
		if (from === undefined) {
			from = { count: { made: 0, madeAgain: 0 }, targets: new Map() };
			this.#stacks.set(view, from);
		}
		return from;
	}
}

function isMadeOften({ made, madeAgain }: Count): boolean {
	return madeAgain > OFTEN * (made + 1);
}

function knownOf({ targets }: FromStack, { endpoints }: Plan, { dst }: Packet): Known {
	const addresses = mapIn(targets, endpoints);
	let known = addresses.get(dst.text);
	if (known === undefined) {
		known = { count: { made: 0, madeAgain: 0 }, trees: new Map(), met: 0 };
		addresses.set(dst.text, known);
	}
	return known;
}

/** Takes the packet out of the stack that all ways begin in, into the next one. Null: it goes elsewhere. */
function enterSecond(
	plan: Plan,
	{ forward, next }: Beginning,
): { readonly stage: EntryStage; readonly skb: Skb } | null {
	const { choices, memory, steps } = forward;
	if (plan.start.device !== null || next.kind !== "wire" || next.place === plan.start.place) return null;
	if (choices.made.length > 0 || memory.neighbours.matter || takesUnknown(plan)) return null;
	const arrived = step(forward, next);
	const entered = arrived.kind === "stage" ? step(forward, arrived) : arrived;
	// Whoever walks the ways goes on from where the packet was.
	forward.steps = steps;
	if (arrived.kind !== "stage" || entered.kind !== "stage" || entered.skb !== arrived.skb) return null;
	const { stage, skb } = entered;
	const isFresh = skb.mark === 0 && skb.tracked === null && (stage === "bridge" || stage === "ip-receive");
	return isFresh ? { stage, skb } : null;
}

/** Who listens is told by the endpoints alone, except where a snapshot has no objects. */
function takesUnknown({ endpoints, fromSnapshot }: Plan): boolean {
	return fromSnapshot && endpoints.size === 0;
}

/** The verdicts of a client whose packet makes this journey; null: its end depends on what was on the way. */
function follow(plan: Plan, begun: Beginning, home: View, journey: Journey, inputs: Inputs): readonly Verdict[] | null {
	const verdicts = [...journey.verdicts];
	for (const homecoming of journey.homecomings) {
		const end = comeHome(plan, begun, home, homecoming, inputs);
		if (end === null) return null;
		const { refused } = homecoming;
		const { verdict } =
			refused === null ? verdictOfAnswer(plan, begun.sent, end) : verdictOfRefusal(plan, begun.sent, refused, end);
		verdicts.push(verdict);
	}
	return verdicts;
}

/**
 * From where the stack `home` looks for the client's MAC to the end in the client's own stack. Each of the ways that come
 * home alike has left other connections behind, in all stacks but the client's: null where one was looked at.
 */
function comeHome(plan: Plan, { forward }: Beginning, home: View, coming: Homecoming, inputs: Inputs): End | null {
	const { place, view } = plan.start;
	const maps = {
		connections: new SealedMap<View, Connection[]>(view),
		ipvs: new SealedMap<View, IpvsConnection[]>(view),
		admitted: new SealedMap<Place, readonly Tuple[]>(place),
		translated: new SealedMap<Place, TranslatedConnection[]>(place),
	} satisfies MemoryMaps;
	const memory = forward.memory.copy(maps);
	const choices = new Choices();
	const manner = { recording: false, asked: plan.asked, remarks: new Map() };
	const walk = new Walk(plan.network, choices, memory, manner);
	walk.steps = coming.steps;
	let next: Next = go("neighbour", coming.skb(inputs));
	while (next.kind === "stage" && next.skb.view === home && walk.steps < MOST_STEPS) next = step(walk, next);
	if (next.kind === "wire" && next.place === place) next = throughFirst(walk, step(walk, next));
	const isSealed = Object.values(maps).every(({ opened }) => !opened) && !coming.seal.broken;
	return next.kind === "end" && isSealed && choices.made.length === 0 && !memory.neighbours.matter ? next : null;
}

const known = new WeakMap<Network, Journeys>();

/** The journeys of a network; the same every time. `patience` counts for whoever asks first. */
export function journeysOf(network: Network, patience: number = PATIENCE): Journeys {
	let journeys = known.get(network);
	if (journeys === undefined) {
		journeys = new Journeys(patience);
		known.set(network, journeys);
	}
	return journeys;
}
