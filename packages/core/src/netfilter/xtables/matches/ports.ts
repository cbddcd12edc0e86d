/** The port options that tcp, udp and sctp share (net/netfilter/xt_tcpudp.c, xt_sctp.c: port_match). */
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

export function portsMatch(ports: Ports, packet: { readonly sport: number; readonly dport: number }): boolean {
	const { sourcePort, destinationPort } = ports;
	return (
		(sourcePort === undefined || inRange(sourcePort, packet.sport)) &&
		(destinationPort === undefined || inRange(destinationPort, packet.dport))
	);
}

export function inRange(range: NegatableRange, value: number): boolean {
	return (value >= range.from && value <= range.to) !== range.negated;
}
