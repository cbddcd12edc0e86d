/** Frames written by hand after the RFCs, and what is read from them. */
import { address } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { decodeCaptured, decodeEthernet, decodeIp } from "../../src/frames/decode.ts";
import { isTruncated } from "../../src/frames/decoded-frame.ts";
import * as build from "./frame-builder.ts";

const A = "02:00:00:00:00:0a";
const B = "02:00:00:00:00:0b";
const v4 = { src: address("10.0.0.1"), dst: address("10.0.0.2"), ttl: 63 };
const v6 = { src: address("fd00::1"), dst: address("fd00::2"), ttl: 63 };
const syn = build.tcp({ sport: 40000, dport: 80, seq: 0xfffffff0, ack: 0, flags: 0x02 });

function read(etherType: number, payload: readonly number[], vlans: readonly number[] = []) {
	return decodeEthernet(build.bytesOf(build.ethernet({ source: A, destination: B, vlans }, etherType, payload)));
}

function readIp(bytes: readonly number[]) {
	const content = decodeIp(build.bytesOf(bytes));
	if (content.kind !== "ip") throw new Error(`not an IP packet: ${JSON.stringify(content)}`);
	return content;
}

const fromHex = (...lines: string[]) => decodeEthernet(Buffer.from(lines.join(""), "hex"));

describe("frames that Linux 6.18.44 wrote, by AF_PACKET in a network namespace", () => {
	test("a SYN to 127.0.0.1:80", () => {
		const frame = fromHex(
			"00000000000000000000000008004500003c0a014000400632b97f0000017f000001",
			"9c400050b088cd1300000000a002ffd7fe3000000204ffd70402080a196daf35000000000103030a",
		);
		expect(frame).toMatchObject({
			ethernet: { source: "00:00:00:00:00:00", destination: "00:00:00:00:00:00" },
			vlans: [],
			content: {
				packet: { family: 4, protocol: "tcp", sport: 40000, dport: 80, tcpFlags: "syn", ttl: 64, length: 60 },
				transport: { kind: "tcp", seq: 0xb088cd13, ack: 0, flags: 0x02 },
			},
		});
		expect(frame.content).toMatchObject({ packet: { dontFragment: true, src: { text: "127.0.0.1" } } });
	});

	test("the reset that answers it, since nobody listens there", () => {
		const frame = fromHex(
			"0000000000000000000000000800450000280000400040063cce7f0000017f000001",
			"00509c4000000000b088cd145014000097a00000",
		);
		expect(frame.content).toMatchObject({
			packet: { sport: 80, dport: 40000, tcpFlags: "rst" },
			transport: { seq: 0, ack: 0xb088cd14 },
		});
	});

	test("an ICMPv6 port unreachable about a datagram to [::1]:9", () => {
		const frame = fromHex(
			"00000000000000000000000086dd6000263d003d3a40",
			"00000000000000000000000000000001000000000000000000000000000000010104",
			"1daf0000000060028f38000d11400000000000000000000000000000000100000000",
			"0000000000000000000000019c410009000d002068656c6c6f",
		);
		expect(frame.content).toMatchObject({
			packet: {
				family: 6,
				protocol: "icmpv6",
				icmpType: 1,
				icmpCode: 4,
				payload: { kind: "icmp-error", about: { protocol: "udp", sport: 40001, dport: 9, length: 53 } },
			},
			transport: { kind: "icmp-error", about: { kind: "udp" } },
		});
	});

	test("a SYN over IPv6 inside flannel's VXLAN", () => {
		const frame = fromHex(
			"02000000000b02000000000a0800450000821ac1000040114ba80a0000010a000002cefa2118006e5418",
			"0800000000002a0002000000010b02000000010a86dd600981ae00280640",
			"fd000000000000000000000000000001fd000000000000000000000000000002",
			"9c4201bb4b13b62100000000a002ff32fa3200000204056e0402080a6e7b55be000000000103030a",
		);
		expect(frame.content).toMatchObject({
			packet: {
				src: { text: "10.0.0.1" },
				dst: { text: "10.0.0.2" },
				dport: 8472,
				dontFragment: false,
				payload: {
					vni: 42,
					frame: {
						source: "02:00:00:00:01:0a",
						destination: "02:00:00:00:01:0b",
						packet: { family: 6, src: { text: "fd00::1" }, sport: 40002, dport: 443, tcpFlags: "syn" },
					},
				},
			},
			transport: { kind: "tcp", seq: 0x4b13b621 },
		});
	});

	test("a router solicitation", () => {
		const frame = fromHex(
			"33330000000202000000000b86dd6000000000103aff",
			"fe80000000000000000000fffe00000bff020000000000000000000000000002",
			"85007b1800000000010102000000000b",
		);
		expect(frame.content).toMatchObject({ transport: { kind: "neighbour-discovery", type: 133 } });
	});

	test("a multicast listener report, behind a hop-by-hop header", () => {
		const frame = fromHex(
			"33330000001602000000000a86dd6000000000240001fe80000000000000000000fffe00000a",
			"ff0200000000000000000000000000163a000502000001008f0071f50000000104000000ff0200000000000000000001ff00000a",
		);
		expect(frame.content).toMatchObject({ transport: { kind: "icmp", type: 143, code: 0 } });
	});
});

