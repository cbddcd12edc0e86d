/**
 * Which differences are why a packet's fate is not the expected one. A difference is a cause only where the question,
 * asked again with that entry put back, comes nearer to what was expected: nothing is blamed for merely being there.
 */
import type { Network } from "../state/network.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import type { Difference } from "./difference.ts";
import { type Fate, fateOf, GAIN, nearness } from "./fate.ts";
import { repairedNetwork } from "./repaired.ts";

export interface Causes {
	/** All of them together make the fate what it is. */
	readonly causes: readonly Difference[];
	/** Each of these alone would have done, too. */
	readonly alternatives: readonly Difference[];
	/** With the causes put right. */
	readonly repaired: Fate;
}

/** What is compared: the same cluster as it is and as it should be. */
export interface Trial {
	readonly actual: Subject;
	readonly expected: Network;
	readonly question: Question;
}

/** Up to so many differences are tried one by one; more of them in halves. */
const ONE_BY_ONE = 48;

/** `candidates` in the order in which they are believed. Null: none of them makes a difference. */
export function causesAmong(trial: Trial, candidates: readonly Difference[], now: Fate, goal: Fate): Causes | null {
	const search = new Search(trial, goal, nearness(now, goal));
	const best = search.gain(candidates);
	if (best < GAIN) return singleCauses(search, candidates);
	const solves = (subset: readonly Difference[]): boolean => search.gain(subset) > best - GAIN;
	const tried = candidates.length > ONE_BY_ONE ? halved(candidates, solves) : candidates;
	const alone = tried.filter((each) => solves([each]));
	const [first, ...alternatives] = alone;
	if (first !== undefined) return { causes: [first], alternatives, repaired: search.fate([first]) };
	const causes = fewest(tried, solves);
	return { causes, alternatives: [], repaired: search.fate(causes) };
}

/** Where the prediction as a whole is no better, single entries still may be: it knows only part of what is there. */
function singleCauses(search: Search, candidates: readonly Difference[]): Causes | null {
	let found: Difference | null = null;
	let most = GAIN;
	for (const each of candidates.slice(0, MOST_SINGLES)) {
		const gain = search.gain([each]);
		if (gain > most) [found, most] = [each, gain];
	}
	return found === null ? null : { causes: [found], alternatives: [], repaired: search.fate([found]) };
}

const MOST_SINGLES = 400;

class Search {
	readonly #trial: Trial;
	readonly #goal: Fate;
	readonly #now: number;

	constructor(trial: Trial, goal: Fate, now: number) {
		this.#trial = trial;
		this.#goal = goal;
		this.#now = now;
	}

	fate(repaired: readonly Difference[]): Fate {
		const { actual, expected, question } = this.#trial;
		const network = repairedNetwork(actual.network, expected, repaired);
		return fateOf({ ...actual, network }, question);
	}

	/** How much nearer the expected fate comes. */
	gain(repaired: readonly Difference[]): number {
		return nearness(this.fate(repaired), this.#goal) - this.#now;
	}
}

/** A part of the list that still solves it, no longer than what can be tried one by one if possible. */
function halved(
	candidates: readonly Difference[],
	solves: (subset: readonly Difference[]) => boolean,
): readonly Difference[] {
	let rest = candidates;
	while (rest.length > ONE_BY_ONE) {
		const middle = Math.ceil(rest.length / 2);
		const half = [rest.slice(0, middle), rest.slice(middle)].find(solves);
		if (half === undefined) return fewest(rest, solves);
		rest = half;
	}
	return rest;
}

/** Delta debugging (Zeller, Hildebrandt 2002, ddmin): a subset that solves it and of which nothing can be left out. */
function fewest(
	candidates: readonly Difference[],
	solves: (subset: readonly Difference[]) => boolean,
): readonly Difference[] {
	let rest = candidates;
	let parts = 2;
	while (rest.length > 1) {
		const size = Math.ceil(rest.length / parts);
		const starts = Array.from({ length: Math.ceil(rest.length / size) }, (_, i) => i * size);
		const without = starts
			.map((start) => [...rest.slice(0, start), ...rest.slice(start + size)])
			.find((subset) => subset.length > 0 && solves(subset));
		if (without !== undefined) {
			rest = without;
			parts = Math.max(2, parts - 1);
		} else if (size === 1) break;
		else parts = Math.min(rest.length, parts * 2);
	}
	return rest;
}
