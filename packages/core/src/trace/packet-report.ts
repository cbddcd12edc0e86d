/** A packet as an answer tells of it: the inner one of a tunnel, with the header around it. */
import type { Hop } from "../kernel/walk.ts";
import type { Packet } from "../packet/packet.ts";
import type { ExplainedPacket, OuterHeader } from "./explanation.ts";

export function explainPacket({ packet, mark, ethernet, vlan }: Hop): ExplainedPacket {
	const { src, dst, protocol, sport, dport, ttl, icmpType, icmpCode } = insideOf(packet);
	const outer = outerOf(packet);
	const told =
		ethernet === null
			? { src: src.text, dst: dst.text, protocol, sport, dport, ttl, mark, outer, vlan }
			: {
					src: src.text,
					dst: dst.text,
					protocol,
					sport,
					dport,
					ttl,
					mark,
					outer,
					vlan,
					ethernet: { src: ethernet.source, dst: ethernet.destination },
				};
	return icmpType === undefined ? told : { ...told, icmp: { type: icmpType, code: icmpCode ?? 0 } };
}

/** What a tunnel carries, or the packet itself. */
export function insideOf(packet: Packet): Packet {
	const { payload } = packet;
	switch (payload?.kind) {
		case "ipip":
			return payload.packet;
		case "vxlan":
			return payload.frame.packet;
		default:
			return packet;
	}
}

/** The header of a tunnel's outer packet; null: it is none. */
export function outerOf({ src, dst, dport, payload }: Packet): OuterHeader | null {
	switch (payload?.kind) {
		case "ipip":
			return { kind: "ipip", src: src.text, dst: dst.text };
		case "vxlan":
			return { kind: "vxlan", src: src.text, dst: dst.text, vni: payload.vni, dport };
		default:
			return null;
	}
}
