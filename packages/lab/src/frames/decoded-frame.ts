/** What a captured frame holds, in the engine's own types: an observed packet is compared with a predicted one field by field. */
import type { Address, Packet } from "@podpath/core";

export interface DecodedFrame {
	/** Null on devices without a link layer (ipip, tun). */
	readonly ethernet: { readonly source: string; readonly destination: string } | null;
	/** 802.1Q and 802.1ad tags, outermost first, whether in the bytes or kept beside them. */
	readonly vlans: readonly number[];
	readonly content: Content;
}

export type Content =
	/** `packet` is the outermost packet; `transport` belongs to the innermost. */
	| { readonly kind: "ip"; readonly packet: Packet; readonly transport: Transport }
	| {
			readonly kind: "arp";
			/** 1: request, 2: reply. */
			readonly operation: number;
			readonly sender: { readonly mac: string; readonly address: Address };
			readonly target: { readonly mac: string; readonly address: Address };
	  }
	| { readonly kind: "other"; readonly etherType: number }
	| Undecoded;

/** Bytes that are not what their place says: the frame ends too early, or its fields contradict each other. */
export interface Undecoded {
	readonly kind: "undecoded";
	/** The header that could not be read. */
	readonly layer: string;
	readonly why: "truncated" | "malformed";
}

/** The innermost packet's transport header: what tells one probe's packets from all others, whatever NAT did to them. */
export type Transport =
	| TcpSegment
	| { readonly kind: "udp"; readonly sport: number; readonly dport: number; readonly payload: Uint8Array }
	| {
			readonly kind: "sctp";
			readonly sport: number;
			readonly dport: number;
			readonly verificationTag: number;
			readonly chunks: readonly SctpChunk[];
	  }
	| {
			readonly kind: "echo";
			readonly reply: boolean;
			readonly id: number;
			readonly sequence: number;
			readonly payload: Uint8Array;
	  }
	/** An ICMP error; `about` is what is left of the transport header of the packet in it. */
	| { readonly kind: "icmp-error"; readonly about: Transport }
	| {
			readonly kind: "neighbour-discovery";
			readonly type: number;
			/** Absent in router solicitations and advertisements. */
			readonly target?: Address;
	  }
	/** An ICMP message that is none of the above. */
	| { readonly kind: "icmp"; readonly type: number; readonly code: number }
	/** VXLAN around a frame that holds no IP packet. */
	| { readonly kind: "vxlan"; readonly vni: number; readonly content: Content }
	/** A fragment after the first; offset in bytes. */
	| { readonly kind: "fragment"; readonly offset: number }
	| { readonly kind: "other"; readonly protocol: number }
	| Undecoded;

export interface TcpSegment {
	readonly kind: "tcp";
	readonly sport: number;
	readonly dport: number;
	readonly seq: number;
	/** Null in an ICMP error that holds eight bytes of the segment only; the same of `flags`. */
	readonly ack: number | null;
	/** The flags byte of RFC 9293 section 3.1. */
	readonly flags: number | null;
}

export interface SctpChunk {
	readonly type: number;
	/** INIT and INIT ACK. */
	readonly initiateTag?: number;
}

export function undecoded(layer: string, why: Undecoded["why"]): Undecoded {
	return { kind: "undecoded", layer, why };
}

/** Whether the frame ended before what its headers announce could be read. */
export function isTruncated({ content }: DecodedFrame): boolean {
	const last = content.kind === "ip" ? content.transport : content;
	return last.kind === "undecoded" && last.why === "truncated";
}
