/** Frames for tests, written from the same RFCs as the decoder but by other code: byte lists put end to end. */
import type { Address, Packet } from "@podpath/core";

type Bytes = readonly number[];

export const u16 = (value: number): Bytes => [(value >>> 8) & 255, value & 255];
export const u32 = (value: number): Bytes => [...u16(Math.floor(value / 65536)), ...u16(value % 65536)];
export const addressBytes = (of: Address): Bytes => of.words.flatMap(u32);
export const macBytes = (mac: string): Bytes => mac.split(":").map((octet) => Number.parseInt(octet, 16));

export function ethernet(
	frame: { readonly source: string; readonly destination: string; readonly vlans?: readonly number[] },
	etherType: number,
	payload: Bytes,
): Bytes {
	const tags = (frame.vlans ?? []).flatMap((id) => [0x81, 0x00, ...u16(id)]);
	return [...macBytes(frame.destination), ...macBytes(frame.source), ...tags, ...u16(etherType), ...payload];
}

export interface Ip {
	readonly src: Address;
	readonly dst: Address;
	readonly ttl: number;
	readonly dontFragment?: boolean;
	/** IPv4: bytes of options. IPv6: extension headers, each without its two first bytes. */
	readonly options?: Bytes;
	readonly extensions?: readonly { readonly number: number; readonly body: Bytes }[];
}

export function ip(header: Ip, protocol: number, payload: Bytes): Bytes {
	return header.src.family === 4 ? ipv4(header, protocol, payload) : ipv6(header, protocol, payload);
}

function ipv4({ src, dst, ttl, dontFragment, options = [] }: Ip, protocol: number, payload: Bytes): Bytes {
	const headerLength = 20 + options.length;
	return [
		0x40 | (headerLength / 4),
		0,
		...u16(headerLength + payload.length),
		...u16(7),
		...u16(dontFragment === true ? 0x4000 : 0),
		ttl,
		protocol,
		...u16(0),
		...addressBytes(src),
		...addressBytes(dst),
		...options,
		...payload,
	];
}

function ipv6({ src, dst, ttl, extensions = [] }: Ip, protocol: number, payload: Bytes): Bytes {
	const numbers = [...extensions.map(({ number }) => number), protocol];
	const chain = extensions.flatMap(({ body }, i) => [numbers[i + 1] ?? 0, (body.length + 2) / 8 - 1, ...body]);
	const length = chain.length + payload.length;
	return [
		0x60,
		0,
		0,
		0,
		...u16(length),
		numbers[0] ?? 0,
		ttl,
		...addressBytes(src),
		...addressBytes(dst),
		...chain,
		...payload,
	];
}

export const TCP_FLAGS: Readonly<Record<string, number>> = { syn: 0x02, "syn-ack": 0x12, ack: 0x10, rst: 0x14 };

export function tcp(segment: {
	readonly sport: number;
	readonly dport: number;
	readonly seq: number;
	readonly ack: number;
	readonly flags: number;
}): Bytes {
	const { sport, dport, seq, ack, flags } = segment;
	return [...u16(sport), ...u16(dport), ...u32(seq), ...u32(ack), 0x50, flags, ...u16(64240), 0, 0, 0, 0];
}

export const udp = (sport: number, dport: number, payload: Bytes): Bytes => [
	...u16(sport),
	...u16(dport),
	...u16(8 + payload.length),
	0,
	0,
	...payload,
];

export const sctp = (sport: number, dport: number, tag: number, chunks: readonly Bytes[]): Bytes => [
	...u16(sport),
	...u16(dport),
	...u32(tag),
	...u32(0),
	...chunks.flat(),
];

/** An INIT (1) or INIT ACK (2). */
export const sctpInit = (type: number, initiateTag: number): Bytes => [
	type,
	0,
	...u16(20),
	...u32(initiateTag),
	...u32(65536),
	...u16(10),
	...u16(10),
	...u32(1),
];

export const echo = (type: number, id: number, sequence: number, payload: Bytes): Bytes => [
	type,
	0,
	0,
	0,
	...u16(id),
	...u16(sequence),
	...payload,
];

export const icmpError = (type: number, code: number, about: Bytes): Bytes => [type, code, 0, 0, 0, 0, 0, 0, ...about];

export const vxlan = (vni: number, frame: Bytes): Bytes => [0x08, 0, 0, 0, ...u32(vni * 256), ...frame];

export const arp = (
	operation: number,
	sender: { readonly mac: string; readonly address: Address },
	target: { readonly mac: string; readonly address: Address },
): Bytes => [
	0,
	1,
	8,
	0,
	6,
	4,
	...u16(operation),
	...macBytes(sender.mac),
	...addressBytes(sender.address),
	...macBytes(target.mac),
	...addressBytes(target.address),
];

export const bytesOf = (bytes: Bytes): Uint8Array => Uint8Array.from(bytes);

/** What else a written packet has; the tests choose the engine's packet, these follow. */
export interface Numbers {
	readonly seq: number;
	readonly ack: number;
	/** Of the datagram or the echo. */
	readonly data: Bytes;
}

const NUMBERS: Readonly<Record<string, number>> = {
	tcp: 6,
	udp: 17,
	sctp: 132,
	icmp: 1,
	icmpv6: 58,
	ipip: 4,
	ipv6: 41,
};

/** The bytes of an engine's packet, encapsulations and all. */
export function packetBytes(packet: Packet, numbers: Numbers): Bytes {
	const { src, dst, ttl, dontFragment, protocol } = packet;
	return ip({ src, dst, ttl, dontFragment }, NUMBERS[protocol] ?? Number(protocol), upperBytes(packet, numbers));
}

function upperBytes(packet: Packet, numbers: Numbers): Bytes {
	const { payload, sport, dport, protocol } = packet;
	if (payload?.kind === "ipip") return packetBytes(payload.packet, numbers);
	if (payload?.kind === "icmp-error") {
		return icmpError(packet.icmpType ?? 0, packet.icmpCode ?? 0, packetBytes(payload.about, numbers));
	}
	if (payload?.kind === "vxlan") {
		const { source, destination, vlan, packet: inner } = payload.frame;
		const etherType = inner.family === 4 ? 0x0800 : 0x86dd;
		const vlans = vlan === null ? [] : [vlan];
		const frame = ethernet({ source, destination, vlans }, etherType, packetBytes(inner, numbers));
		return udp(sport, dport, vxlan(payload.vni, frame));
	}
	switch (protocol) {
		case "tcp":
			return tcp({ sport, dport, seq: numbers.seq, ack: numbers.ack, flags: TCP_FLAGS[packet.tcpFlags ?? ""] ?? 0 });
		case "udp":
			return udp(sport, dport, numbers.data);
		case "sctp": {
			const type = packet.tcpFlags === "syn-ack" ? 2 : 1;
			const tag = type === 2 ? numbers.ack : 0;
			return packet.tcpFlags === "rst"
				? sctp(sport, dport, numbers.ack, [[6, 1, 0, 4]])
				: sctp(sport, dport, tag, [sctpInit(type, numbers.seq)]);
		}
		default:
			return echo(packet.icmpType ?? 0, packet.sport, 1, numbers.data);
	}
}
