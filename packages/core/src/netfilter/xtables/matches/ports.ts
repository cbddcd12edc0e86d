/** The port options that tcp, udp and sctp share (net/netfilter/xt_tcpudp.c, xt_sctp.c: port_match). */

import { drawnSourcePorts, type Packet } from "../../../packet/packet.ts";
import { phrase } from "../../../wording/phrase.ts";
import { negateIf, type Truth } from "../../context.ts";
import { printOption, printRange, type Words } from "../words.ts";

/** A range of numbers, both ends included. */
export interface Range {
	readonly from: number;
	readonly to: number;
}

export interface NegatableRange extends Range {
	readonly negated: boolean;
}

export interface Ports {
	readonly sourcePort?: NegatableRange;
	readonly destinationPort?: NegatableRange;
}

export const PORT_OPTIONS = ["--sport", "--source-port", "--dport", "--destination-port"] as const;

/** Reads the value of the port option `name`. */
export function parsePort(name: string, words: Words): Ports {
	const range = words.range(65535);
	const port = { ...range, negated: words.takeNegation() };
	return name.startsWith("--s") ? { sourcePort: port } : { destinationPort: port };
}

export function printPorts(ports: Ports): string[] {
	const texts: string[] = [];
	const { sourcePort, destinationPort } = ports;
	if (sourcePort !== undefined) texts.push(printOption("--sport", printRange(sourcePort), sourcePort.negated));
	if (destinationPort !== undefined) {
		texts.push(printOption("--dport", printRange(destinationPort), destinationPort.negated));
	}
	return texts;
}

export function portsMatch(ports: Ports, packet: Packet): Truth {
	const { sourcePort, destinationPort } = ports;
	if (destinationPort !== undefined && !inRange(destinationPort, packet.dport)) return false;
	return sourcePort === undefined || negateIf(sourcePort.negated, isSourcePortIn(sourcePort, packet));
}

/** Whether the packet's source port is in the range, which is not always known of a port that was drawn. */
export function isSourcePortIn({ from, to }: Range, packet: Packet): Truth {
	const drawn = drawnSourcePorts(packet);
	if (drawn === null) return packet.sport >= from && packet.sport <= to;
	if (drawn.from >= from && drawn.to <= to) return true;
	return drawn.to < from || drawn.from > to ? false : { unknown: phrase("port-drawn") };
}

export function inRange(range: NegatableRange, value: number): boolean {
	return (value >= range.from && value <= range.to) !== range.negated;
}
