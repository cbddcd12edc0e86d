/** For any packet of the engine, and for any bytes at all. */
import { type Address, addressFromWords, type Frame, type Packet } from "@podpath/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeEthernet, decodeIp } from "../../src/frames/decode.ts";
import { bytesOf, ethernet, packetBytes } from "./frame-builder.ts";

const word = fc.nat(0xffffffff);
const port = fc.integer({ min: 1, max: 65535 }).filter((each) => each !== 4789 && each !== 8472);
const mac = fc
	.array(fc.nat(255), { minLength: 6, maxLength: 6 })
	.map((octets) => octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":"));
const addressOf = (family: 4 | 6): fc.Arbitrary<Address> => {
	const length = family === 4 ? 1 : 4;
	return fc.array(word, { minLength: length, maxLength: length }).map(addressFromWords);
};

/** What both families have in common; `length` follows from the bytes and is set by `measured`. */
const anyIp = fc.constantFrom(4 as const, 6 as const).chain((family) =>
	fc.record({
		family: fc.constant(family),
		src: addressOf(family),
		dst: addressOf(family),
		ttl: fc.nat(255),
		length: fc.constant(0),
		dontFragment: family === 6 ? fc.constant(true) : fc.boolean(),
	}),
);
const flags = fc.constantFrom("syn" as const, "syn-ack" as const, "rst" as const);

const plain: fc.Arbitrary<Packet> = fc.tuple(anyIp, port, port, flags, fc.nat(4), fc.boolean()).map((drawn) => {
	const [ip, sport, dport, tcpFlags, kind, reply] = drawn;
	if (kind === 0) return { ...ip, protocol: "udp", sport, dport };
	if (kind === 1) return { ...ip, protocol: "sctp", sport, dport, tcpFlags };
	if (kind === 2) return { ...ip, protocol: "tcp", sport, dport, tcpFlags };
	const icmpType = ip.family === 4 ? (reply ? 0 : 8) : reply ? 129 : 128;
	return { ...ip, protocol: ip.family === 4 ? "icmp" : "icmpv6", sport, dport: 0, icmpType, icmpCode: 0 };
});

const refusal: fc.Arbitrary<Packet> = fc.tuple(plain, addressOf(4), addressOf(6), fc.nat(15)).map((drawn) => {
	const [about, four, six, icmpCode] = drawn;
	const { family, ttl, dontFragment } = about;
	const own = family === 4 ? four : six;
	const head = { family, src: own, dst: about.src, ttl, dontFragment, length: 0, sport: 0, dport: 0, icmpCode };
	const kind = family === 4 ? { protocol: "icmp", icmpType: 3 } : { protocol: "icmpv6", icmpType: 1 };
	return { ...head, ...kind, payload: { kind: "icmp-error", about } };
});

const innermost = fc.oneof(plain, refusal);

const tunnelled: fc.Arbitrary<Packet> = fc
	.tuple(innermost, anyIp, mac, mac, fc.option(fc.nat(4095)), fc.nat(0xffffff), fc.constantFrom(4789, 8472), port)
	.map(([inner, outer, source, destination, vlan, vni, dport, sport]) => {
		const frame: Frame = { source, destination, vlan, packet: inner };
		if (vni % 2 === 0) return { ...outer, protocol: "udp", sport, dport, payload: { kind: "vxlan", vni, frame } };
		const protocol = inner.family === 4 ? "ipip" : "ipv6";
		return { ...outer, protocol, sport: 0, dport: 0, payload: { kind: "ipip", packet: inner } };
	});

const numbers = fc.record({ seq: word, ack: word, data: fc.array(fc.nat(255), { maxLength: 40 }) });

/** The packet with the lengths that its bytes have, inside and out. */
function measured(packet: Packet, of: { seq: number; ack: number; data: number[] }): Packet {
	const length = packetBytes(packet, of).length;
	const { payload } = packet;
	switch (payload?.kind) {
		case "ipip":
			return { ...packet, length, payload: { ...payload, packet: measured(payload.packet, of) } };
		case "icmp-error":
			return { ...packet, length, payload: { ...payload, about: measured(payload.about, of) } };
		case "vxlan": {
			const frame = { ...payload.frame, packet: measured(payload.frame.packet, of) };
			return { ...packet, length, payload: { ...payload, frame } };
		}
		default:
			return { ...packet, length };
	}
}

test("any packet of the engine that is written as bytes is read as the same packet", () => {
	fc.assert(
		fc.property(fc.oneof(innermost, tunnelled), numbers, (drawn, of) => {
			const packet = measured(drawn, of);
			expect(decodeIp(bytesOf(packetBytes(packet, of)))).toMatchObject({ kind: "ip", packet });
		}),
	);
});

test("the innermost transport header is the flow's own, however it is wrapped", () => {
	fc.assert(
		fc.property(tunnelled, numbers, (packet, of) => {
			const content = decodeIp(bytesOf(packetBytes(packet, of)));
			const transport = content.kind === "ip" ? content.transport : content;
			const inner = transport.kind === "icmp-error" ? transport.about : transport;
			if (inner.kind === "tcp") expect(inner.seq).toBe(of.seq);
			expect(["tcp", "udp", "sctp", "echo"]).toContain(inner.kind);
		}),
	);
});

test("any bytes give a result", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
			expect(decodeEthernet(bytes).content.kind).toBeTypeOf("string");
			expect(decodeIp(bytes).kind).toBeTypeOf("string");
		}),
		{ numRuns: 2000 },
	);
});

test("a frame that ends anywhere, or has a byte changed, gives a result", () => {
	fc.assert(
		fc.property(fc.oneof(innermost, tunnelled), numbers, fc.nat(400), fc.nat(400), fc.nat(255), (packet, of, ...at) => {
			const [cut, position, value] = at;
			const etherType = packet.family === 4 ? 0x0800 : 0x86dd;
			const header = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
			const bytes = bytesOf(ethernet(header, etherType, packetBytes(packet, of)));
			if (position < bytes.length) bytes[position] = value;
			expect(decodeEthernet(bytes.subarray(0, cut)).content.kind).toBeTypeOf("string");
		}),
		{ numRuns: 1000 },
	);
});
