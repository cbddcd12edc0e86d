/** Packets and frames as the engine carries them: immutable values, copied with what a stage changes. */
import type { Address, Family } from "../address/address.ts";

/** The protocols that the engine understands by name; anything else is its number as text. */
export type Protocol = "tcp" | "udp" | "sctp" | "icmp" | "icmpv6" | "ipip" | "ipv6" | "gre" | "esp" | (string & {});

/** IANA's protocol numbers for those that have a name here. */
export const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
	icmp: 1,
	ipip: 4,
	tcp: 6,
	udp: 17,
	ipv6: 41,
	gre: 47,
	esp: 50,
	icmpv6: 58,
	sctp: 132,
};

/** What a TCP segment of a probe is: the opening, its answer, or a refusal. */
export type TcpFlags = "syn" | "syn-ack" | "ack" | "rst";

/** What a packet carries past its own transport header. */
export type Payload =
	| { readonly kind: "ipip"; readonly packet: Packet }
	| { readonly kind: "vxlan"; readonly vni: number; readonly frame: Frame }
	/** The packet that an ICMP error is about. */
	| { readonly kind: "icmp-error"; readonly about: Packet };

/** An IP packet. Ports are 0 where the protocol has none; for ICMP echo `sport` holds the identifier. */
export interface Packet {
	readonly family: Family;
	readonly src: Address;
	readonly dst: Address;
	readonly protocol: Protocol;
	readonly sport: number;
	readonly dport: number;
	readonly tcpFlags?: TcpFlags;
	readonly icmpType?: number;
	readonly icmpCode?: number;
	/** TTL or hop limit. */
	readonly ttl: number;
	/** The whole packet in bytes, IP header included. */
	readonly length: number;
	readonly dontFragment: boolean;
	readonly payload?: Payload;
}

/** The default of net.ipv4.ip_local_port_range, whose last port is not drawn for tunnels (udp_flow_src_port). */
const LOCAL_PORTS = { from: 32_768, to: 60_998 };

/** The ports of which the packet has one as its source, where nobody knows which: a VXLAN device hashes what is inside. */
export function drawnSourcePorts({ payload, sport }: Packet): { readonly from: number; readonly to: number } | null {
	return payload?.kind === "vxlan" && sport === 0 ? LOCAL_PORTS : null;
}

/** An Ethernet frame. `vlan` is the outer 802.1Q tag, if any. MAC addresses are lower-case and colon-separated. */
export interface Frame {
	readonly source: string;
	readonly destination: string;
	readonly vlan: number | null;
	readonly packet: Packet;
}

/** How many packets are inside of this one, each in the one before. */
export function packetsInside({ payload }: Packet): number {
	switch (payload?.kind) {
		case "ipip":
			return 1 + packetsInside(payload.packet);
		case "vxlan":
			return 1 + packetsInside(payload.frame.packet);
		default:
			return 0;
	}
}

export const BROADCAST_MAC = "ff:ff:ff:ff:ff:ff";
export const ZERO_MAC = "00:00:00:00:00:00";

/** Bytes that each encapsulation adds to the packet inside (RFC 2003; RFC 7348 over IPv4, then over IPv6). */
export const IPIP_OVERHEAD = 20;
export const VXLAN_OVERHEAD: Readonly<Record<Family, number>> = { 4: 50, 6: 70 };

/** What tunnels carry: the packet itself where it is in none. */
export function innermost(packet: Packet): Packet {
	const { payload } = packet;
	if (payload?.kind === "ipip") return innermost(payload.packet);
	return payload?.kind === "vxlan" ? innermost(payload.frame.packet) : packet;
}
