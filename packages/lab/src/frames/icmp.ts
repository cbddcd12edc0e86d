/** ICMP (RFC 792), ICMPv6 (RFC 4443) and Neighbour Discovery (RFC 4861). */
import type { Family } from "@podpath/core";
import { type Transport, type Undecoded, undecoded } from "./decoded-frame.ts";
import { ipv6At, u8, u16 } from "./octets.ts";

/** Destination unreachable, source quench, redirect, time exceeded, parameter problem. */
const ERRORS_V4: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
/** RFC 4443 section 2.1: error messages are those below 128. */
const FIRST_INFORMATIONAL_V6 = 128;
const ECHO: Readonly<Record<Family, { readonly request: number; readonly reply: number }>> = {
	4: { request: 8, reply: 0 },
	6: { request: 128, reply: 129 },
};

export interface IcmpMessage {
	readonly kind: "icmp-message";
	readonly type: number;
	readonly code: number;
	/** What the message is; `about` holds the bytes of the packet that an error is about. */
	readonly message: Transport | { readonly kind: "about"; readonly bytes: Uint8Array };
}

export function readIcmp(bytes: Uint8Array, family: Family): IcmpMessage | Undecoded {
	if (bytes.length < 8) return undecoded("icmp", "truncated");
	const type = u8(bytes, 0);
	const code = u8(bytes, 1);
	return { kind: "icmp-message", type, code, message: messageOf(bytes, family, type, code) };
}

function messageOf(bytes: Uint8Array, family: Family, type: number, code: number): IcmpMessage["message"] {
	const { request, reply } = ECHO[family];
	if (type === request || type === reply) {
		const payload = bytes.subarray(8);
		return { kind: "echo", reply: type === reply, id: u16(bytes, 4), sequence: u16(bytes, 6), payload };
	}
	const isError = family === 4 ? ERRORS_V4.has(type) : type < FIRST_INFORMATIONAL_V6;
	if (isError) return { kind: "about", bytes: bytes.subarray(8) };
	if (family === 6 && type >= 133 && type <= 137) return neighbourDiscovery(bytes, type);
	return { kind: "icmp", type, code };
}

/** 133 and 134 are routers', 135 and 136 ask for and give a link-layer address, 137 is a redirect. */
function neighbourDiscovery(bytes: Uint8Array, type: number): Transport {
	if (type <= 134) return { kind: "neighbour-discovery", type };
	if (bytes.length < 24) return undecoded("neighbour-discovery", "truncated");
	return { kind: "neighbour-discovery", type, target: ipv6At(bytes, 8) };
}
