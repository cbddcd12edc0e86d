/** What an expression is worth for a packet (net/netfilter/nft_payload.c, nft_meta.c, nft_ct.c, nft_fib.c, nft_numgen.c). */
import { PROTOCOL_NUMBERS } from "../../packet/packet.ts";
import type { PacketConnection, RuleContext, Unknowable } from "../context.ts";
import { addressValue, numberValue, type Scalar, scalarText, wordValue } from "./element.ts";
import { lookUp } from "./look-up.ts";
import type { NftTable } from "./ruleset.ts";
import type { Expression } from "./statement.ts";

/**
 * The parts of a value; or several words of which each holds (flags); or nothing, where the packet has no such field and
 * the rule therefore does not match; or why it cannot be told.
 */
export type Worth =
	| { readonly kind: "parts"; readonly parts: readonly Scalar[] }
	| { readonly kind: "words"; readonly words: readonly string[] }
	| { readonly kind: "absent" }
	| Unknowable;

const ABSENT: Worth = { kind: "absent" };

export function isUnknown(worth: Worth): worth is Unknowable {
	return "unknown" in worth;
}

export function evaluate(expression: Expression, table: NftTable, at: RuleContext): Worth {
	switch (expression.kind) {
		case "value":
			return parts(expression.value);
		case "payload":
			return payloadOf(expression.protocol, expression.field, at);
		case "meta":
			return metaOf(expression.key, at);
		case "ct":
			return ctOf(expression.key, expression.direction, at);
		case "fib":
			return fibOf(expression, at);
		case "numgen":
			return chosen(expression, "numgen", at);
		case "hash":
			return chosen(expression, "hash", at);
		case "concatenation":
			return concatenated(expression.parts, table, at);
		case "binary":
			return computed(expression, table, at);
		case "map":
			return mapped(expression, table, at);
		case "other":
			return { unknown: `expression "${expression.text}"` };
	}
}

function parts(...values: readonly Scalar[]): Worth {
	return { kind: "parts", parts: values };
}

function payloadOf(protocol: string, field: string, at: RuleContext): Worth {
	const { packet } = at;
	switch (protocol) {
		case "ip":
			return packet.family === 4 ? ipField(field, at) : ABSENT;
		case "ip6":
			return packet.family === 6 ? ipField(field, at) : ABSENT;
		case "tcp":
		case "udp":
		case "sctp":
			return packet.protocol === protocol ? transportField(field, at) : ABSENT;
		case "th":
			return ["tcp", "udp", "sctp"].includes(packet.protocol) ? transportField(field, at) : ABSENT;
		case "icmp":
		case "icmpv6":
			if (packet.protocol !== protocol) return ABSENT;
			if (field === "type" && packet.icmpType !== undefined) return parts(numberValue(packet.icmpType));
			if (field === "code" && packet.icmpCode !== undefined) return parts(numberValue(packet.icmpCode));
			return { unknown: `${protocol} ${field}` };
		case "ether":
			return field === "saddr" && at.sourceMac !== null
				? parts(wordValue(at.sourceMac))
				: { unknown: `ether ${field}` };
		default:
			return { unknown: `${protocol} ${field}` };
	}
}

function ipField(field: string, { packet }: RuleContext): Worth {
	switch (field) {
		case "saddr":
			return parts(addressValue(packet.src));
		case "daddr":
			return parts(addressValue(packet.dst));
		case "protocol":
		case "nexthdr":
			return parts(wordValue(packet.protocol));
		case "ttl":
		case "hoplimit":
			return parts(numberValue(packet.ttl));
		case "length":
			return parts(numberValue(packet.length));
		case "version":
			return parts(numberValue(packet.family));
		default:
			return { unknown: `ip ${field}` };
	}
}

function transportField(field: string, { packet }: RuleContext): Worth {
	switch (field) {
		case "sport":
			return parts(numberValue(packet.sport));
		case "dport":
			return parts(numberValue(packet.dport));
		case "flags":
			return packet.tcpFlags === undefined
				? { unknown: "tcp flags" }
				: { kind: "words", words: packet.tcpFlags.split("-") };
		default:
			return { unknown: `${packet.protocol} ${field}` };
	}
}

/** nft knows `icmpv6` as `ipv6-icmp` too. */
function metaOf(key: string, at: RuleContext): Worth {
	switch (key) {
		case "iifname":
		case "iif":
			return parts(wordValue(at.inDevice ?? ""));
		case "oifname":
		case "oif":
			return parts(wordValue(at.outDevice ?? ""));
		case "l4proto":
			return parts(wordValue(at.packet.protocol));
		case "nfproto":
			return parts(wordValue(at.family === 4 ? "ipv4" : "ipv6"));
		case "protocol":
			return parts(wordValue(at.family === 4 ? "ip" : "ip6"));
		case "mark":
			return parts(numberValue(at.mark));
		case "length":
			return parts(numberValue(at.packet.length));
		case "pkttype":
			return parts(wordValue("host"));
		default:
			return { unknown: `meta ${key}` };
	}
}

function ctOf(key: string, direction: "original" | "reply" | undefined, at: RuleContext): Worth {
	const { connection } = at;
	if (key === "state") return parts(wordValue(connection?.state ?? "untracked"));
	// Without a connection the expression breaks off and the rule does not match (nft_ct_get_eval).
	if (connection === null || connection.state === "invalid" || connection.state === "untracked") return ABSENT;
	switch (key) {
		case "mark":
			return parts(numberValue(connection.mark));
		case "direction":
			return parts(wordValue(connection.direction));
		case "status":
			return { kind: "words", words: statusOf(connection) };
		case "protocol":
		case "l3proto":
			return parts(wordValue(key === "protocol" ? at.packet.protocol : at.family === 4 ? "ipv4" : "ipv6"));
		case "zone":
			return parts(numberValue(0));
		default:
			return tupleField(key, direction, connection);
	}
}

