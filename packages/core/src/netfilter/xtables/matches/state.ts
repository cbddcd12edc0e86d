/** `-m state`, conntrack's forerunner (net/netfilter/xt_conntrack.c takes its place in the kernel). */
import { phrase } from "../../../wording/phrase.ts";
import type { ConntrackState } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { ParseFailure, printModule, printOption } from "../words.ts";
import { listOf, testState } from "./conntrack.ts";

export interface StateMatch {
	readonly kind: "state";
	readonly states: readonly Uppercase<ConntrackState>[];
	readonly negated: boolean;
}

const OPTIONS = ["--state"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);
const STATES: ReadonlySet<string> = new Set(["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED"]);

export const stateExtension: MatchExtension<StateMatch> = {
	kind: "state",
	module: "state",
	options: OPTIONS,
	parse: (words) => {
		if (words.option(OWNED) === null) throw new ParseFailure(phrase("no-state-given"));
		const states = listOf<Uppercase<ConntrackState>>(words.value(), STATES);
		return { kind: "state", states, negated: words.takeNegation() };
	},
	print: (match) => printModule("state", [printOption("--state", match.states.join(","), match.negated)]),
	test: (match, at) => testState(match, at.connection),
};
