/** Connections that nodes remember and that lead packets to where a new one would not go. */
import { formatEndpoint } from "../address/address.ts";
import { printConntrack } from "../emit/conntrack.ts";
import type { ConntrackEntry } from "../state/conntrack.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Question } from "../trace/question.ts";
import { type Difference, namespaceRepair } from "./difference.ts";
import type { Fate } from "./fate.ts";

export interface StaleConnection {
	readonly difference: Difference;
	/** Where it leads, as `ADDRESS:PORT`. */
	readonly server: string;
	/** The question with the connection's own port. */
	readonly question: Question;
}

/**
 * Entries of the stacks on the way, between the question's client and target, that translate to a server which no new
 * connection would get: conntrack asks no rule about packets that have an entry.
 */
export function staleConnections(
	network: Network,
	question: Question,
	now: Fate,
	goal: Fate,
): readonly StaleConnection[] {
	const sent = now.walked[0]?.sent;
	if (sent === undefined) return [];
	const servers = new Set(goal.walked.map(({ forwardEnd: { packet } }) => formatEndpoint(packet.dst, packet.dport)));
	return now.met.flatMap((place) =>
		(network.namespace(place)?.conntrack ?? []).flatMap((entry): readonly StaleConnection[] => {
			const { src, dst, protocol, sport, dport } = entry.original;
			const between = src.text === sent.src.text && dst.text === sent.dst.text && dport === sent.dport;
			if (protocol !== sent.protocol || !between) return [];
			if (question.sourcePort !== undefined && question.sourcePort !== sport) return [];
			const server = formatEndpoint(entry.reply.src, entry.reply.sport);
			if (entry.reply.src.text === dst.text || servers.has(server)) return [];
			return [{ difference: connectionDifference(place, entry), server, question: { ...question, sourcePort: sport } }];
		}),
	);
}

function connectionDifference(place: Place, entry: ConntrackEntry): Difference {
	const { src, dst, protocol, sport, dport } = entry.original;
	const words = `-p ${protocol} -s ${src.text} -d ${dst.text} --sport ${sport} --dport ${dport}`;
	return {
		code: "stale-conntrack",
		place,
		part: "conntrack",
		change: "extra",
		device: null,
		subject: words,
		expected: null,
		actual: { text: printConntrack([entry]).trim().replace(/\s+/g, " "), origin: { component: "kernel" } },
		repairs: [
			namespaceRepair(place, (namespace) => ({
				...namespace,
				conntrack: namespace.conntrack.filter((each) => each !== entry),
			})),
		],
		fix: { command: `conntrack -D ${words}` },
		consequences: [],
	};
}
