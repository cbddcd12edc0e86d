/** UDP (RFC 768). */
import { type Transport, type Undecoded, undecoded } from "./decoded-frame.ts";
import { u16 } from "./octets.ts";

export function readUdp(bytes: Uint8Array): Extract<Transport, { kind: "udp" }> | Undecoded {
	if (bytes.length < 8) return undecoded("udp", "truncated");
	return { kind: "udp", sport: u16(bytes, 0), dport: u16(bytes, 2), payload: bytes.subarray(8) };
}
