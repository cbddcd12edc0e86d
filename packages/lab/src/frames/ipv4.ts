/** IPv4 with its options (RFC 791 section 3.1). */
import { type Undecoded, undecoded } from "./decoded-frame.ts";
import type { IpHeader } from "./ip.ts";
import { ipv4At, u8, u16 } from "./octets.ts";

export function readIpv4(bytes: Uint8Array): IpHeader | Undecoded {
	if (bytes.length < 20) return undecoded("ipv4", "truncated");
	const headerLength = (u8(bytes, 0) & 0xf) * 4;
	if (u8(bytes, 0) >> 4 !== 4 || headerLength < 20) return undecoded("ipv4", "malformed");
	if (bytes.length < headerLength) return undecoded("ipv4", "truncated");
	// The kernel writes 0 where segmentation offload made the packet longer than the field can say (iph_totlen).
	const announced = u16(bytes, 2);
	const length = announced === 0 ? bytes.length : announced;
	if (length < headerLength) return undecoded("ipv4", "malformed");
	const fragment = u16(bytes, 6);
	return {
		kind: "ip-header",
		family: 4,
		src: ipv4At(bytes, 12),
		dst: ipv4At(bytes, 16),
		protocol: u8(bytes, 9),
		ttl: u8(bytes, 8),
		length,
		dontFragment: (fragment & 0x4000) !== 0,
		fragmentOffset: (fragment & 0x1fff) * 8,
		payload: bytes.subarray(headerLength, length),
	};
}
