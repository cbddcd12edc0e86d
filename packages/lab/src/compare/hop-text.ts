/** A device and a packet as one line each, the same for what is predicted and what is seen. */
import { type Crossing, formatEndpoint, type Packet } from "@podpath/core";
import { hasPorts, messageOf } from "./packet-difference.ts";

type Device = Pick<Crossing, "at" | "device" | "direction">;

/** `node/a eth0 out`; a fabric device is one thing that the packet passes. */
export function deviceText({ at, device, direction }: Device): string {
	return device === null ? at : `${at} ${device} ${direction}`;
}

/** `syn 10.0.0.1:40000 > 10.0.0.2:80 ttl 64`, with what is around it: `vlan 5`, `vxlan 1 A > B ttl 64 |`. */
export function packetText(packet: Packet, vlan: number | null): string {
	const tag = vlan === null ? "" : `vlan ${vlan} `;
	return `${tag}${layersOf(packet)}`;
}

function layersOf(packet: Packet): string {
	const { src, dst, ttl, payload } = packet;
	switch (payload?.kind) {
		case "ipip":
			return `${packet.protocol} ${src.text} > ${dst.text} ttl ${ttl} | ${layersOf(payload.packet)}`;
		case "vxlan": {
			const { vni, frame } = payload;
			return `vxlan ${vni} ${src.text} > ${dst.text} ttl ${ttl} | ${packetText(frame.packet, frame.vlan)}`;
		}
		case "icmp-error":
			return `${messageOf(packet)} ${endsOf(packet)} ttl ${ttl} about ${endsOf(payload.about)}`;
		default:
			return `${messageOf(packet)} ${endsOf(packet)} ttl ${ttl}`;
	}
}

function endsOf({ protocol, src, sport, dst, dport }: Packet): string {
	if (!hasPorts(protocol)) return `${src.text} > ${dst.text}`;
	return `${formatEndpoint(src, sport)} > ${formatEndpoint(dst, dport)}`;
}
