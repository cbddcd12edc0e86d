/** ARP for IPv4 over Ethernet (RFC 826). */
import { type Content, undecoded } from "./decoded-frame.ts";
import { ipv4At, macAt, u8, u16 } from "./octets.ts";

export function readArp(bytes: Uint8Array): Content {
	if (bytes.length < 28) return undecoded("arp", "truncated");
	const forIpv4OverEthernet =
		u16(bytes, 0) === 1 && u16(bytes, 2) === 0x0800 && u8(bytes, 4) === 6 && u8(bytes, 5) === 4;
	if (!forIpv4OverEthernet) return undecoded("arp", "malformed");
	return {
		kind: "arp",
		operation: u16(bytes, 6),
		sender: { mac: macAt(bytes, 8), address: ipv4At(bytes, 14) },
		target: { mac: macAt(bytes, 18), address: ipv4At(bytes, 24) },
	};
}
