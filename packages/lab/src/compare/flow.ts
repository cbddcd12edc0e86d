/**
 * The frames of one probe among all that were captured: its opening packet and the first answer to it. NAT changes addresses
 * and ports, so packets are told by what NAT leaves alone: TCP's sequence numbers, SCTP's tags, the data of datagrams and echoes.
 */
import { formatEndpoint, type Packet, type PredictedWay, packetsInside } from "@podpath/core";
import type { Transport } from "../frames/decoded-frame.ts";
import type { Accepted } from "../observation.ts";
import { innermost, type Sighting } from "./sighting.ts";

export interface Flow {
	/** The opening packet at each device. */
	readonly forward: readonly Sighting[];
	/** The first answer at each device; null where none was seen. */
	readonly answer: { readonly kind: "reply" | "refusal"; readonly sightings: readonly Sighting[] } | null;
}

/** What was sent, and what NAT is expected to make of it. */
export type SentPacket = Pick<PredictedWay, "sent" | "rewrites">;

/** What is in `sightings` of the probe that sent the question's packet, from its source port; `takers`: who took it. */
export function flowOf(
	question: SentPacket,
	sightings: readonly Sighting[],
	takers: readonly Pick<Accepted, "namespace">[],
): Flow {
	const openings = sightings.filter((each) => isOpening(question.sent, each));
	// A node's own packet may have another port already where it is seen first: MASQUERADE --random-fully.
	const first = openings.find((each) => isFrom(question, each)) ?? openings.find((each) => isTo(question, each));
	if (first === undefined) return { forward: [], answer: null };
	const opening = first.transport;
	const names = takers.map(({ namespace }) => Buffer.from(namespace));
	const ends: Ends = { sources: new Set(), destinations: new Set(), names };
	// Where it was sent with other ends than it has on any device, the answer has them again (br_netfilter undoes NAT on a port).
	addEnds(ends, question.sent);
	const forward: Sighting[] = [];
	const answers: Sighting[] = [];
	for (const each of sightings) {
		// A server may echo a datagram's data, so it is asked first whether it is an answer.
		if (answerKind(each, opening, ends) !== null || isSameDatagram(each, answers[0])) answers.push(each);
		else if (sameOpening(each.transport, opening)) {
			forward.push(each);
			addEnds(ends, each.packet);
		}
	}
	return { forward: withoutRepetition(forward), answer: firstAnswer(answers, opening, ends) };
}

/** An answer's source may be rewritten on its way too, by who has not seen the question: its data is the same. */
function isSameDatagram({ transport }: Sighting, answer: Sighting | undefined): boolean {
	if (transport.kind !== "udp" || answer?.transport.kind !== "udp") return false;
	return Buffer.compare(transport.payload, answer.transport.payload) === 0;
}

/** What ties a datagram's answer to it: endpoints that the opening packet had on its way, and what those answer who took it. */
interface Ends {
	readonly sources: Set<string>;
	readonly destinations: Set<string>;
	/** A listener answers with the name of its namespace. */
	readonly names: readonly Uint8Array[];
}

function addEnds(ends: Ends, packet: Packet): void {
	const { src, sport, dst, dport } = innermost(packet);
	ends.sources.add(formatEndpoint(src, sport));
	ends.destinations.add(formatEndpoint(dst, dport));
}

function isOpening(sent: Packet, { packet, transport }: Sighting): boolean {
	const inner = innermost(packet);
	if (inner.protocol !== sent.protocol) return false;
	switch (transport.kind) {
		case "tcp":
		case "sctp":
			return inner.tcpFlags === "syn";
		case "udp":
			return true;
		case "echo":
			return !transport.reply;
		default:
			return false;
	}
}

/** An echo's identifier is not predicted; a lab sends nothing else meanwhile. */
function isFrom({ sent }: SentPacket, { packet, transport }: Sighting): boolean {
	return transport.kind === "echo" || innermost(packet).sport === sent.sport;
}

/** To where it was sent, or to where a rewrite sends it. */
function isTo({ sent, rewrites }: SentPacket, { packet }: Sighting): boolean {
	const { dst, dport } = innermost(packet);
	const destinations = [{ address: sent.dst, port: sent.dport }, ...rewrites.map(({ after }) => after)];
	return destinations.some(({ address, port }) => address.text === dst.text && port === dport);
}

function sameOpening(transport: Transport, opening: Transport): boolean {
	switch (opening.kind) {
		case "tcp":
			return transport.kind === "tcp" && transport.seq === opening.seq && transport.flags === opening.flags;
		case "sctp":
			return transport.kind === "sctp" && initTag(transport) !== null && initTag(transport) === initTag(opening);
		case "udp":
			return transport.kind === "udp" && Buffer.compare(transport.payload, opening.payload) === 0;
		case "echo":
			return transport.kind === "echo" && !transport.reply && sameEcho(transport, opening);
		default:
			return false;
	}
}

/** The tag of an INIT; an INIT ACK has one too, but answers to another. */
function initTag({ verificationTag, chunks }: Extract<Transport, { kind: "sctp" }>): number | null {
	return verificationTag === 0 ? (chunks[0]?.initiateTag ?? null) : null;
}

