/** The name that somebody probably meant. */
import { type Phrase, phrase } from "../wording/phrase.ts";

/**
 * The candidate that is closest to the name by insertions, deletions, replacements and swaps of neighbouring characters,
 * the first of equals; nothing where all are too far: at most a third of the name may differ.
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
	const wanted = name.toLowerCase();
	let limit = Math.max(1, Math.floor(name.length / 3)) + 1;
	let best: string | undefined;
	for (const candidate of candidates) {
		if (Math.abs(candidate.length - name.length) >= limit) continue;
		const distance = editDistance(wanted, candidate.toLowerCase());
		if (distance < limit) {
			best = candidate;
			limit = distance;
		}
	}
	return best;
}

/** `did you mean "nginx"?`, where something is close. Names of hostile length are not compared. */
export function suggest(name: string, candidates: Iterable<string>): Phrase | undefined {
	const best = name.length > LONGEST_NAME ? undefined : closest(name, candidates);
	return best === undefined ? undefined : phrase("did-you-mean", { name: best });
}

/** Kubernetes' names end at 253 characters. */
const LONGEST_NAME = 300;

/** Optimal string alignment: Levenshtein's distance with swaps of neighbours as one step. */
function editDistance(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		for (let column = 1; column <= b.length; column++) {
			const replaced = (last[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
			let distance = Math.min(replaced, (last[column] as number) + 1, (current[column - 1] as number) + 1);
			const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
			if (swapped) distance = Math.min(distance, (beforeLast[column - 2] as number) + 1);
			current.push(distance);
		}
		beforeLast = last;
		last = current;
	}
	return last[b.length] as number;
}
