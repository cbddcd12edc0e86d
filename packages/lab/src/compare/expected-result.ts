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
	const error = way.refusal?.cameBack === true ? errorOf(way.refusal.packet) : localError(way);
	if (error === null) return ["timeout"];
	return mayComeLate(way) ? [error, "timeout"] : [error];
}

/**
 * Three requests for a neighbour, a second apart, go unanswered before the kernel says so (neigh_sysctl: mcast_solicit,
 * retrans_time). And an ICMP error that arrives while connect() still holds the socket ends it only when the SYN was sent again,
 * a second later (tcp_v4_err: sk_err_soft); over veth it always does (Linux 6.18). The answer's hops are compared either way.
 */
function mayComeLate({ code, sent, refusal }: PredictedWay): boolean {
	const byIcmp = refusal !== null && innermost(refusal.packet).icmpType !== undefined;
	return code === "no-answer" || (sent.protocol === "tcp" && byIcmp);
}

/**
 * A packet that a rule stops before it is on any device makes the system call that sends it fail (ip_send_skb gives what
 * nf_hook_slow gave). TCP and SCTP take it for a packet that was lost, and are refused by the answer of a REJECT only.
 */
function failsInSend({ forward, client, endedAt, code, sent }: PredictedWay): boolean {
	const byRule = code === "rule-drop" || code === "policy-drop" || code === "rule-reject";
	const repeats = sent.protocol === "tcp" || sent.protocol === "sctp";
	return byRule && !repeats && endedAt === client && forward.length === 0;
}

/** No refusal came over the wire: the client's own stack says so, where the packet never left it. */
function localError({ client, endedAt, forward, code, facts }: PredictedWay): ResultWord | null {
	if (endedAt !== client || forward.length > 0) return null;
	switch (code) {
		case "no-route":
			return "ENETUNREACH";
		case "no-answer":
			return "EHOSTUNREACH";
		case "route-type":
			return ROUTE_TYPES[String(facts.type)] ?? null;
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

/** The error that a reset or an ICMP error becomes at the socket; null: it becomes none. */
export function errorOf(refusal: Packet): ResultWord | null {
	const { tcpFlags, family, icmpType = 0, icmpCode = 0 } = innermost(refusal);
	if (tcpFlags === "rst") return "ECONNREFUSED";
	return family === 4 ? errorOfIcmp(icmpType, icmpCode) : errorOfIcmpv6(icmpType, icmpCode);
}

/** icmp_err_convert in net/ipv4/icmp.c, by code. */
const UNREACHABLE_V4: readonly ResultWord[] = [
	"ENETUNREACH",
	"EHOSTUNREACH",
	"ENOPROTOOPT",
	"ECONNREFUSED",
	"EMSGSIZE",
	"EOPNOTSUPP",
	"ENETUNREACH",
	"EHOSTDOWN",
	"ENONET",
	"ENETUNREACH",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"EHOSTUNREACH",
	"EHOSTUNREACH",
	"EHOSTUNREACH",
	"EHOSTUNREACH",
];

function errorOfIcmp(type: number, code: number): ResultWord | null {
	if (type === 3) return UNREACHABLE_V4[code] ?? null;
	// tcp_v4_err and __udp4_lib_err: time exceeded.
	return type === 11 ? "EHOSTUNREACH" : null;
}

/** tab_unreach in net/ipv6/icmp.c, by code. */
const UNREACHABLE_V6: readonly ResultWord[] = [
	"ENETUNREACH",
	"EACCES",
	"EHOSTUNREACH",
	"EHOSTUNREACH",
	"ECONNREFUSED",
	"EACCES",
	"EACCES",
];

function errorOfIcmpv6(type: number, code: number): ResultWord | null {
	switch (type) {
		case 1:
			return UNREACHABLE_V6[code] ?? "EPROTO";
		case 2:
			return "EMSGSIZE";
		case 3:
			return "EHOSTUNREACH";
		default:
			return null;
	}
}