type Echo = Extract<Transport, { kind: "echo" }>;

/** NAT may change the identifier. */
function sameEcho(one: Echo, other: Echo): boolean {
	return one.sequence === other.sequence && Buffer.compare(one.payload, other.payload) === 0;
}

function answerKind(each: Sighting, opening: Transport, ends: Ends): "reply" | "refusal" | null {
	const { transport, packet } = each;
	const inner = innermost(packet);
	if (transport.kind === "icmp-error") {
		return isRefusal(inner) && isAboutOpening(inner, transport.about, opening, ends) ? "refusal" : null;
	}
	switch (opening.kind) {
		case "tcp":
			if (transport.kind !== "tcp" || transport.ack !== (opening.seq + 1) % 2 ** 32) return null;
			return segmentKind(inner);
		case "sctp":
			if (transport.kind !== "sctp" || transport.verificationTag !== initTag(opening)) return null;
			return segmentKind(inner);
		case "udp": {
			if (transport.kind !== "udp") return null;
			// Who answers may rewrite both ends at once (DNAT in OUTPUT, MASQUERADE): its name is left.
			if (ends.names.some((name) => Buffer.compare(transport.payload, name) === 0)) return "reply";
			if (!ends.destinations.has(formatEndpoint(inner.src, inner.sport))) return null;
			// Who answers may send it elsewhere at once (DNAT in OUTPUT); then its data is not the question's.
			const isBack = ends.sources.has(formatEndpoint(inner.dst, inner.dport));
			return isBack || Buffer.compare(transport.payload, opening.payload) !== 0 ? "reply" : null;
		}
		case "echo":
			return transport.kind === "echo" && transport.reply && sameEcho(transport, opening) ? "reply" : null;
		default:
			return null;
	}
}

function segmentKind({ tcpFlags }: Packet): "reply" | "refusal" | null {
	if (tcpFlags === "syn-ack") return "reply";
	return tcpFlags === "rst" ? "refusal" : null;
}

/** A router that sends a packet on and says that there is a shorter way refuses nothing (RFC 792: redirect, source quench). */
function isRefusal({ family, icmpType }: Packet): boolean {
	return family === 6 || (icmpType !== 4 && icmpType !== 5);
}

/** Whether an ICMP error is about the opening packet, of which it may hold no more than eight bytes. */
function isAboutOpening(error: Packet, about: Transport, opening: Transport, ends: Ends): boolean {
	if (about.kind === "tcp" && opening.kind === "tcp") return about.seq === opening.seq;
	if (about.kind === "echo" && opening.kind === "echo") return about.sequence === opening.sequence;
	if (about.kind !== opening.kind || error.payload?.kind !== "icmp-error") return false;
	const { src, sport, dst, dport } = innermost(error.payload.about);
	return ends.sources.has(formatEndpoint(src, sport)) && ends.destinations.has(formatEndpoint(dst, dport));
}

/** Of all answers the first, at each device that it crossed: a connection's later packets answer too. */
function firstAnswer(answers: readonly Sighting[], opening: Transport, ends: Ends): Flow["answer"] {
	const [first] = answers;
	const kind = first === undefined ? null : answerKind(first, opening, ends);
	if (first === undefined || kind === null) return null;
	const sightings = answers.filter((each) => sameAnswer(each, first));
	return { kind, sightings: withoutRepetition(sightings) };
}

function sameAnswer(one: Sighting, other: Sighting): boolean {
	const [a, b] = [innermost(one.packet), innermost(other.packet)];
	if (a.protocol !== b.protocol || a.tcpFlags !== b.tcpFlags) return false;
	if (one.transport.kind === "tcp" && other.transport.kind === "tcp") return one.transport.seq === other.transport.seq;
	return a.icmpType === b.icmpType && a.icmpCode === b.icmpCode;
}

/** In nanoseconds. A stack sends a SYN again after a second (RFC 6298 section 2.1); what comes earlier is of the same burst. */
const BURST = 500_000_000;

/**
 * A packet that is sent again begins where the first began; what a loop brings back has a smaller TTL. A stack that gives a
 * neighbour up answers all that waited for it at once: of answers whose passages mingle, each device counts once.
 */
function withoutRepetition(sightings: readonly Sighting[]): readonly Sighting[] {
	const [first] = sightings;
	if (first === undefined) return [];
	const starts = sightings.filter((each) => isSamePassage(each, first));
	if (starts.length === 1) return sightings;
	const again = starts.find(({ time }) => time - first.time > BURST);
	const burst = again === undefined ? sightings : sightings.slice(0, sightings.indexOf(again));
	return burst.filter((each, position) => !burst.slice(0, position).some((earlier) => isSamePassage(each, earlier)));
}

function isSamePassage(one: Sighting, other: Sighting): boolean {
	return (
		one.at === other.at &&
		one.device === other.device &&
		one.direction === other.direction &&
		one.packet.ttl === other.packet.ttl &&
		one.packet.dst.text === other.packet.dst.text &&
		one.packet.protocol === other.packet.protocol &&
		packetsInside(one.packet) === packetsInside(other.packet)
	);
}