describe("link layer", () => {
	test("a VLAN tag in the bytes", () => {
		expect(read(0x0800, build.ip(v4, 6, syn), [100]).vlans).toEqual([100]);
	});

	test("a VLAN tag that the kernel keeps beside the frame is the outermost", () => {
		const bytes = build.ethernet({ source: A, destination: B, vlans: [7] }, 0x0800, build.ip(v4, 6, syn));
		const captured = {
			time: 0,
			namespace: "n1",
			device: "eth0",
			direction: "in",
			ethernet: true,
			vlan: 100,
			bytes: Buffer.from(bytes).toString("base64"),
			length: bytes.length,
		} as const;
		expect(decodeCaptured(captured).vlans).toEqual([100, 7]);
	});

	test("a device without a link layer begins with the IP header", () => {
		const bytes = build.ip(v4, 6, syn);
		const captured = {
			time: 0,
			namespace: "n1",
			device: "tunl0",
			direction: "out",
			ethernet: false,
			vlan: null,
			bytes: Buffer.from(bytes).toString("base64"),
			length: bytes.length,
		} as const;
		expect(decodeCaptured(captured)).toMatchObject({ ethernet: null, content: { packet: { dport: 80 } } });
	});

	test("Ethernet's padding is no part of the packet", () => {
		const padded = [...build.ip(v4, 17, build.udp(1, 2, [42])), 0, 0, 0, 0, 0, 0];
		expect(read(0x0800, padded).content).toMatchObject({ transport: { kind: "udp", payload: Uint8Array.of(42) } });
	});

	test("an ARP request", () => {
		const asked = { mac: "00:00:00:00:00:00", address: address("10.0.0.2") };
		const arp = build.arp(1, { mac: A, address: address("10.0.0.1") }, asked);
		expect(read(0x0806, arp).content).toEqual({
			kind: "arp",
			operation: 1,
			sender: { mac: A, address: address("10.0.0.1") },
			target: asked,
		});
	});

	test("an EtherType that is not an IP network's is named", () => {
		expect(read(0x88cc, [1, 2, 3]).content).toEqual({ kind: "other", etherType: 0x88cc });
	});
});

describe("IP", () => {
	test("IPv4 options are passed over", () => {
		const routerAlert = [0x94, 0x04, 0, 0];
		expect(readIp(build.ip({ ...v4, options: routerAlert }, 6, syn)).packet).toMatchObject({
			sport: 40000,
			length: 44,
		});
	});

	test("IPv6 extension headers are passed over", () => {
		const extensions = [
			{ number: 0, body: [0, 0, 0, 0, 0, 0] },
			{ number: 60, body: new Array<number>(14).fill(0) },
		];
		const { packet, transport } = readIp(build.ip({ ...v6, extensions }, 6, syn));
		expect(packet).toMatchObject({ protocol: "tcp", dport: 80, ttl: 63, length: 84 });
		expect(transport.kind).toBe("tcp");
	});

	test("the first fragment has the ports, later ones have none", () => {
		const fragment = (offset: number) =>
			[0x60, 0, 0, 0, ...build.u16(8 + 20), 44, 63]
				.concat(build.addressBytes(v6.src), build.addressBytes(v6.dst))
				.concat([6, 0, ...build.u16(offset | 1), 0, 0, 0, 9])
				.concat(syn);
		expect(readIp(fragment(0))).toMatchObject({ packet: { dport: 80 }, transport: { kind: "tcp" } });
		expect(readIp(fragment(1448))).toMatchObject({
			packet: { protocol: "tcp", dport: 0 },
			transport: { kind: "fragment", offset: 1448 },
		});
		const later = [...build.ip(v4, 6, syn)];
		later.splice(6, 2, 0x20, 185);
		expect(readIp(later).transport).toEqual({ kind: "fragment", offset: 1480 });
	});
});

describe("ICMP", () => {
	test("an error holds the packet that it is about, of which eight bytes are enough", () => {
		const about = build.ip({ ...v4, dst: address("10.9.9.9") }, 6, syn).slice(0, 28);
		const { packet, transport } = readIp(build.ip(v4, 1, build.icmpError(3, 3, about)));
		expect(packet).toMatchObject({
			protocol: "icmp",
			icmpType: 3,
			icmpCode: 3,
			payload: { kind: "icmp-error", about: { protocol: "tcp", sport: 40000, dport: 80, dst: address("10.9.9.9") } },
		});
		expect(transport).toEqual({
			kind: "icmp-error",
			about: { kind: "tcp", sport: 40000, dport: 80, seq: 0xfffffff0, ack: null, flags: null },
		});
	});

	test("an echo's identifier is the source port, as the engine keeps it", () => {
		expect(readIp(build.ip(v6, 58, build.echo(128, 77, 3, [1, 2]))).packet).toMatchObject({
			protocol: "icmpv6",
			icmpType: 128,
			sport: 77,
			dport: 0,
		});
	});

	test("neighbour discovery is told from the rest", () => {
		const solicitation = [135, 0, 0, 0, 0, 0, 0, 0, ...build.addressBytes(address("fd00::9"))];
		expect(readIp(build.ip(v6, 58, solicitation)).transport).toEqual({
			kind: "neighbour-discovery",
			type: 135,
			target: address("fd00::9"),
		});
	});
});

