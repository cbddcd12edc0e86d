/** All ways that the network may choose for a question's packet, each walked there and back. */

import { Choices } from "../kernel/choices.ts";
import { newSkb, type Skb } from "../kernel/skb.ts";
import { type End, Memory, type Next, type Remark, Walk } from "../kernel/walk.ts";
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
export function* ways(plan: Plan, recording: boolean, from: readonly number[] = []): Generator<Way> {
	const sent = probe(plan);
	let shared: Beginning | null = null;
	let script: readonly number[] | null = from;
	while (script !== null) {
		const choices: Choices = new Choices(script);
		const first: Beginning = shared === null ? beginningOf(plan, sent, choices, recording) : branch(shared, choices);
		shared ??= sharedBy(first);
		yield walkOnce(plan, sent, first);
		script = choices.nextScript();
	}
}

/** A way as far as where the packet leaves the stack that it starts in. */
interface Beginning {
	readonly forward: Walk;
	readonly next: Next;
}

function beginningOf(plan: Plan, sent: Packet, choices: Choices, recording: boolean): Beginning {
	const forward = new Walk(plan.network, choices, new Memory(), recording, plan.asked, new Map());
	return { forward, next: throughFirst(forward, begin(forward, plan, sent)) };
}

/** The beginning as all ways have it; null: something was chosen already, or a stack still has the packet in its hands. */
function sharedBy(beginning: Beginning): Beginning | null {
	const { forward, next } = beginning;
	const isLeft = next.kind === "wire" || next.kind === "fabric";
	return isLeft && forward.choices.made.length === 0 ? branch(beginning, forward.choices) : null;
}

function branch({ forward, next }: Beginning, choices: Choices): Beginning {
	return { forward: forward.branch(choices, forward.memory.copy()), next };
}

function walkOnce(plan: Plan, sent: Packet, { forward, next }: Beginning): Way {
	const { choices, memory, recording, remarks } = forward;
	const forwardEnd = run(forward, next);
	const base = {
		forward,
		forwardEnd,
		memory,
		sent,
		remarks,
		refusal: null,
		refusalCame: false,
		refusalEnd: null,
		reply: null,
	};
	const aftermath = aftermathOf(plan, forwardEnd);
	if (aftermath.kind === "nothing")
		return { ...base, weight: choices.weight, verdict: aftermath.verdict, end: aftermath.end };
	const back = new Walk(plan.network, choices, memory, recording, plan.asked, remarks);
	const backEnd = run(back, sendBack(back, aftermath));
	const weight = choices.weight;
	if (aftermath.kind === "answer")
		return { ...base, weight, reply: back, ...verdictOfAnswer(plan, sent, aftermath.arrived, backEnd) };
	const { end } = aftermath;
	const { verdict, came } = verdictOfRefusal(plan, sent, refusedBy(end), backEnd);
	return { ...base, weight, verdict, end, refusal: back, refusalCame: came, refusalEnd: backEnd };
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
