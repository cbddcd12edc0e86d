/** `-m statistic` (net/netfilter/xt_statistic.c). */
import { phrase } from "../../../wording/phrase.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption, type Words } from "../words.ts";

/** `--mode random`, and `--mode nth`: one packet in `every`, beginning with number `packet`. */
export type StatisticMatch =
	| { readonly kind: "statistic"; readonly mode: "random"; readonly probability: number; readonly negated: boolean }
	| {
			readonly kind: "statistic";
			readonly mode: "nth";
			readonly every: number;
			readonly packet: number;
			readonly negated: boolean;
	  };

const OPTIONS = ["--mode", "--probability", "--every", "--packet"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const statisticExtension: MatchExtension<StatisticMatch> = {
	kind: "statistic",
	module: "statistic",
	options: OPTIONS,
	parse: (words) => {
		let mode: string | undefined;
		let negated = false;
		let probability: number | undefined;
		let every: number | undefined;
		let packet = 0;
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--mode") mode = words.value();
			else if (name === "--probability") probability = parseProbability(words);
			else if (name === "--every") every = words.number(0xffffffff);
			else packet = words.number(0xffffffff);
			negated = words.takeNegation() || negated;
		}
		if (mode === "random" && probability !== undefined) return { kind: "statistic", mode, probability, negated };
		if (mode === "nth" && every !== undefined && every > 0 && packet < every) {
			return { kind: "statistic", mode, every, packet, negated };
		}
		throw new ParseFailure(phrase("statistic-incomplete"));
	},
	print: (match) =>
		match.mode === "random"
			? printModule("statistic", [
					"--mode random",
					printOption("--probability", match.probability.toFixed(11), match.negated),
				])
			: printModule("statistic", [
					"--mode nth",
					printOption("--every", String(match.every), match.negated),
					`--packet ${match.packet}`,
				]),
	test: (match, at) => {
		const share = match.mode === "random" ? match.probability : 1 / match.every;
		const probability = match.negated ? 1 - share : share;
		if (probability <= 0 || probability >= 1) return probability >= 1;
		return at.chance(probability, match.mode === "random" ? "statistic --mode random" : "statistic --mode nth");
	},
};

function parseProbability(words: Words): number {
	const text = words.value();
	const probability = /^\d*\.?\d+(?:e-?\d+)?$/.test(text) ? Number(text) : Number.NaN;
	if (!(probability >= 0 && probability <= 1)) throw new ParseFailure(phrase("is-no-probability", { text }));
	return probability;
}
