/** TCP (RFC 9293 section 3.1). */
import type { TcpFlags } from "@podpath/core";
import { type TcpSegment, type Undecoded, undecoded } from "./decoded-frame.ts";
import { u8, u16, u32 } from "./octets.ts";

const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

/** Of a segment inside an ICMP error eight bytes are enough (RFC 792). */
export function readTcp(bytes: Uint8Array, quoted: boolean): TcpSegment | Undecoded {
	if (bytes.length < (quoted ? 8 : 20)) return undecoded("tcp", "truncated");
	const start = { kind: "tcp", sport: u16(bytes, 0), dport: u16(bytes, 2), seq: u32(bytes, 4) } as const;
	if (bytes.length < 20) return { ...start, ack: null, flags: null };
	const headerLength = (u8(bytes, 12) >> 4) * 4;
	if (headerLength < 20) return undecoded("tcp", "malformed");
	if (bytes.length < headerLength && !quoted) return undecoded("tcp", "truncated");
	return { ...start, ack: u32(bytes, 8), flags: u8(bytes, 13) };
}

/** What the engine calls a segment; undefined for one that is none of these, such as a bare FIN. */
export function roleOf(flags: number): TcpFlags | undefined {
	if ((flags & RST) !== 0) return "rst";
	if ((flags & SYN) !== 0) return (flags & ACK) === 0 ? "syn" : "syn-ack";
	return (flags & ACK) === 0 ? undefined : "ack";
}
