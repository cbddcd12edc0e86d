/** What a lab has to build. */
import { explain, type Place, type Question, type Subject } from "@podpath/core";

/** So many are built in seconds. Kernels refuse more namespaces somewhere above a thousand. */
const MOST_PLACES = 100;

/**
 * All places of the network, and those that only a question makes: clients on the Internet. Of a network that is too large for
 * a lab those that a predicted way passes, each pod with its node; a packet that went anywhere else would be lost there, which
 * the comparison shows.
 *
 * @throws {InputError} For a question that such a network cannot be asked.
 */
export function placesFor(subject: Subject, question?: Question): readonly Place[] {
	const all = subject.network.places();
	if (question === undefined) return all;
	const asked = [question.from, question.to].filter((place) => place.startsWith("internet/"));
	if (all.length <= MOST_PLACES) return [...all, ...asked];
	const passed = placesOnWays(subject, question);
	return [...all.filter((place) => passed.has(place)), ...asked];
}

function placesOnWays(subject: Subject, question: Question): ReadonlySet<Place> {
	const ways = explain(subject, question).paths.flatMap(({ forward, reply, refusal }) => [forward, reply, refusal]);
	const met = new Set(ways.flatMap((way) => way?.hops.map(({ at }) => at) ?? []));
	for (const place of [...met]) {
		const node = subject.cluster.podAt(place)?.nodeName;
		if (node !== undefined) met.add(`node/${node}`);
	}
	return met;
}
