/** All ways that the network may choose for a question's packet, each walked there and back. */

import { Choices } from "../kernel/choices.ts";
import { newSkb, type Skb } from "../kernel/skb.ts";
import { type End, type Manner, Memory, type Next, type Remark, Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import { run, throughFirst } from "./engine.ts";
import type { Verdict } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import { probe } from "./probe.ts";
import { aftermathOf, refusedBy, sendBack, sendFrom, verdictOfAnswer, verdictOfRefusal } from "./way-back.ts";

/** One way: the packet there, its answer (or refusal) back, and what came of it. */
export interface Way {
	readonly weight: number;
	readonly verdict: Verdict;
	/** What decided it. */
	readonly end: End;
	readonly forward: Walk;
	readonly forwardEnd: End;
	readonly reply: Walk | null;
	/** The way of a refusal's ICMP error or reset. */
	readonly refusal: Walk | null;
	/** Whether the refusal got back to the client. */
	readonly refusalCame: boolean;
	readonly refusalEnd: End | null;
	/** The way of a reset by which somebody refused the answer; null too where nothing is written down. */
	readonly reset: Walk | null;
	readonly memory: Memory;
	/** The packet as the client sent it. */
	readonly sent: Packet;
	readonly remarks: ReadonlyMap<string, Remark>;
}

/** More ways than this are not followed; the last one then stands for the rest as `unknown`. */
export const WAY_LIMIT = 4096;

/**
 * Walks every way in turn. With `recording` off only verdicts are found, faster. The first way is that of the choices `from`,
 * walked from its beginning; those after it go on from where the first one left its first stack.
 */
export function ways(plan: Plan, recording: boolean, from: readonly number[] = []): Generator<Way> {
	return waysFrom(plan, beginningOf(plan, recording, new Choices(from)), from);
}

/** The way that begins so, by the choices `from`, and then all others. */
export function* waysFrom(plan: Plan, first: Beginning, from: readonly number[] = []): Generator<Way> {
	const shared = sharedBy(first);
	const { recording } = first.forward;
	let begun = first;
	let script: readonly number[] | null = from;
	for (;;) {
		let way = walkOnce(plan, begun);
		// Walked again through every stage of every stack: what stacks are known to do does not say whom they got to know.
		if (way.memory.neighbours.unsure) {
			begun = beginningOf(plan, recording, new Choices(script), null);
			way = walkOnce(plan, begun);
		}
		yield way;
		script = begun.forward.choices.nextScript();
		if (script === null) return;
		const choices = new Choices(script);
		begun = shared === null ? beginningOf(plan, recording, choices) : branch(shared, choices);
	}
}

/** A way as far as where the packet leaves the stack that it starts in. */
export interface Beginning {
	/** The packet as the client sent it. */
	readonly sent: Packet;
	readonly forward: Walk;
	readonly next: Next;
}

/** `transits` as walks take them. */
export function beginningOf(
	plan: Plan,
	recording: boolean,
	choices: Choices,
	transits?: Manner["transits"],
): Beginning {
	const sent = probe(plan);
	const manner = { recording, asked: plan.asked, remarks: new Map(), ...(transits !== undefined && { transits }) };
	const forward = new Walk(plan.network, choices, new Memory(), manner);
	return { sent, forward, next: throughFirst(forward, begin(forward, plan, sent)) };
}

/** The beginning as all ways have it; null: something was chosen already, or a stack still has the packet in its hands. */
function sharedBy(beginning: Beginning): Beginning | null {
	const { forward, next } = beginning;
	const isLeft = next.kind === "wire" || next.kind === "fabric";
	return isLeft && forward.choices.made.length === 0 ? branch(beginning, forward.choices) : null;
}

function branch({ sent, forward, next }: Beginning, choices: Choices): Beginning {
	return { sent, forward: forward.branch(choices, forward.memory.copy()), next };
}

function walkOnce(plan: Plan, { sent, forward, next }: Beginning): Way {
	const { choices, memory, recording, remarks, transits } = forward;
	const forwardEnd = run(forward, next);
	const aftermath = aftermathOf(plan, forwardEnd);
	const there = { forward, forwardEnd, memory, sent, remarks };
	if (aftermath.kind === "nothing") {
		const { verdict, end } = aftermath;
		return { ...there, ...NOTHING_BACK, weight: choices.weight, verdict, end };
	}
	const back = new Walk(plan.network, choices, memory, { recording, asked: plan.asked, remarks, transits });
	const backEnd = run(back, sendBack(back, aftermath));
	const weight = choices.weight;
	if (aftermath.kind === "answer") {
		const { verdict, problem } = verdictOfAnswer(plan, sent, backEnd);
		if (recording && problem !== null && problem.because !== backEnd.because) notTaken(back, problem);
		const reset = recording ? resetAbout(plan, memory, backEnd) : null;
		return { ...there, ...NOTHING_BACK, weight, verdict, end: problem ?? forwardEnd, reply: back, reset };
	}
	const { end } = aftermath;
	const { verdict, came } = verdictOfRefusal(plan, sent, refusedBy(end), backEnd);
	return { ...there, ...NOTHING_BACK, weight, verdict, end, refusal: back, refusalCame: came, refusalEnd: backEnd };
}

const NOTHING_BACK = { reply: null, refusal: null, refusalCame: false, refusalEnd: null, reset: null };

/** Nobody waits for it, but connections end where it comes by. */
function resetAbout(plan: Plan, memory: Memory, answer: End): Walk | null {
	const { refusal } = answer;
	if (refusal?.packet.tcpFlags !== "rst") return null;
	const walk = new Walk(plan.network, new Choices(), memory, {
		recording: true,
		asked: plan.asked,
		remarks: new Map(),
	});
	run(walk, sendBack(walk, { kind: "refusal", end: answer, refusal }));
	return walk;
}

/** The first stage of the question's packet. */
function begin(walk: Walk, plan: Plan, packet: Packet): Next {
	const { view, device } = plan.start;
	if (device === null) {
		return sendFrom(walk, view, packet);
	}
	const skb: Skb = newSkb(view, device, packet, false);
	skb.ethernet = device.mac === null ? null : { source: "", destination: device.mac };
	return { kind: "stage", stage: "receive", skb };
}

/** The client's stack has the answer, and no socket there waits for it. */
function notTaken(back: Walk, { at, packet, because }: End): void {
	const { mark, ethernet, vlan } = back.hops.at(-1) ?? { mark: 0, ethernet: null, vlan: null };
	back.hops.push({ at, stage: "socket", device: null, packet, mark, ethernet, vlan, because });
}
