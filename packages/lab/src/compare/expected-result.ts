/** What the client's socket must meet if a prediction is right. */
import type { Packet, PredictedWay } from "@podpath/core";
import type { ProbeResult } from "../observation.ts";
import { innermost } from "./sighting.ts";

/** A result in one word: `answered`, `timeout`, or the error of the socket. */
export type ResultWord = string;

export function wordOf(result: ProbeResult): ResultWord {
	return result.kind === "error" ? result.code : result.kind;
}

/** All that the kernel may do here, the usual first. */
export function expectedResults(way: PredictedWay): readonly ResultWord[] {
	switch (way.verdict) {
		case "delivered":
			return ["answered"];
		case "no-reply":
			return ["timeout"];
		case "loop":
			// The router where the TTL ends may say so; with a loop at layer 2 nobody does.
			return ["timeout", "EHOSTUNREACH"];
		case "refused":
		case "dropped":
		case "unreachable":
			return withoutAnswer(way);
		case "exits":
		case "unknown":
			return [];
	}
}

function withoutAnswer(way: PredictedWay): readonly ResultWord[] {
	if (failsInSend(way)) return ["EPERM"];
	if (way.refusal?.cameBack !== true) {
		const error = localError(way);
		if (error === null) return ["timeout"];
		// Three requests a second apart go unanswered before the kernel says so (neigh_sysctl: mcast_solicit, retrans_time).
		return way.code === "no-answer" ? [error, "timeout"] : [error];
	}
	const error = errorOf(way.refusal.packet);
	if (error === null) return ["timeout"];
	return way.code === "no-answer" || mayBeMissed(way.sent, error) ? [error.word, "timeout"] : [error.word];
}

/**
 * The hops of an ICMP error are compared in any case; that a socket hears of it is less certain. One that arrives while connect()
 * still holds the socket, as it always does over veth, ends it only when the SYN was sent again a second later (tcp_v4_err:
 * sk_err_soft). Without IP_RECVERR a connected datagram socket hears of fatal errors only (__udp4_lib_err), and a raw one of none.
 */
function mayBeMissed({ protocol }: Packet, { byIcmp, fatal }: SocketError): boolean {
	switch (protocol) {
		case "udp":
			return byIcmp && !fatal;
		case "icmp":
		case "icmpv6":
		case "tcp":
			return byIcmp;
		default:
			return false;
	}
}

/**
 * A packet that a rule stops before it is on any device makes the system call that sends it fail (ip_send_skb gives what
 * nf_hook_slow gave). TCP and SCTP take it for a packet that was lost, and are refused by the answer of a REJECT only.
 */
function failsInSend({ forward, client, endedAt, code, sent, facts }: PredictedWay): boolean {
	// ip_vs_leave drops it in OUTPUT, besides the error that it sends.
	if (code === "ipvs-no-server")
		return sent.protocol !== "tcp" && sent.protocol !== "sctp" && endedAt === client && forward.length === 0;
	if (facts.stolen !== undefined) return false;
	// What is dropped of a packet to oneself when it comes in again was sent already, by lo.
	if (facts.hook !== "output" && facts.hook !== "postrouting") return false;
	const byRule = code === "rule-drop" || code === "policy-drop" || code === "rule-reject";
	const repeats = sent.protocol === "tcp" || sent.protocol === "sctp";
	return byRule && !repeats && endedAt === client && forward.length === 0;
}

