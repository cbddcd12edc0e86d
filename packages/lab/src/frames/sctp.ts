/** SCTP's common header and its chunks (RFC 9260 section 3). */
import { type SctpChunk, type Transport, type Undecoded, undecoded } from "./decoded-frame.ts";
import { u8, u16, u32 } from "./octets.ts";

export const SCTP_INIT = 1;
export const SCTP_INIT_ACK = 2;
export const SCTP_ABORT = 6;

/** Of a packet inside an ICMP error eight bytes are enough; chunks are then as many as there are. */
export function readSctp(bytes: Uint8Array, quoted: boolean): Extract<Transport, { kind: "sctp" }> | Undecoded {
	if (bytes.length < (quoted ? 8 : 12)) return undecoded("sctp", "truncated");
	const chunks = readChunks(bytes);
	if (chunks === null && !quoted) return undecoded("sctp", "truncated");
	return {
		kind: "sctp",
		sport: u16(bytes, 0),
		dport: u16(bytes, 2),
		verificationTag: u32(bytes, 4),
		chunks: chunks ?? [],
	};
}

/** Null where the packet ends within a chunk. */
function readChunks(bytes: Uint8Array): readonly SctpChunk[] | null {
	const chunks: SctpChunk[] = [];
	let at = 12;
	while (at < bytes.length) {
		if (bytes.length < at + 4) return null;
		const type = u8(bytes, at);
		const length = u16(bytes, at + 2);
		if (length < 4 || bytes.length < at + length) return null;
		const opens = (type === SCTP_INIT || type === SCTP_INIT_ACK) && length >= 8;
		chunks.push(opens ? { type, initiateTag: u32(bytes, at + 4) } : { type });
		// Chunks are padded to four bytes.
		at += Math.ceil(length / 4) * 4;
	}
	return chunks;
}