describe("SCTP", () => {
	test("an INIT opens, with its tag", () => {
		const { packet, transport } = readIp(build.ip(v4, 132, build.sctp(5000, 6000, 0, [build.sctpInit(1, 99)])));
		expect(packet).toMatchObject({ protocol: "sctp", sport: 5000, dport: 6000, tcpFlags: "syn" });
		expect(transport).toMatchObject({ verificationTag: 0, chunks: [{ type: 1, initiateTag: 99 }] });
	});

	test("an INIT ACK answers to that tag, an ABORT resets", () => {
		const answer = readIp(build.ip(v4, 132, build.sctp(6000, 5000, 99, [build.sctpInit(2, 7)])));
		expect(answer).toMatchObject({ packet: { tcpFlags: "syn-ack" }, transport: { verificationTag: 99 } });
		const abort = readIp(build.ip(v4, 132, build.sctp(6000, 5000, 99, [[6, 0, 0, 4]])));
		expect(abort.packet.tcpFlags).toBe("rst");
	});
});

describe("tunnels", () => {
	const inner = build.ethernet({ source: A, destination: B }, 0x86dd, build.ip(v6, 6, syn));

	test.each([4789, 8472])("VXLAN to port %i shows the frame inside", (port) => {
		const outer = readIp(build.ip(v4, 17, build.udp(55555, port, build.vxlan(42, inner))));
		expect(outer).toMatchObject({
			packet: {
				protocol: "udp",
				dport: port,
				payload: {
					kind: "vxlan",
					vni: 42,
					frame: { source: A, destination: B, vlan: null, packet: { family: 6, dport: 80 } },
				},
			},
			transport: { kind: "tcp", seq: 0xfffffff0 },
		});
	});

	test("VXLAN with ARP inside is no packet of a flow", () => {
		const arp = build.arp(1, { mac: A, address: v4.src }, { mac: B, address: v4.dst });
		const frame = build.ethernet({ source: A, destination: B }, 0x0806, arp);
		const { packet, transport } = readIp(build.ip(v4, 17, build.udp(1, 4789, build.vxlan(1, frame))));
		expect(packet.payload).toBeUndefined();
		expect(transport).toMatchObject({ kind: "vxlan", vni: 1, content: { kind: "arp" } });
	});

	test.each([
		["IPv4 in IPv4", v4, 4, v4, "ipip"],
		["IPv6 in IPv4", v4, 41, v6, "ipv6"],
		["IPv4 in IPv6", v6, 4, v4, "ipip"],
		["IPv6 in IPv6", v6, 41, v6, "ipv6"],
	] as const)("%s", (_name, outer, number, inside, protocol) => {
		const { packet } = readIp(build.ip(outer, number, build.ip(inside, 6, syn)));
		expect(packet).toMatchObject({
			protocol,
			family: outer.src.family,
			payload: { kind: "ipip", packet: { family: inside.src.family, dport: 80, tcpFlags: "syn" } },
		});
	});
});

describe("what cannot be read is said", () => {
	test.each([
		["an Ethernet header", [1, 2, 3], "ethernet"],
		["a VLAN tag", build.ethernet({ source: A, destination: B, vlans: [5] }, 0x0800, []).slice(0, 16), "vlan"],
		["an IPv4 header", build.ethernet({ source: A, destination: B }, 0x0800, [0x45, 0]), "ipv4"],
		["an IPv6 header", build.ethernet({ source: A, destination: B }, 0x86dd, [0x60, 0]), "ipv6"],
		["an ARP message", build.ethernet({ source: A, destination: B }, 0x0806, [0, 1]), "arp"],
	])("%s that is cut off", (_name, bytes, layer) => {
		const frame = decodeEthernet(build.bytesOf(bytes));
		expect(frame.content).toEqual({ kind: "undecoded", layer, why: "truncated" });
		expect(isTruncated(frame)).toBe(true);
	});

	test("the packet is there although its transport header is cut off", () => {
		const frame = read(0x0800, build.ip(v4, 6, syn).slice(0, 30));
		expect(frame.content).toMatchObject({ kind: "ip", packet: { protocol: "tcp", sport: 0 } });
		expect(isTruncated(frame)).toBe(true);
	});

	test("a header length that is too small", () => {
		expect(read(0x0800, [0x41, ...build.ip(v4, 6, syn).slice(1)]).content).toEqual({
			kind: "undecoded",
			layer: "ipv4",
			why: "malformed",
		});
	});
});
