/** What a stack sends back for a packet that ended in it, and what it is worth to the client once it has come so far. */
import type { Address } from "../address/address.ts";
import { isLinkLocal } from "../address/address.ts";
import { because } from "../kernel/because.ts";
import { Tracked } from "../kernel/conntrack.ts";
import { destinationOf } from "../kernel/endpoint.ts";
import { leadsSomewhere, lookup } from "../kernel/fib.ts";
import { icmpError, portUnreachable, replyMark, resetOf } from "../kernel/reject.ts";
import { newSkb } from "../kernel/skb.ts";
import type { View } from "../kernel/view.ts";
import type { End, Next, Walk } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import type { Link } from "../state/link.ts";
import type { Verdict } from "./explanation.ts";
import { listens } from "./listening.ts";
import type { Plan } from "./plan.ts";
import { answerTo, isAnswerTo } from "./probe.ts";

/** What comes after the end of a packet's way there. */
export type Aftermath =
	/** Nothing is sent back. */
	| { readonly kind: "nothing"; readonly verdict: Verdict; readonly end: End }
	/** The server's answer. */
	| { readonly kind: "answer"; readonly arrived: End; readonly answer: Packet; readonly mark: number }
	/** An ICMP error, a reset or an abort; `end` is what it tells of. */
	| { readonly kind: "refusal"; readonly end: End; readonly refusal: NonNullable<End["refusal"]> };

export function aftermathOf(plan: Plan, forwardEnd: End): Aftermath {
	if (forwardEnd.outcome !== "delivered") return refusedOr(forwardEnd, forwardEnd.outcome);
	const view = forwardEnd.view as View;
	const { packet, at } = forwardEnd;
	if (listens(plan, view, packet)) {
		const answer = answerTo(packet);
		return { kind: "answer", arrived: forwardEnd, answer, mark: isEcho(answer) ? markOfAnswer(view, forwardEnd) : 0 };
	}
	const why = because("not-listening", { to: destinationOf(packet), place: at });
	const end: End = { ...forwardEnd, outcome: "refused", because: why, ...refusalOf(view, forwardEnd) };
	return refusedOr(end, "refused");
}

function refusedOr(end: End, verdict: Verdict): Aftermath {
	const { refusal } = end;
	return refusal === undefined ? { kind: "nothing", verdict, end } : { kind: "refusal", end, refusal };
}

/** Sends what is sent back: its first stage. */
export function sendBack(walk: Walk, aftermath: Exclude<Aftermath, { readonly kind: "nothing" }>): Next {
	if (aftermath.kind === "refusal") return sendRefusal(walk, aftermath.refusal);
	const { arrived, answer, mark } = aftermath;
	const next = sendFrom(walk, arrived.view as View, answer, mark);
	if (next.kind === "stage") next.skb.sourceless = hasRoutesSource(answer);
	return next;
}

/** What the client makes of an answer that ended so. */
export function verdictOfAnswer(plan: Plan, sent: Packet, answer: End): AnswerVerdict {
	if (answer.outcome === "unknown") return { verdict: "unknown", problem: answer };
	const problem = cameBack(plan, answer, sent);
	return { verdict: problem === null ? "delivered" : "no-reply", problem };
}

export interface AnswerVerdict {
	readonly verdict: Verdict;
	/** Why the client does not get it; null: it does. */
	readonly problem: End | null;
}

/** What the client makes of a refusal that ended so. A refusal counts as one only where it reaches the client. */
export function verdictOfRefusal(plan: Plan, sent: Packet, refused: Refused, back: End): RefusalVerdict {
	const came = !refused.ofTunnel && isBackAt(plan, back, sent.src) && !isStrangers(back, sent);
	return { verdict: refused.outcome === "refused" && !came ? "dropped" : refused.outcome, came };
}

export interface RefusalVerdict {
	readonly verdict: Verdict;
	/** Whether the client gets to know. */
	readonly came: boolean;
}

/** What was refused. */
export interface Refused {
	readonly outcome: Verdict;
	/** What is said of a tunnel's outer packet is said to the tunnel, which tells nobody (vxlan_err_lookup, ipip_err). */
	readonly ofTunnel: boolean;
}

export function refusedBy({ outcome, packet }: End): Refused {
	return { outcome, ofTunnel: packet.payload !== undefined };
}

/** A process of this stack sends a packet whose source is already chosen. */
export function sendFrom(walk: Walk, view: View, packet: Packet, mark = 0): Next {
	const device = (view.state.links.find((link) => link.kind === "loopback") ?? view.state.links[0]) as Link;
	const skb = newSkb(view, device, packet, true);
	skb.mark = mark;
	if (walk.recording) walk.hop(skb, "send", null, because("sent", { to: destinationOf(packet) }));
	return { kind: "stage", stage: "output", skb };
}
/** A stack without a socket for the port answers by itself (tcp_v4_rcv, __udp4_lib_rcv, sctp_v4_rcv). */
function refusalOf(view: View, arrived: End): Pick<End, "refusal"> {
	const { packet } = arrived;
	const device = view.state.links[0]?.name ?? "";
	const abort = abortOf(packet);
	if (abort !== null) return { refusal: { view, packet: abort } };
	const mark = markOfAnswer(view, arrived);
	const by = { device, isOwn: view.isLocal(packet.dst) };
	const answer = resetOf(packet) ?? icmpError(view, packet, by, portUnreachable(packet.family), mark);
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
