/** A captured frame's bytes, header by header, to the engine's packet. Any bytes give a result; what cannot be read is said. */
import { type Packet, PROTOCOL_NUMBERS } from "@podpath/core";
import type { CapturedFrame } from "../observation.ts";
import { readArp } from "./arp.ts";
import { type Content, type DecodedFrame, type Transport, type Undecoded, undecoded } from "./decoded-frame.ts";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6, readEthernet } from "./ethernet.ts";
import { readIcmp } from "./icmp.ts";
import type { IpHeader } from "./ip.ts";
import { readIpv4 } from "./ipv4.ts";
import { readIpv6 } from "./ipv6.ts";
import { readSctp, SCTP_ABORT, SCTP_INIT, SCTP_INIT_ACK } from "./sctp.ts";
import { readTcp, roleOf } from "./tcp.ts";
import { readUdp } from "./udp.ts";
import { readVxlan } from "./vxlan.ts";

export function decodeCaptured(frame: CapturedFrame): DecodedFrame {
	const bytes = Buffer.from(frame.bytes, "base64");
	const decoded = frame.ethernet ? decodeEthernet(bytes) : { ethernet: null, vlans: [], content: decodeIp(bytes) };
	return frame.vlan === null ? decoded : { ...decoded, vlans: [frame.vlan, ...decoded.vlans] };
}

/** A frame that begins with an Ethernet header. */
export function decodeEthernet(bytes: Uint8Array): DecodedFrame {
	const header = readEthernet(bytes);
	if (header.kind === "undecoded") return { ethernet: null, vlans: [], content: header };
	const { source, destination, vlans } = header;
	return { ethernet: { source, destination }, vlans, content: contentOf(header.etherType, header.payload) };
}

/** A frame that begins with an IP header of either family. */
export function decodeIp(bytes: Uint8Array): Content {
	const read = readPacket(bytes, false);
	return "packet" in read ? { kind: "ip", ...read } : read;
}

function contentOf(etherType: number, bytes: Uint8Array): Content {
	switch (etherType) {
		case ETHERTYPE_IPV4:
		case ETHERTYPE_IPV6:
			return decodeIp(bytes);
		case ETHERTYPE_ARP:
			return readArp(bytes);
		default:
			return { kind: "other", etherType };
	}
}

interface ReadPacket {
	readonly packet: Packet;
	readonly transport: Transport;
}

/** `quoted`: what an ICMP error holds of a packet, which may be its beginning only. */
function readPacket(bytes: Uint8Array, quoted: boolean): ReadPacket | Undecoded {
	const [first] = bytes;
	if (first === undefined) return undecoded("ip", "truncated");
	const header = first >> 4 === 6 ? readIpv6(bytes) : readIpv4(bytes);
	return header.kind === "undecoded" ? header : readUpper(header, quoted);
}

const PROTOCOLS: ReadonlyMap<number, string> = new Map(
	Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [number, name]),
);

function readUpper(header: IpHeader, quoted: boolean): ReadPacket {
	const { family, src, dst, ttl, length, dontFragment, payload } = header;
	const protocol = PROTOCOLS.get(header.protocol) ?? String(header.protocol);
	const packet: Packet = { family, src, dst, protocol, sport: 0, dport: 0, ttl, length, dontFragment };
	if (header.fragmentOffset > 0) return { packet, transport: { kind: "fragment", offset: header.fragmentOffset } };
	switch (protocol) {
		case "tcp":
			return withTcp(packet, payload, quoted);
		case "udp":
			return withUdp(packet, payload, quoted);
		case "sctp":
			return withSctp(packet, payload, quoted);
		case "icmp":
		case "icmpv6":
			// An IPv4 packet with ICMPv6 in it, or the reverse, is answered by nobody.
			if ((protocol === "icmp") === (family === 4)) return withIcmp(packet, payload);
			return { packet, transport: { kind: "other", protocol: header.protocol } };
		case "ipip":
		case "ipv6":
			return withInner(packet, payload, quoted);
		default:
			return { packet, transport: { kind: "other", protocol: header.protocol } };
	}
}

function withTcp(packet: Packet, payload: Uint8Array, quoted: boolean): ReadPacket {
	const transport = readTcp(payload, quoted);
	if (transport.kind === "undecoded") return { packet, transport };
	const { sport, dport, flags } = transport;
	const tcpFlags = flags === null ? undefined : roleOf(flags);
	return { packet: { ...packet, sport, dport, ...(tcpFlags === undefined ? {} : { tcpFlags }) }, transport };
}

function withUdp(packet: Packet, payload: Uint8Array, quoted: boolean): ReadPacket {
	const transport = readUdp(payload);
	if (transport.kind === "undecoded") return { packet, transport };
	const { sport, dport } = transport;
	const datagram = { ...packet, sport, dport };
	const vxlan = readVxlan(dport, transport.payload);
	if (vxlan === null) return { packet: datagram, transport };
	// An error may quote so little that VXLAN's own header is cut off.
	if (vxlan.kind === "undecoded") return { packet: datagram, transport: quoted ? transport : vxlan };
	const { vni } = vxlan;
	const { ethernet, vlans, content } = decodeEthernet(vxlan.frame);
	if (content.kind !== "ip" || ethernet === null) {
		return { packet: datagram, transport: { kind: "vxlan", vni, content } };
	}
	const frame = { ...ethernet, vlan: vlans[0] ?? null, packet: content.packet };
	return { packet: { ...datagram, payload: { kind: "vxlan", vni, frame } }, transport: content.transport };
}

/** INIT and INIT ACK open an association as SYN and SYN ACK open a connection; ABORT is its reset. */
const SCTP_ROLES: ReadonlyMap<number | undefined, NonNullable<Packet["tcpFlags"]>> = new Map([
	[SCTP_INIT, "syn"],
	[SCTP_INIT_ACK, "syn-ack"],
	[SCTP_ABORT, "rst"],
]);

function withSctp(packet: Packet, payload: Uint8Array, quoted: boolean): ReadPacket {
	const transport = readSctp(payload, quoted);
	if (transport.kind === "undecoded") return { packet, transport };
	const { sport, dport, chunks } = transport;
	const role = SCTP_ROLES.get(chunks[0]?.type);
	return { packet: { ...packet, sport, dport, ...(role === undefined ? {} : { tcpFlags: role }) }, transport };
}

function withIcmp(packet: Packet, payload: Uint8Array): ReadPacket {
	const icmp = readIcmp(payload, packet.family);
	if (icmp.kind === "undecoded") return { packet, transport: icmp };
	const { type: icmpType, code: icmpCode, message } = icmp;
	const typed: Packet = { ...packet, icmpType, icmpCode };
	if (message.kind === "echo") return { packet: { ...typed, sport: message.id }, transport: message };
	if (message.kind !== "about") return { packet: typed, transport: message };
	const about = readPacket(message.bytes, true);
	if (!("packet" in about)) return { packet: typed, transport: about };
	return {
		packet: { ...typed, payload: { kind: "icmp-error", about: about.packet } },
		transport: { kind: "icmp-error", about: about.transport },
	};
}

/** IP in IP, of any two families (RFC 2003, RFC 2473, RFC 4213). */
function withInner(packet: Packet, payload: Uint8Array, quoted: boolean): ReadPacket {
	const inner = readPacket(payload, quoted);
	if (!("packet" in inner)) return { packet, transport: inner };
	return { packet: { ...packet, payload: { kind: "ipip", packet: inner.packet } }, transport: inner.transport };
}
