/** Header fields (net/netfilter/nft_payload.c; src/proto.c of nftables). */

import { drawnSourcePorts, type Packet } from "../../../packet/packet.ts";
import { phrase } from "../../../wording/phrase.ts";
import type { RuleContext } from "../../context.ts";
import { type TypeName, typedValue } from "../datatype.ts";
import { addressValue, numberValue, wordValue } from "../element.ts";
import { ABSENT, type Worth, worth } from "../evaluation.ts";
import { objectOf, stringAt } from "../json/json.ts";
import { ParseFailure } from "../parse-failure.ts";
import { BIT_TYPES } from "../symbols.ts";
import type { ExpressionExtension } from "./extension.ts";

/** `ip saddr`, `tcp dport`, `th dport` … */
export interface PayloadExpression {
	readonly kind: "payload";
	readonly protocol: string;
	readonly field: string;
}

const PORTS: Readonly<Record<string, TypeName>> = { sport: "inet_service", dport: "inet_service" };

/** Headers, their fields and the fields' types. */
const HEADERS: Readonly<Record<string, Readonly<Record<string, TypeName>>>> = {
	ether: { saddr: "ether_addr", daddr: "ether_addr", type: "ether_type" },
	vlan: { id: "integer", pcp: "integer", dei: "integer", type: "ether_type" },
	arp: { operation: undefined, htype: "integer", ptype: "ether_type" },
	ip: {
		saddr: "ipv4_addr",
		daddr: "ipv4_addr",
		protocol: "inet_proto",
		ttl: "integer",
		length: "integer",
		version: "integer",
		hdrlength: "integer",
		dscp: "dscp",
		ecn: undefined,
		id: "integer",
		"frag-off": "integer",
		checksum: "integer",
	},
	ip6: {
		saddr: "ipv6_addr",
		daddr: "ipv6_addr",
		nexthdr: "inet_proto",
		hoplimit: "integer",
		length: "integer",
		version: "integer",
		dscp: "dscp",
		ecn: undefined,
		flowlabel: "integer",
	},
	tcp: {
		...PORTS,
		flags: "tcp_flag",
		sequence: "integer",
		ackseq: "integer",
		doff: "integer",
		window: "integer",
		checksum: "integer",
		urgptr: "integer",
	},
	udp: { ...PORTS, length: "integer", checksum: "integer" },
	udplite: { ...PORTS, checksum: "integer" },
	sctp: { ...PORTS, vtag: "integer", checksum: "integer" },
	dccp: { ...PORTS, type: undefined },
	th: PORTS,
	icmp: {
		type: "icmp_type",
		code: "icmp_code",
		id: "integer",
		sequence: "integer",
		checksum: "integer",
		mtu: "integer",
		gateway: "integer",
	},
	icmpv6: {
		type: "icmpv6_type",
		code: "icmpv6_code",
		id: "integer",
		sequence: "integer",
		checksum: "integer",
		mtu: "integer",
	},
	igmp: { type: undefined, group: "ipv4_addr" },
	esp: { spi: "integer", sequence: "integer" },
	ah: { spi: "integer", sequence: "integer", nexthdr: "inet_proto" },
};

export const payloadExtension: ExpressionExtension<PayloadExpression> = {
	words: Object.keys(HEADERS),
	parse: (protocol, reader) => payloadOf(protocol, reader.word()),
	keys: ["payload"],
	fromJson: (_, value) => {
		const payload = objectOf(value, "payload");
		return payloadOf(stringAt(payload, "protocol"), stringAt(payload, "field"));
	},
	print: ({ protocol, field }) => `${protocol} ${field}`,
	toJson: ({ protocol, field }) => ({ payload: { protocol, field } }),
	types: ({ protocol, field }) => [HEADERS[protocol]?.[field]],
	evaluate: ({ protocol, field }, { at }) => fieldOf(protocol, field, at),
};

function payloadOf(protocol: string, field: string): PayloadExpression {
	const fields = Object.hasOwn(HEADERS, protocol) ? HEADERS[protocol] : undefined;
	if (fields === undefined || !Object.hasOwn(fields, field))
		throw new ParseFailure(phrase("no-field", { text: `${protocol} ${field}` }));
	return { kind: "payload", protocol, field };
}

/** A field of a header that the packet does not have is absent: nft puts a test of the protocol before. */
function fieldOf(protocol: string, field: string, at: RuleContext): Worth {
	const { packet } = at;
	switch (protocol) {
		case "ip":
			return packet.family === 4 ? ipField(field, packet) : ABSENT;
		case "ip6":
			return packet.family === 6 ? ipField(field, packet) : ABSENT;
		case "th":
			return PORT_PROTOCOLS.has(packet.protocol) ? transportField(field, packet) : ABSENT;
		case "tcp":
		case "udp":
		case "sctp":
			return packet.protocol === protocol ? transportField(field, packet) : ABSENT;
		case "icmp":
		case "icmpv6":
			return packet.protocol === protocol ? icmpField(field, packet) : ABSENT;
		case "ether":
			return field === "saddr" && at.sourceMac !== null
				? worth(wordValue(at.sourceMac))
				: { unknown: phrase("as-written", { text: `ether ${field}` }) };
		default:
			return { unknown: phrase("as-written", { text: `${protocol} ${field}` }) };
	}
}

const PORT_PROTOCOLS: ReadonlySet<string> = new Set(["tcp", "udp", "sctp"]);

function ipField(field: string, packet: Packet): Worth {
	switch (field) {
		case "saddr":
			return worth(addressValue(packet.src));
		case "daddr":
			return worth(addressValue(packet.dst));
		case "protocol":
		case "nexthdr":
			return worth(wordValue(packet.protocol));
		case "ttl":
		case "hoplimit":
			return worth(numberValue(packet.ttl));
		case "length":
			// The payload length of IPv6 leaves its header out (RFC 8200).
			return worth(numberValue(packet.family === 4 ? packet.length : packet.length - 40));
		case "version":
			return worth(numberValue(packet.family));
		default:
			return { unknown: phrase("as-written", { text: `${packet.family === 4 ? "ip" : "ip6"} ${field}` }) };
	}
}

function transportField(field: string, packet: Packet): Worth {
	if (field === "sport") return sourcePort(packet);
	if (field === "dport") return worth(numberValue(packet.dport));
	if (field === "flags" && packet.tcpFlags !== undefined) {
		const flags = packet.tcpFlags.split("-").reduce((all, flag) => all | tcpFlag(flag), 0);
		return worth(typedValue(flags, "tcp_flag"));
	}
	return { unknown: phrase("as-written", { text: `${packet.protocol} ${field}` }) };
}

function sourcePort(packet: Packet): Worth {
	const drawn = drawnSourcePorts(packet);
	if (drawn === null) return worth(numberValue(packet.sport));
	return { kind: "parts", parts: [{ kind: "range", from: numberValue(drawn.from), to: numberValue(drawn.to) }] };
}

function tcpFlag(name: string): number {
	return BIT_TYPES.tcp_flag?.numbers.get(name) ?? 0;
}

function icmpField(field: string, packet: Packet): Worth {
	const number = field === "type" ? packet.icmpType : field === "code" ? packet.icmpCode : undefined;
	return number === undefined
		? { unknown: phrase("as-written", { text: `${packet.protocol} ${field}` }) }
		: worth(numberValue(number));
}
