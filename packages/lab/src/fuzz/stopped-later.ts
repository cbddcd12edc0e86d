/** A connection that stood, and whose later packets fare otherwise: the engine follows the first and its answer. */
import type { PredictedWay } from "@podpath/core";
import type { Difference, Disagreement } from "../compare/comparison.ts";
import { decodeCaptured } from "../frames/decode.ts";
import type { Transport } from "../frames/decoded-frame.ts";
import type { Observation } from "../observation.ts";

/**
 * The first packet and its answer went as predicted and later ones did not: rules may stop what is no new connection, and a
 * router that sees the server's data alone may masquerade it (nf_conntrack_tcp_loose).
 */
export function brokeLater(
	observation: Observation,
	{ differences, verdict }: Disagreement,
	way: PredictedWay,
): boolean {
	const others = differences.filter((each) => !wasForgotten(each, way));
	if (others.length === 0) return true;
	const { result } = observation;
	// An error about the third packet may come before anybody asks whether the connection stood.
	const failed = result.kind === "error" && verdict === "delivered" && isStoppedLater(observation);
	const halfMade = verdict === "delivered" && isHalfMade(observation);
	const stood = result.kind !== "answered" && (result.connected === true || failed || halfMade);
	return stood && others.every(({ about }) => about === "result" || about === "server");
}

/**
 * Whether it is about a connection that was there when the answer came, as that was led back by it, and is gone: it was
 * masqueraded, and a later packet left by another device (nf_nat_oif_changed). NAT's rules, and so the marks that they set, are
 * for first packets.
 */
function wasForgotten({ about, observed }: Difference, { rewrites, conntrack, verdict }: PredictedWay): boolean {
	const [, place] = /^connections of (.*)$/.exec(about) ?? [];
	const isGone = typeof observed === "object" && observed.phrase === "no-connections";
	const isMasqueraded = rewrites.some(({ at, kind }) => at === place && kind === "masquerade");
	const isOnly = conntrack.filter(({ at }) => at === place).length === 1;
	return verdict === "delivered" && isGone && isMasqueraded && isOnly;
}

/** Whether a capture shows a SYN+ACK and, after it, a reset or an ICMP error about a segment that is no SYN. */
function isStoppedLater({ frames }: Observation): boolean {
	const inOrder = [...frames].sort((a, b) => a.time - b.time);
	const transports = inOrder.flatMap((frame) => {
		const { content } = decodeCaptured(frame);
		return content.kind === "ip" ? [content.transport] : [];
	});
	const stood = transports.findIndex((each) => hasFlags(each, SYN | ACK, SYN | ACK));
	return stood >= 0 && transports.slice(stood + 1).some(refusesLater);
}

/**
 * Whether an SCTP association came half-way: connect() waits for the COOKIE ACK, which is the fourth packet (RFC 9260 section
 * 5.1), and the INIT ACK is the second.
 */
function isHalfMade({ frames }: Observation): boolean {
	const chunks = frames.flatMap((frame) => {
		const { content } = decodeCaptured(frame);
		return content.kind === "ip" && content.transport.kind === "sctp" ? content.transport.chunks : [];
	});
	return chunks.some(({ type }) => type === INIT_ACK) && !chunks.some(({ type }) => type === COOKIE_ACK);
}

const INIT_ACK = 2;
const COOKIE_ACK = 11;

const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

function refusesLater(transport: Transport): boolean {
	if (transport.kind === "icmp-error") return hasFlags(transport.about, SYN, 0);
	return hasFlags(transport, RST, RST);
}

function hasFlags(transport: Transport, mask: number, wanted: number): boolean {
	return transport.kind === "tcp" && transport.flags !== null && (transport.flags & mask) === wanted;
}