function statusOf(connection: PacketConnection): readonly string[] {
	return [
		...(connection.state === "established" ? ["seen-reply", "confirmed"] : []),
		...(connection.destinationNat ? ["dnat"] : []),
		...(connection.sourceNat ? ["snat"] : []),
	];
}

function tupleField(key: string, direction: "original" | "reply" | undefined, connection: PacketConnection): Worth {
	const reply = (direction ?? connection.direction) === "reply";
	switch (key.replace(/^(ip|ip6) /, "")) {
		case "saddr":
			return parts(addressValue(reply ? connection.replySource : connection.originalSource));
		case "daddr":
			return parts(addressValue(reply ? connection.replyDestination : connection.originalDestination));
		case "proto-src":
			return parts(numberValue(reply ? connection.replySourcePort : connection.originalSourcePort));
		case "proto-dst":
			return parts(numberValue(reply ? connection.replyDestinationPort : connection.originalDestinationPort));
		default:
			return { unknown: `ct ${key}` };
	}
}

function fibOf({ result, flags }: Extract<Expression, { kind: "fib" }>, at: RuleContext): Worth {
	const address = flags.includes("saddr") ? at.packet.src : at.packet.dst;
	if (result === "type") {
		const device = flags.includes("iif") ? at.inDevice : flags.includes("oif") ? at.outDevice : null;
		const type = at.addressType(address, device);
		return typeof type === "object" ? type : parts(wordValue(type.toLowerCase()));
	}
	const iif = flags.includes("iif") && at.inDevice !== null ? { iif: at.inDevice } : {};
	const device = at.routeDevice(address, { withMark: flags.includes("mark"), ...iif });
	if (device !== null && typeof device === "object") return device;
	// `fib saddr . iif oif missing` compares with 0, no device.
	return parts(device === null ? numberValue(0) : wordValue(device));
}

function chosen(of: { readonly modulus: number; readonly offset: number }, about: string, at: RuleContext): Worth {
	if (of.modulus < 1 || of.modulus > 65536) return { unknown: `${about} mod ${of.modulus}` };
	const index = of.modulus === 1 ? 0 : at.choose(new Array<number>(of.modulus).fill(1), `${about} mod ${of.modulus}`);
	return parts(numberValue(of.offset + index));
}

function concatenated(expressions: readonly Expression[], table: NftTable, at: RuleContext): Worth {
	const all: Scalar[] = [];
	for (const each of expressions) {
		const worth = evaluate(each, table, at);
		if (isUnknown(worth) || worth.kind === "absent") return worth;
		if (worth.kind === "words") return { unknown: "flags in a concatenation" };
		all.push(...worth.parts);
	}
	return { kind: "parts", parts: all };
}

function computed(
	{ operator, left, right }: Extract<Expression, { kind: "binary" }>,
	table: NftTable,
	at: RuleContext,
): Worth {
	const a = evaluate(left, table, at);
	const b = evaluate(right, table, at);
	if (isUnknown(a) || a.kind === "absent") return a;
	if (isUnknown(b) || b.kind === "absent") return b;
	const x = numberOf(a);
	const y = numberOf(b);
	if (x === undefined || y === undefined) return { unknown: `"${operator}" of what is no number` };
	return parts(numberValue(combine(operator, x, y)));
}

function numberOf(worth: Exclude<Worth, Unknowable>): number | undefined {
	const only = worth.kind === "parts" && worth.parts.length === 1 ? worth.parts[0] : undefined;
	return only?.kind === "number" ? only.number : undefined;
}

function combine(operator: "&" | "|" | "^" | "<<" | ">>", x: number, y: number): number {
	switch (operator) {
		case "&":
			return (x & y) >>> 0;
		case "|":
			return (x | y) >>> 0;
		case "^":
			return (x ^ y) >>> 0;
		case "<<":
			return (x << y) >>> 0;
		case ">>":
			return x >>> y;
	}
}

function mapped({ key, map }: Extract<Expression, { kind: "map" }>, table: NftTable, at: RuleContext): Worth {
	const worth = evaluate(key, table, at);
	if (isUnknown(worth) || worth.kind === "absent") return worth;
	if (worth.kind === "words") return { unknown: "flags as the key of a map" };
	const found = lookUp(map, worth.parts, table);
	if (found === undefined) return ABSENT;
	if ("unknown" in found) return found;
	return Array.isArray(found.value)
		? { kind: "parts", parts: found.value as readonly Scalar[] }
		: { unknown: "a verdict as a value" };
}

/** Whether two values are the same; protocols may be written by number. */
export function sameScalar(a: Scalar, b: Scalar): boolean {
	if (a.kind === b.kind) return scalarText(a) === scalarText(b);
	if (a.kind === "word" && b.kind === "number") return protocolNumber(a.word) === b.number;
	return a.kind === "number" && b.kind === "word" && protocolNumber(b.word) === a.number;
}

function protocolNumber(word: string): number | undefined {
	return PROTOCOL_NUMBERS[word === "ipv6-icmp" ? "icmpv6" : word];
}