/** No refusal came over the wire: the client's own stack says so, where the packet never left it. */
function localError({ client, endedAt, forward, code, facts, sent }: PredictedWay): ResultWord | null {
	// What IPVS has taken is lost without its sender (ip_vs_nat_xmit: NF_STOLEN).
	if (endedAt !== client || forward.length > 0 || facts.stolen !== undefined) return null;
	// sctp_transport_route() failing is no error of connect(): the INIT is sent again, and again to nobody. The ICMP error of a
	// neighbour that does not answer is one (sctp_v4_err, sctp_v6_err).
	if (sent.protocol === "sctp" && code !== "no-answer") return null;
	// NAT or a mark sent it where no route leads (ip_route_me_harder): connect() had its route, and TCP goes on trying.
	if (facts.rerouted !== undefined && sent.protocol === "tcp") return null;
	switch (code) {
		case "no-route":
			return "ENETUNREACH";
		case "no-answer":
			return "EHOSTUNREACH";
		case "loopback-source":
			// __mkroute_output
			return "EINVAL";
		case "route-type":
			return (isRule(facts) ? RULE_TYPES : ROUTE_TYPES)[String(facts.type)] ?? null;
		default:
			return null;
	}
}

/** fib_props in net/ipv4/fib_semantics.c; fib6_prop in net/ipv6/route.c has the same. */
const ROUTE_TYPES: Readonly<Record<string, ResultWord>> = {
	blackhole: "EINVAL",
	unreachable: "EHOSTUNREACH",
	prohibit: "EACCES",
};

/** fib4_rule_action and fib6_rule_action. */
const RULE_TYPES: Readonly<Record<string, ResultWord>> = { ...ROUTE_TYPES, unreachable: "ENETUNREACH" };

function isRule({ where }: PredictedWay["facts"]): boolean {
	return String(where).startsWith("rule ");
}

export interface SocketError {
	readonly word: ResultWord;
	readonly byIcmp: boolean;
	/** The kernel's own word: a socket gives up at once instead of hoping that it passes. */
	readonly fatal: boolean;
}

/** The error that a reset or an ICMP error becomes at the socket; null: it becomes none. */
export function errorOf(refusal: Packet): SocketError | null {
	const { tcpFlags, family, icmpType = 0, icmpCode = 0 } = innermost(refusal);
	if (tcpFlags === "rst") return { word: "ECONNREFUSED", byIcmp: false, fatal: true };
	const entry = family === 4 ? errorOfIcmp(icmpType, icmpCode) : errorOfIcmpv6(icmpType, icmpCode);
	return entry === null ? null : { word: entry[0], byIcmp: true, fatal: entry[1] };
}

type Entry = readonly [word: ResultWord, fatal: boolean];

/** icmp_err_convert in net/ipv4/icmp.c, by code. */
const UNREACHABLE_V4: readonly Entry[] = [
	["ENETUNREACH", false],
	["EHOSTUNREACH", false],
	["ENOPROTOOPT", true],
	["ECONNREFUSED", true],
	["EMSGSIZE", false],
	["EOPNOTSUPP", false],
	["ENETUNREACH", true],
	["EHOSTDOWN", true],
	["ENONET", true],
	["ENETUNREACH", true],
	["EHOSTUNREACH", true],
	["ENETUNREACH", false],
	["EHOSTUNREACH", false],
	["EHOSTUNREACH", true],
	["EHOSTUNREACH", true],
	["EHOSTUNREACH", true],
];

function errorOfIcmp(type: number, code: number): Entry | null {
	if (type === 3) return UNREACHABLE_V4[code] ?? null;
	// tcp_v4_err and __udp4_lib_err: time exceeded.
	return type === 11 ? ["EHOSTUNREACH", false] : null;
}

/** tab_unreach in net/ipv6/icmp.c, by code. */
const UNREACHABLE_V6: readonly Entry[] = [
	["ENETUNREACH", false],
	["EACCES", true],
	["EHOSTUNREACH", false],
	["EHOSTUNREACH", false],
	["ECONNREFUSED", true],
	["EACCES", true],
	["EACCES", true],
];

/** icmpv6_err_convert */
function errorOfIcmpv6(type: number, code: number): Entry | null {
	switch (type) {
		case 1:
			return UNREACHABLE_V6[code] ?? ["EPROTO", true];
		case 2:
			return ["EMSGSIZE", false];
		case 3:
			return ["EHOSTUNREACH", false];
		default:
			return null;
	}
}
