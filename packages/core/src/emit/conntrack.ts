/** Connections as `conntrack -L -o extended` prints them. */
import { PROTOCOL_NUMBERS } from "../packet/packet.ts";
import type { ConntrackEntry, Tuple } from "../state/conntrack.ts";
import { asLines, joinWords } from "./batch.ts";

/** The entries as printed: the parser reads them back. Their timeouts are not known and stand as 0. */
export function printConntrack(entries: readonly ConntrackEntry[]): string {
	return asLines(entries.map(printEntry));
}

function printEntry(entry: ConntrackEntry): string {
	const { original, reply, status } = entry;
	const { protocol } = original;
	const number = PROTOCOL_NUMBERS[protocol] ?? protocol;
	const unreplied = status.filter((word) => word === "UNREPLIED");
	const rest = status.filter((word) => word !== "UNREPLIED");
	return joinWords([
		original.src.family === 4 ? "ipv4     2" : "ipv6     10",
		(PROTOCOL_NUMBERS[protocol] === undefined ? "unknown" : protocol).padEnd(8),
		number,
		0,
		entry.state,
		tupleText(original),
		...unreplied.map((word) => `[${word}]`),
		tupleText(reply),
		...rest.map((word) => `[${word}]`),
		`mark=${entry.mark}`,
		entry.zone === 0 ? undefined : `zone=${entry.zone}`,
		"use=1",
	]);
}

/** ICMP type and code of the side are not kept: an echo request's, and its answer's, stand for them. */
function tupleText({ src, dst, protocol, sport, dport }: Tuple): string {
	const addresses = `src=${src.text} dst=${dst.text}`;
	switch (protocol) {
		case "tcp":
		case "udp":
		case "sctp":
			return `${addresses} sport=${sport} dport=${dport}`;
		case "icmp":
			return `${addresses} type=8 code=0 id=${sport}`;
		case "icmpv6":
			return `${addresses} type=128 code=0 id=${sport}`;
		default:
			return addresses;
	}
}
