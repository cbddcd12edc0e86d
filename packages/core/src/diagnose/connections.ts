/** Connections that nodes remember and that lead packets elsewhere than a new one would go. */
import { printConntrack } from "../emit/conntrack.ts";
import type { ConntrackEntry } from "../state/conntrack.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Question } from "../trace/question.ts";
import { type Difference, namespaceRepair } from "./difference.ts";
import type { Fate } from "./fate.ts";

export interface Remembered {
	readonly difference: Difference;
	/** The question with the connection's own port. */
	readonly question: Question;
}

/** Every port that a client used would be a question of its own. */
const MOST_CONNECTIONS = 16;

/** Connections between the same two, by the protocol of the question, that the stacks on its way know. */
export function rememberedConnections(network: Network, question: Question, fate: Fate): readonly Remembered[] {
	const sent = fate.walked[0]?.sent;
	if (sent === undefined) return [];
	const found = new Map<string, { readonly question: Question; readonly entries: [Place, ConntrackEntry][] }>();
	for (const place of fate.met) {
		for (const entry of network.namespace(place)?.conntrack ?? []) {
			const { src, dst, protocol, sport, dport } = entry.original;
			if (protocol !== sent.protocol || dst.text !== sent.dst.text || dport !== sent.dport) continue;
			if (src.text !== sent.src.text || (question.sourcePort !== undefined && question.sourcePort !== sport)) continue;
			const asked = { ...question, sourcePort: sport };
			const key = String(sport);
			const known = found.get(key) ?? { question: asked, entries: [] };
			known.entries.push([place, entry]);
			found.set(key, known);
		}
	}
	return [...found.values()]
		.slice(0, MOST_CONNECTIONS)
		.flatMap(({ question: asked, entries }) =>
			entries.map(([place, entry]) => ({ question: asked, difference: connectionDifference(place, entry) })),
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
		fix: `conntrack -D ${words}`,
		consequences: [],
	};
}
