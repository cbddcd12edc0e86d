/** What captures on every device would show, if the engine is right: the lab lays what they do show beside it. */
import type { Address } from "../address/address.ts";
import type { Because, Facts, ReasonCode } from "../kernel/because.ts";
import type { Crossing, Rewrite } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import type { Tuple } from "../state/conntrack.ts";
import type { Place } from "../state/place.ts";
import type { Verdict } from "./explanation.ts";
import { type Plan, planOf } from "./plan.ts";
import type { Question } from "./question.ts";
import type { Subject } from "./subject.ts";
import { WAY_LIMIT, type Way, ways } from "./ways.ts";
import { reason } from "./wording.ts";

export interface Endpoint {
	readonly address: Address;
	readonly port: number;
}

/** One way that the packet may go, in the engine's own packets: an explanation shows one level of encapsulation only. */
export interface PredictedWay {
	readonly weight: number;
	readonly verdict: Verdict;
	/** What decided it, as a sentence and as a code with facts. */
	readonly reason: string;
	readonly because: Because;
	readonly code: ReasonCode;
	readonly facts: Facts;
	/** Where that was. */
	readonly endedAt: Place;
	/** Where the client's process is; null where the packet comes in from outside of what the input describes. */
	readonly client: Place | null;
	/** The packet as the client sends it; only its source port has to be chosen by the sender. */
	readonly sent: Packet;
	readonly forward: readonly Crossing[];
	/** Null where no answer was sent. */
	readonly reply: readonly Crossing[] | null;
	/** The reset or ICMP error that was sent back, and whether the client got it. */
	readonly refusal: {
		readonly packet: Packet;
		readonly crossings: readonly Crossing[];
		readonly cameBack: boolean;
		/** It goes round in a circle, of which one round is told. */
		readonly loops: boolean;
	} | null;
	/** Addresses and ports that were rewritten on the way there, then those that were on the way back, as new connections. */
	readonly rewrites: readonly Rewrite[];
	/** Connections of the question's protocol in the stacks' connection tracking tables afterwards. */
	readonly conntrack: readonly PredictedConnection[];
	/**
	 * What was done to the packet or to its answer by something that podpath knows by its documented effect alone, such as an
	 * eBPF program. One that lets them pass as they are does nothing.
	 */
	readonly documented: readonly DocumentedEffect[];
	/** Who took the packet, and whom it takes for its client; null where nobody listened. */
	readonly server: { readonly at: Place; readonly address: Endpoint; readonly client: Endpoint } | null;
}

export interface DocumentedEffect {
	readonly at: Place;
	/** The eBPF program's name; null for anything else. */
	readonly program: string | null;
	/** What that program is of; null for anything else. */
	readonly technology: "eBPF" | "OpenFlow" | null;
	/** A sentence: who did what. */
	readonly what: string;
}

export interface PredictedConnection {
	readonly at: Place;
	readonly original: Tuple;
	readonly reply: Tuple;
}

/** Every way of a question, in the order of `explain`'s paths. Throws an InputError as `explain` does. */
export function predict(subject: Subject, question: Question): readonly PredictedWay[] {
	const plan = planOf(subject, question);
	const predicted: PredictedWay[] = [];
	for (const way of ways(plan, true)) {
		predicted.push(predictionOf(plan, way));
		if (predicted.length === WAY_LIMIT) break;
	}
	return predicted;
}

function predictionOf(plan: Plan, way: Way): PredictedWay {
	const { weight, verdict, end, sent, forward, reply } = way;
	const { code, facts } = end.because;
	return {
		weight,
		verdict,
		reason: reason(end.because),
		because: end.because,
		code,
		facts,
		endedAt: end.at,
		client: plan.start.device === null ? plan.start.place : null,
		sent,
		forward: forward.crossings,
		reply: reply?.crossings ?? null,
		refusal: refusalOf(way),
		rewrites: [...forward.rewrites, ...(reply?.rewrites ?? [])],
		conntrack: [...connectionsOf(way)],
		documented: documentedIn(way),
		server: serverOf(way),
	};
}

function refusalOf({ refusal, end, refusalCame, refusalEnd }: Way): PredictedWay["refusal"] {
	if (refusal === null || end.refusal === undefined) return null;
	return {
		packet: end.refusal.packet,
		crossings: refusal.crossings,
		cameBack: refusalCame,
		loops: refusalEnd?.outcome === "loop",
	};
}

function documentedIn({ forward, reply, refusal, end }: Way): readonly DocumentedEffect[] {
	const changed = [forward, reply, refusal]
		.flatMap((walk) => walk?.hops ?? [])
		.filter(({ stage }) => stage === "ebpf" || stage === "openflow");
	const effects = changed.map(({ at, stage, because }): DocumentedEffect => {
		const technology = stage === "openflow" ? "OpenFlow" : "eBPF";
		return { at, program: String(because.facts.program), technology, what: reason(because) };
	});
	if (end.because.code === "network-policy-drop")
		effects.push({ at: end.at, program: null, technology: null, what: reason(end.because) });
	return effects;
}

function* connectionsOf({ memory, sent, reply: answer, refusal, reset }: Way): Generator<PredictedConnection> {
	const ended = new Set([answer, refusal, reset].flatMap((walk) => walk?.ended ?? []));
	for (const { view, connection } of memory.conntrack.entries()) {
		const { original, reply } = connection;
		if (!ended.has(connection) && original.protocol === sent.protocol) yield { at: view.place, original, reply };
	}
}

/** There is a reply exactly where somebody listened. */
function serverOf({ reply, forwardEnd }: Way): PredictedWay["server"] {
	if (reply === null) return null;
	const { src, dst, sport, dport } = forwardEnd.packet;
	return { at: forwardEnd.at, address: { address: dst, port: dport }, client: { address: src, port: sport } };
}
