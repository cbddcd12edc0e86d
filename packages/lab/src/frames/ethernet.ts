/** Ethernet II, with IEEE 802.1Q and 802.1ad tags. */
import { type Undecoded, undecoded } from "./decoded-frame.ts";
import { macAt, u16 } from "./octets.ts";

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_SERVICE_VLAN = 0x88a8;

export interface EthernetHeader {
	readonly kind: "ethernet";
	readonly source: string;
	readonly destination: string;
	readonly vlans: readonly number[];
	readonly etherType: number;
	readonly payload: Uint8Array;
}

export function readEthernet(bytes: Uint8Array): EthernetHeader | Undecoded {
	if (bytes.length < 14) return undecoded("ethernet", "truncated");
	const vlans: number[] = [];
	let at = 12;
	let etherType = u16(bytes, at);
	while (etherType === ETHERTYPE_VLAN || etherType === ETHERTYPE_SERVICE_VLAN) {
		if (bytes.length < at + 6) return undecoded("vlan", "truncated");
		vlans.push(u16(bytes, at + 2) & 0xfff);
		at += 4;
		etherType = u16(bytes, at);
	}
	return {
		kind: "ethernet",
		source: macAt(bytes, 6),
		destination: macAt(bytes, 0),
		vlans,
		etherType,
		payload: bytes.subarray(at + 2),
	};
}
