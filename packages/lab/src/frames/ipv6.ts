/** IPv6 with its extension headers (RFC 8200 sections 3 and 4). */
import { type Undecoded, undecoded } from "./decoded-frame.ts";
import type { IpHeader } from "./ip.ts";
import { ipv6At, u8, u16 } from "./octets.ts";

/** Hop-by-hop options, routing, destination options, mobility, HIP, Shim6: their length is in units of eight bytes (RFC 6564). */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const FRAGMENT = 44;
/** RFC 4302: its length is in units of four bytes. */
const AUTHENTICATION = 51;

export function readIpv6(bytes: Uint8Array): IpHeader | Undecoded {
	if (bytes.length < 40) return undecoded("ipv6", "truncated");
	if (u8(bytes, 0) >> 4 !== 6) return undecoded("ipv6", "malformed");
	// 0 stands for a jumbogram (RFC 2675), or for a packet that segmentation offload made longer than the field can say.
	const announced = u16(bytes, 4);
	const length = announced === 0 ? bytes.length : 40 + announced;
	const last = throughExtensions(u8(bytes, 6), bytes.subarray(40, length));
	if (last.kind === "undecoded") return last;
	return {
		kind: "ip-header",
		family: 6,
		src: ipv6At(bytes, 8),
		dst: ipv6At(bytes, 24),
		protocol: last.protocol,
		ttl: u8(bytes, 7),
		length,
		// Routers never fragment IPv6 (RFC 8200 section 4.5).
		dontFragment: true,
		fragmentOffset: last.fragmentOffset,
		payload: last.payload,
	};
}

interface UpperLayer {
	readonly kind: "upper-layer";
	readonly protocol: number;
	readonly fragmentOffset: number;
	readonly payload: Uint8Array;
}

function throughExtensions(next: number, bytes: Uint8Array): UpperLayer | Undecoded {
	let protocol = next;
	let fragmentOffset = 0;
	let at = 0;
	// What follows the header of a later fragment is the middle of something.
	while (fragmentOffset === 0 && (EXTENSIONS.has(protocol) || protocol === FRAGMENT || protocol === AUTHENTICATION)) {
		if (bytes.length < at + 8) return undecoded("ipv6-extension", "truncated");
		const size = sizeOf(protocol, u8(bytes, at + 1));
		if (protocol === FRAGMENT) fragmentOffset = u16(bytes, at + 2) & 0xfff8;
		if (bytes.length < at + size) return undecoded("ipv6-extension", "truncated");
		protocol = u8(bytes, at);
		at += size;
	}
	return { kind: "upper-layer", protocol, fragmentOffset, payload: bytes.subarray(at) };
}

function sizeOf(extension: number, length: number): number {
	if (extension === FRAGMENT) return 8;
	return extension === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}
