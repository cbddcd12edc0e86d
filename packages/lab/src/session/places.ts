/** What a lab has to build. */
import type { Place, Question, Subject } from "@podpath/core";

/** All places of the network, and those that only a question makes: clients on the Internet. */
export function placesFor({ network }: Subject, question?: Question): readonly Place[] {
	const asked = question === undefined ? [] : [question.from, question.to];
	return [...network.places(), ...asked.filter((place) => place.startsWith("internet/"))];
}
