/** `-f`: second and further fragments (IPv4 only). */
import type { MatchExtension } from "../extension.ts";
import { printOption } from "../words.ts";

export interface FragmentMatch {
	readonly kind: "fragment";
	readonly negated: boolean;
}

const OPTIONS = ["-f", "--fragment"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const fragmentExtension: MatchExtension<FragmentMatch> = {
	kind: "fragment",
	module: null,
	options: OPTIONS,
	parse: (words) => {
		words.option(OWNED);
		return { kind: "fragment", negated: words.takeNegation() };
	},
	print: (match) => printOption("-f", "", match.negated),
	// Packets here are whole.
	test: (match) => match.negated,
};
