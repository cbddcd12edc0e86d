/** The packet that a predicted way begins with, as something to send. */
import type { Packet, Place, PredictedWay } from "@podpath/core";
import { expectedResults } from "../compare/expected-result.ts";
import type { Probe } from "../observation.ts";

/** With six ways of one weight each, fewer than 2 in 10,000 questions leave one of them unseen after as many. */
export const MOST_PROBES = 60;

/**
 * How long an answer may take, in milliseconds: it comes in less than ten, but the machine may have other work, and a router
 * gives up asking for a neighbour after three tries of a second each (mcast_solicit).
 */
const ANSWER_MS = 4_000;
/** How long silence is listened to, where nothing but silence is predicted. */
const SILENCE_MS = 150;

/** Null where the ways cannot be compared: nobody of the lab sends, or what happens is left open. */
export function probeFor(ways: readonly PredictedWay[], names: ReadonlyMap<Place, string>): Probe | null {
	const [way] = ways;
	const namespace = way?.client == null ? undefined : names.get(way.client);
	if (way === undefined || namespace === undefined) return null;
	if (ways.every(({ verdict }) => verdict === "unknown")) return null;
	const results = ways.flatMap(expectedResults);
	const { src, dst, sport, dport } = way.sent;
	const protocol = probeProtocol(way.sent);
	if (protocol === null) return null;
	return {
		namespace,
		protocol,
		source: src.text,
		destination: dst.text,
		...(protocol === "icmp" ? {} : { sourcePort: sport, port: dport }),
		timeoutMs: results.every((word) => word === "timeout") ? SILENCE_MS : ANSWER_MS,
		conntrackOf: stacksOf(ways, names),
	};
}

/** The namespaces whose connection tracking tables a way may touch; the lab's fabric tracks for itself. */
function stacksOf(ways: readonly PredictedWay[], names: ReadonlyMap<Place, string>): readonly string[] {
	const crossed = ways.flatMap(({ forward }) => forward.filter(({ device }) => device !== null));
	const places = new Set([...crossed, ...ways.flatMap(({ conntrack }) => conntrack)].map(({ at }) => at));
	return [...places].map((place) => names.get(place)).filter((name) => name !== undefined);
}

/** Null for protocols that no program of the lab speaks. */
export function probeProtocol({ protocol }: Packet): Probe["protocol"] | null {
	return protocol === "icmpv6" ? "icmp" : (PROTOCOLS.find((each) => each === protocol) ?? null);
}

const PROTOCOLS: readonly Probe["protocol"][] = ["tcp", "udp", "sctp", "icmp"];
