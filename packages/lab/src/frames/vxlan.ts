/** VXLAN (RFC 7348 section 5). */
import { type Undecoded, undecoded } from "./decoded-frame.ts";
import { u8, u32 } from "./octets.ts";

/** IANA's port, and the one that Linux took before there was one, which flannel still uses. */
const PORTS: ReadonlySet<number> = new Set([4789, 8472]);

export interface VxlanHeader {
	readonly kind: "vxlan-header";
	readonly vni: number;
	readonly frame: Uint8Array;
}

/** The VXLAN header in a datagram to one of VXLAN's ports; null: it is some other datagram. */
export function readVxlan(dport: number, payload: Uint8Array): VxlanHeader | Undecoded | null {
	if (!PORTS.has(dport)) return null;
	if (payload.length < 8) return undecoded("vxlan", "truncated");
	// The I flag says that the network identifier is valid; without it the kernel drops the datagram (vxlan_rcv).
	if ((u8(payload, 0) & 0x08) === 0) return undecoded("vxlan", "malformed");
	return { kind: "vxlan-header", vni: u32(payload, 4) >>> 8, frame: payload.subarray(8) };
}
