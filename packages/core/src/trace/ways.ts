/** All ways that the network may choose for a question's packet, each walked there and back. */

import type { Address } from "../address/address.ts";
import { isLinkLocal } from "../address/address.ts";
import { because } from "../kernel/because.ts";
import { Choices } from "../kernel/choices.ts";
import { Tracked } from "../kernel/conntrack.ts";
import { destinationOf } from "../kernel/endpoint.ts";
import { leadsSomewhere, lookup } from "../kernel/fib.ts";
import { icmpError, portUnreachable, replyMark, resetOf } from "../kernel/reject.ts";
import { newSkb, type Skb } from "../kernel/skb.ts";
import type { View } from "../kernel/view.ts";
import { type End, Memory, type Next, type Remark, Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import type { Link } from "../state/link.ts";
import { run, throughFirst } from "./engine.ts";
import type { Verdict } from "./explanation.ts";
import { listens } from "./listening.ts";
import type { Plan } from "./plan.ts";
import { answerTo, isAnswerTo, probe } from "./probe.ts";

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
	const walk = (): Walk => new Walk(plan.network, choices, memory, recording, plan.asked, remarks);
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
	const done = (way: Omit<Way, "weight" | keyof typeof base> & Partial<Way>): Way => ({
		...base,
		...way,
		weight: choices.weight,
	});
	if (forwardEnd.outcome === "delivered") return answered(plan, forwardEnd, sent, walk, done);
	if (forwardEnd.refusal === undefined) return done({ verdict: forwardEnd.outcome, end: forwardEnd });
	return refused(plan, forwardEnd, sent, walk, done);
}

type Done = (way: Pick<Way, "verdict" | "end"> & Partial<Way>) => Way;

/** The server's answer, if somebody listens. */
function answered(plan: Plan, arrived: End, sent: Packet, walk: () => Walk, done: Done): Way {
	const view = arrived.view as View;
	if (!listens(plan, view, arrived.packet)) {
		const facts = { to: destinationOf(arrived.packet), place: arrived.at };
		const end: End = {
			...arrived,
			outcome: "refused",
			because: because("not-listening", facts),
			...refusalOf(view, arrived),
		};
		return refused(plan, end, sent, walk, done);
	}
	const reply = walk();
	const answer = answerTo(arrived.packet);
	const begun = sendFrom(reply, view, answer, isEcho(answer) ? markOfAnswer(view, arrived) : 0);
	if (begun.kind === "stage") begun.skb.sourceless = hasRoutesSource(answer);
	const end = run(reply, begun);
	if (end.outcome === "unknown") return done({ verdict: "unknown", end, reply });
	const problem = cameBack(plan, end, sent);
	return done({ verdict: problem === null ? "delivered" : "no-reply", end: problem ?? arrived, reply });
}

/** A stack without a socket for the port answers by itself (tcp_v4_rcv, __udp4_lib_rcv, sctp_v4_rcv). */
function refusalOf(view: View, arrived: End): Pick<End, "refusal"> {
	const { packet } = arrived;
	const device = view.state.links[0]?.name ?? "";
	const abort = abortOf(packet);
	if (abort !== null) return { refusal: { view, packet: abort } };
	const mark = markOfAnswer(view, arrived);
	const answer = resetOf(packet) ?? icmpError(view, packet, device, portUnreachable(packet.family), mark);
	return answer === null ? {} : { refusal: { view, packet: answer, mark } };
}

function markOfAnswer(view: View, { packet, mark = 0 }: End): number {
	return replyMark({ view, packet, mark });
}

/** sctp_v6_get_dst: for a link-local client no wider address of the association will do, and so that of the route stays. */
function hasRoutesSource({ protocol, src, dst }: Packet): boolean {
	return protocol === "sctp" && dst.family === 6 && isLinkLocal(dst) && !isLinkLocal(src);
}

/** The stack answers it, and no process. */
function isEcho({ protocol }: Packet): boolean {
	return protocol === "icmp" || protocol === "icmpv6";
}

/** sctp_sf_ootb: an INIT that nobody waits for is answered with an ABORT. */
function abortOf(packet: Packet): Packet | null {
	return packet.protocol === "sctp" && packet.tcpFlags === "syn" ? { ...answerTo(packet), tcpFlags: "rst" } : null;
}

