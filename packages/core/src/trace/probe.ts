/** The packets of a question: the opening that the client sends, and the server's answer to it. */
import type { Packet } from "../packet/packet.ts";
import { type Plan, protocolOf } from "./plan.ts";

/** Bytes of a SYN with usual options, an empty datagram with a small payload, an INIT, and `ping`'s 56 bytes. */
const LENGTHS: Readonly<Record<string, number>> = { tcp: 60, udp: 60, sctp: 68, icmp: 84, icmpv6: 104 };

export function probe(plan: Plan): Packet {
	const { source, target, protocol } = plan;
	const { family } = target.address;
	const name = protocolOf(protocol, target.address);
	const echo = protocol === "icmp";
	return {
		family,
		src: source,
		dst: target.address,
		protocol: name,
		sport: echo ? 0 : plan.sourcePort,
		dport: echo ? 0 : target.port,
		...(protocol === "tcp" || protocol === "sctp" ? { tcpFlags: "syn" as const } : {}),
		...(echo ? { icmpType: family === 4 ? 8 : 128, icmpCode: 0 } : {}),
		ttl: 64,
		length: LENGTHS[name] ?? 60,
		// Linux discovers the path MTU for every protocol unless a socket says otherwise (ip_no_pmtu_disc).
		dontFragment: true,
	};
}

/** What the server sends back for a packet that reached it. */
export function answerTo(packet: Packet): Packet {
	const { src, dst, sport, dport, family } = packet;
	const back = { ...packet, src: dst, dst: src, ttl: 64 };
	switch (packet.protocol) {
		case "tcp":
		case "sctp":
			return { ...back, sport: dport, dport: sport, tcpFlags: "syn-ack" };
		case "icmp":
		case "icmpv6":
			return { ...back, icmpType: family === 4 ? 0 : 129 };
		default:
			return { ...back, sport: dport, dport: sport };
	}
}

/** Whether a packet is what the client's socket waits for after it sent `sent`. */
export function isAnswerTo(packet: Packet, sent: Packet): boolean {
	return (
		packet.protocol === sent.protocol &&
		packet.src.text === sent.dst.text &&
		packet.dst.text === sent.src.text &&
		packet.sport === sent.dport &&
		packet.dport === sent.sport &&
		packet.payload === undefined
	);
}
