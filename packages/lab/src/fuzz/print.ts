/** A disagreement as a person reads it, and as a file of packages/lab/test/fuzz/cases. */
import { type Paint, stringifyJson, worded } from "@podpath/core";
import { renderComparison } from "../compare/render-comparison.ts";
import type { Confirmed, Counts, NotRepeated } from "./fuzz.ts";
import type { Found } from "./shrink.ts";

/** The regression test of a found error. `about` is for whoever finds out what the kernel does and why. */
export interface FuzzCase extends Found {
	readonly about: string;
	/** Where it was found; absent: in the kernel's source, and then tried. */
	readonly seed?: number;
	readonly kernel: string;
	/** Engine and kernel are about different packets there: why, as a comparison says it. */
	readonly notCompared?: string;
}

export function printDisagreement(found: Confirmed, seed: number, paint: Paint): string {
	const { sketch, question, kernel, run, comparison } = found;
	const file: FuzzCase = {
		about: "what the kernel does, and the function that does it",
		seed,
		kernel,
		sketch,
		question,
	};
	return [
		`network ${run} of seed ${seed}, kernel ${kernel}: ${question.from} to ${question.to}, ${question.protocol}\n`,
		renderComparison(comparison, { paint }),
		"\npackages/lab/test/fuzz/cases/NAME.json:\n",
		`${stringifyJson(file)}\n`,
	].join("\n");
}

function notRepeatedText({ run, number, question: { from, to, protocol }, difference }: NotRepeated): string {
	const asked = `  network ${run}, question ${number}, ${from} to ${to}, ${protocol}`;
	if (difference === undefined) return asked;
	const { about, predicted, observed } = difference;
	return `${asked}: ${about}: predicted ${worded(predicted)}, observed ${worded(observed)}`;
}

/** What was asked and what came of it; several lines. */
export function printCounts(counts: Counts, seconds: number): string {
	const { networks, questions, verdicts, notCompared, disagreements, notRepeated, refused } = counts;
	const left = [...notCompared.values()].reduce((sum, each) => sum + each, 0);
	const share = (part: number): string => `${((100 * part) / Math.max(1, questions)).toFixed(1)} %`;
	const lines = [
		`${questions} questions to ${networks} networks in ${seconds.toFixed(1)} s (${(questions / seconds).toFixed(0)}/s)`,
		`disagreements: ${disagreements}; not there again when asked by themselves: ${notRepeated.length}`,
		...notRepeated.slice(0, 8).map(notRepeatedText),
		...Object.entries(verdicts)
			.sort(([, a], [, b]) => b - a)
			.map(([verdict, count]) => `  ${verdict}: ${count} (${share(count)})`),
		`  not compared: ${left} (${share(left)})`,
		...[...notCompared]
			.sort(([, a], [, b]) => b - a)
			.slice(0, 8)
			.map(([why, count]) => `    ${count} ${why}`),
		...refused.slice(0, 8).map(({ run, why }) => `network ${run} could not be built: ${why}`),
	];
	return lines.map((line) => `${line}\n`).join("");
}