/** A refusal counts as one only where it reaches the client. */
function refused(plan: Plan, end: End, sent: Packet, walk: () => Walk, done: Done): Way {
	if (end.refusal === undefined) return done({ verdict: end.outcome, end });
	const back = walk();
	const backEnd = run(back, sendRefusal(back, end.refusal));
	// What is said of a tunnel's outer packet is said to the tunnel, which tells nobody (vxlan_err_lookup, ipip_err).
	const came = end.packet.payload === undefined && isBackAt(plan, backEnd, sent.src) && !isStrangers(backEnd, sent);
	const verdict: Verdict = end.outcome === "refused" && !came ? "dropped" : end.outcome;
	return done({ verdict, end, refusal: back, refusalCame: came, refusalEnd: backEnd });
}

/**
 * A refusal that passed no NAT on its way back, as one by a bridge port or from the same link does not: its source may be one
 * that the client has never asked, and what it is about no packet of the client's socket (__udp4_lib_err, tcp_v4_err).
 */
function isStrangers({ outcome, packet }: End, sent: Packet): boolean {
	if (outcome !== "delivered") return false;
	if (packet.payload?.kind === "icmp-error") return !hasSameEnds(packet.payload.about, sent);
	return packet.tcpFlags === "rst" && !isAnswerTo(packet, sent);
}

function hasSameEnds(one: Packet, other: Packet): boolean {
	return (
		one.src.text === other.src.text &&
		one.dst.text === other.dst.text &&
		one.sport === other.sport &&
		one.dport === other.dport
	);
}

/** Null: the answer is what the client waits for. Otherwise the end that says what is wrong with it. */
function cameBack(plan: Plan, end: End, sent: Packet): End | null {
	if (!isBackAt(plan, end, sent.src)) {
		if (end.outcome !== "delivered") return end;
		return { ...end, because: because("invalid-answer", { place: end.at }) };
	}
	if (isAnswerTo(end.packet, sent)) return null;
	const facts = { from: `${end.packet.src.text}:${end.packet.sport}`, asked: `${sent.dst.text}:${sent.dport}` };
	return { ...end, because: because("wrong-answer-source", facts) };
}

/**
 * Whether a packet got back to the client: to its stack, or out of what the input describes on the way to its address. Where
 * the question's packet came in from outside, more cannot be known.
 */
function isBackAt(plan: Plan, end: End, client: Address): boolean {
	if (plan.start.device === null) return end.outcome === "delivered" && end.at === plan.start.place;
	return end.outcome === "exits" && end.packet.dst.text === client.text;
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

/** A process of this stack sends a packet whose source is already chosen. */
function sendFrom(walk: Walk, view: View, packet: Packet, mark = 0): Next {
	const device = (view.state.links.find((link) => link.kind === "loopback") ?? view.state.links[0]) as Link;
	const skb = { ...newSkb(view, device, packet, true), mark };
	if (walk.recording) walk.hop(skb, "send", null, because("sent", { to: destinationOf(packet) }));
	return { kind: "stage", stage: "output", skb };
}

/** A refusal goes against the packet that it is about, and is of its connection (nf_conntrack_attach). */
function sendRefusal(walk: Walk, refusal: NonNullable<End["refusal"]>): Next {
	const { view, packet, mark = 0, tracked, sourceless, by } = refusal;
	// It has to have a route all the same, by its source too (ip_route_me_harder, nf_send_reset6).
	if (by !== undefined && leadsSomewhere(lookup(view, { to: packet.dst, from: packet.src, mark }))) {
		const { port, ethernet } = by;
		if (walk.recording)
			walk.hop(newSkb(view, port, packet, true), "send", null, because("sent", { to: destinationOf(packet) }));
		return { kind: "stage", stage: "transmit", skb: { ...newSkb(view, port, packet, true), ethernet } };
	}
	const next = sendFrom(walk, view, packet, mark);
	if (next.kind !== "stage") return next;
	const { skb } = next;
	skb.sourceless = sourceless === true;
	if (tracked) {
		const direction = tracked.direction === "original" ? "reply" : "original";
		skb.tracked = new Tracked(tracked.connection, direction, "related");
		skb.trackState = "related";
	}
	return next;
}
