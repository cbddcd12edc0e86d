/** A connection that stood, and whose later packets somebody refuses. */
import { decodeCaptured } from "../frames/decode.ts";
import type { Transport } from "../frames/decoded-frame.ts";
import type { Observation } from "../observation.ts";

/** Whether a capture shows a SYN+ACK and, after it, a reset or an ICMP error about a segment that is no SYN. */
export function isStoppedLater({ frames }: Observation): boolean {
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
export function isHalfMade({ frames }: Observation): boolean {
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
