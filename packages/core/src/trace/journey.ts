/**
 * What becomes of a packet from where it enters the second stack of its way: every way that the network may choose, there and
 * back, up to where that stack looks for the client's MAC (docs/decisions/0007). Walked once with watched inputs, it holds
 * for all packets that are alike as far as they were looked at.
 */
import { WatchedAddress } from "../address/watched.ts";
import { Choices } from "../kernel/choices.ts";
import type { Tracked } from "../kernel/conntrack.ts";
import type { IpvsConnection, OutRoute, Skb } from "../kernel/skb.ts";
import type { Inputs } from "../kernel/transit/inputs.ts";
import type { Notes } from "../kernel/transit/notes.ts";
import { addressRecipe, packetRecipe, type Recipe } from "../kernel/transit/outcome.ts";
import { type EntryStage, MOST_STEPS } from "../kernel/transit/trees.ts";
import { watch } from "../kernel/transit/watched.ts";
import type { View } from "../kernel/view.ts";
import { go, Memory, type Next, Walk } from "../kernel/walk.ts";
import type { Place } from "../state/place.ts";
import { step } from "./engine.ts";
import type { Verdict } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import { aftermathOf, type Refused, refusedBy, sendBack } from "./way-back.ts";

export interface Journey {
	/** Of the ways on which nothing comes back to the stack that the journey began in; each verdict once. */
	readonly verdicts: readonly Verdict[];
	/** What comes back; ways of which alike comes back are one. */
	readonly homecomings: readonly Homecoming[];
	/** The stacks that it passes. */
	readonly met: ReadonlySet<View>;
}

/** An answer, or a refusal, in the stack that the journey began in, where it is about to look for the next hop's MAC. */
export interface Homecoming {
	/** Null: it is the server's answer. */
	readonly refused: Refused | null;
	readonly steps: number;
	/** The packet. Its connection is another on each way: whoever looks into it breaks the seal, and the result is void. */
	readonly skb: Recipe<Skb>;
	readonly seal: Seal;
}

export interface Seal {
	broken: boolean;
}

/** More ways are not worth being remembered. */
const MOST_WAYS = 256;

/** Null: what becomes of it cannot be said without the client's own stack, or depends on more than is watched. */
export function explore(plan: Plan, stage: EntryStage, skb: Skb, inputs: Inputs, notes: Notes): Journey | null {
	const verdicts = new Set<Verdict>();
	const homecomings: Home[] = [];
	const met = new Set<View>();
	let script: readonly number[] | null = [];
	for (let ways = 0; script !== null; ways++) {
		if (ways === MOST_WAYS) return null;
		const choices: Choices = new Choices(script);
		const watched = { ...skb };
		watch({ skb: watched, connections: [] }, stage === "bridge", notes);
		const result = exploreWay(plan, choices, go(stage, watched), skb.view, met);
		if (result === null || met.has(plan.start.view)) return null;
		if (typeof result === "string") verdicts.add(result);
		else if (!homecomings.some((known) => isAlike(known, result))) homecomings.push(result);
		script = choices.nextScript();
	}
	return { verdicts: [...verdicts], homecomings: homecomings.map((home) => homecomingOf(home, inputs)), met };
}

/** What came back on one way, its inputs watched. */
interface Home {
	readonly refused: Refused | null;
	readonly steps: number;
	readonly skb: Skb;
}

function exploreWay(plan: Plan, choices: Choices, entry: Next, home: View, met: Set<View>): Home | Verdict | null {
	const memory = new Memory();
	const asked = new AskedPlaces();
	const manner = { recording: false, asked, remarks: new Map(), transits: null };
	const forwardEnd = walkUntil(new Walk(plan.network, choices, memory, manner), entry, null, met);
	if (forwardEnd?.kind !== "end") return null;
	const aftermath = aftermathOf(plan, forwardEnd);
	const isKnown = (): boolean => !asked.looked && !memory.neighbours.matter;
	if (aftermath.kind === "nothing") return isKnown() ? aftermath.verdict : null;
	const back = new Walk(plan.network, choices, memory, manner);
	const came = walkUntil(back, sendBack(back, aftermath), home, met);
	if (came?.kind !== "stage" || !isKnown()) return null;
	// The MACs that it came in with are another node's on each way; the next hop's are about to take their place.
	const skb = { ...came.skb, ethernet: null };
	return { refused: aftermath.kind === "refusal" ? refusedBy(aftermath.end) : null, steps: back.steps, skb };
}

/** Walks to the packet's end, or to where the stack `home` looks for its next hop's MAC. Null: it takes too long. */
function walkUntil(walk: Walk, start: Next, home: View | null, met: Set<View>): Next | null {
	let next = start;
	while (next.kind !== "end") {
		if (next.kind === "stage") {
			met.add(next.skb.view);
			if (next.stage === "neighbour" && next.skb.view === home) return next;
		}
		if (walk.steps >= MOST_STEPS) return null;
		next = step(walk, next);
	}
	return next;
}

/** The places that the question names are the client's, which is another each time: whoever asks for them has looked at it. */
class AskedPlaces extends Set<Place> {
	looked = false;

	override has(): boolean {
		this.looked = true;
		return false;
	}
}

/** Whether the same would come back to every client, apart from the connection. */
function isAlike(one: Home, other: Home): boolean {
	return (
		isSame(one.refused, other.refused) &&
		one.steps === other.steps &&
		isSame({ ...one.skb, ...withoutConnection(one.skb) }, { ...other.skb, ...withoutConnection(other.skb) })
	);
}

function withoutConnection({ tracked, ipvs }: Skb): { readonly tracked: unknown; readonly ipvs: unknown } {
	return { tracked: tracked && [tracked.direction, tracked.state], ipvs: ipvs === null };
}

function isSame(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (one === null || other === null || typeof one !== "object" || typeof other !== "object") return false;
	if (one instanceof WatchedAddress || other instanceof WatchedAddress) {
		return one instanceof WatchedAddress && other instanceof WatchedAddress && one.number === other.number;
	}
	const keys = Object.keys(one) as (keyof typeof one)[];
	return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
}

function homecomingOf({ refused, steps, skb }: Home, own: Inputs): Homecoming {
	const packet = packetRecipe(skb.packet, own);
	const out = skb.out as OutRoute;
	const nextHop = addressRecipe(out.nextHop);
	const seal: Seal = { broken: false };
	const { tracked, ipvs } = skb;
	const under = { tracked: tracked && sealed(tracked, seal), ipvs: ipvs && sealed(ipvs, seal) };
	const fixed = { ...skb, ...under, packet: packet(own) };
	return {
		refused,
		steps,
		seal,
		skb: (inputs) => ({ ...fixed, packet: packet(inputs), out: { ...out, nextHop: nextHop(inputs) } }),
	};
}

function sealed<Value extends Tracked | IpvsConnection>(value: Value, seal: Seal): Value {
	return new Proxy(value, {
		get(target, key): unknown {
			seal.broken = true;
			return Reflect.get(target, key);
		},
	});
}
