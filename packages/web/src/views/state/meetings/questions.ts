/** What is asked to find the paths that meet an entry: questions enough to find them, and few enough to be asked. */
import type { AtlasIndex, KnownPlace, Language, Question, StateEntry } from "@podpath/core";
import type { Input } from "../../../backend/backend.ts";
import { titleIn } from "../../../texts/title.ts";

export interface Candidate {
	readonly input: Input;
	readonly question: Question;
	/** As a person calls it. */
	readonly title: string;
}

/** More take too long to wait for. */
export const MOST_ASKED = 60;

/** A scenario's entries are looked for in all scenarios of its mode. */
export function scenariosLike(name: string, atlas: AtlasIndex, language: Language): readonly Candidate[] {
	const mode = atlas.modes.find((each) => each.scenarios.some((scenario) => scenario.name === name));
	const scenarios = mode?.scenarios ?? [];
	// The one that is looked at comes first.
	const sorted = [...scenarios].sort((a, b) => Number(b.name === name) - Number(a.name === name));
	return sorted.map((each) => ({
		input: { kind: "scenario", name: each.name },
		question: each.question,
		title: titleIn(each, language),
	}));
}

/** From pods to Services and pods. First those that the stack and the entry are about. */
export function pairsOf(places: readonly KnownPlace[], stack: string, entry: StateEntry): readonly Candidate[] {
	const isHere = ({ name, on }: KnownPlace): number => Number(name === stack || `node/${on ?? ""}` === stack);
	const isNamed = ({ name, addresses }: KnownPlace): number =>
		Number(name.startsWith(entry.origin?.object ?? "-") || addresses.some((each) => holds(entry.text, each)));
	const pods = places.filter(({ kind }) => kind === "pod");
	const services = places.filter(({ kind, name }) => kind === "service" && /:\d+$/.test(name));
	const pairs = pods.flatMap((from) =>
		[...services, ...pods]
			.filter(({ name }) => name !== from.name)
			.map((to) => ({ from, to, near: 3 * (isHere(from) + isNamed(to)) + isNamed(from) + isHere(to) })),
	);
	return pairs
		.sort((one, other) => other.near - one.near)
		.map(({ from, to }) => ({
			input: { kind: "served" },
			question: { from: from.name, to: to.name, protocol: "tcp" },
			title: `${from.name} → ${to.name}`,
		}));
}

/** An address as a word: 10.0.0.1 does not stand in 10.0.0.12. */
function holds(text: string, address: string): boolean {
	return text.split(/[\s/,]|:\d+\b/).includes(address);
}
