/** `-m set` (net/netfilter/xt_set.c). */
import { phrase } from "../../../wording/phrase.ts";
import { isUnknowable, negateIf } from "../../context.ts";
import { testIpset } from "../../ipset/membership.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";
import { listOf } from "./conntrack.ts";

/** Each direction says from which end of the packet the set's next part is taken. */
export interface SetMatch {
	readonly kind: "set";
	readonly set: string;
	readonly directions: readonly ("src" | "dst")[];
	readonly negated: boolean;
	/** Only an entry marked `nomatch` counts as a match. */
	readonly returnNomatch: boolean;
	/** Options about what is counted, as written; they change nothing that is matched. */
	readonly counters: string;
}

const COUNTING: ReadonlySet<string> = new Set(["--update-counters", "--update-subcounters"]);
const OPTIONS = ["--match-set", "--return-nomatch", ...COUNTING] as const;
const OWNED: ReadonlySet<string> = new Set(["--match-set", "--return-nomatch"]);
const DIRECTIONS: ReadonlySet<string> = new Set(["src", "dst"]);

export const setExtension: MatchExtension<SetMatch> = {
	kind: "set",
	module: "set",
	options: OPTIONS,
	parse: (words) => {
		let match: SetMatch | undefined;
		let returnNomatch = false;
		const counters: string[] = [];
		for (;;) {
			const counting = words.optionText(COUNTING);
			if (counting !== null) {
				counters.push(counting);
				continue;
			}
			const name = words.option(OWNED);
			if (name === null) break;
			if (name === "--return-nomatch") returnNomatch = true;
			else {
				const set = words.value();
				const directions = parseDirections(words.value());
				match = { kind: "set", set, directions, negated: words.takeNegation(), returnNomatch, counters: "" };
			}
		}
		if (match === undefined) throw new ParseFailure(phrase("no-set-given"));
		return { ...match, returnNomatch, counters: counters.join(" ") };
	},
	print: (match) =>
		printModule("set", [
			printOption("--match-set", `${match.set} ${match.directions.join(",")}`, match.negated),
			match.returnNomatch ? "--return-nomatch" : "",
			match.counters,
		]),
	test: (match, at) => {
		const set = at.ipset(match.set);
		if (isUnknowable(set)) return set;
		return negateIf(match.negated, testIpset(set, match.directions, at, match.returnNomatch));
	},
};

/** `src,dst`: up to six. */
export function parseDirections(text: string): SetMatch["directions"] {
	return listOf<"src" | "dst">(text, DIRECTIONS);
}
