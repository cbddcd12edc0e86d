/** The engine's front door: a question in, the whole answer out. */

import { Choices } from "../kernel/choices.ts";
import type { Language } from "../wording/language.ts";
import type { Explanation, Verdict } from "./explanation.ts";
import { findingsOf } from "./findings.ts";
import { journeysOf } from "./journeys.ts";
import { type Plan, planOf } from "./plan.ts";
import type { Question } from "./question.ts";
import { explainWays } from "./report.ts";
import type { Subject } from "./subject.ts";
import { type Beginning, beginningOf, WAY_LIMIT, type Way, ways, waysFrom } from "./ways.ts";

/**
 * Explains every way that the question's packet may go, there and back. Throws an InputError for a question that cannot
 * be asked: unknown names, a Service without such a port, a start that is not known. Reasons are told in `language`.
 */
export function explain(subject: Subject, question: Question, language: Language = "en"): Explanation {
	const plan = planOf(subject, question);
	const walked: Way[] = [];
	for (const way of ways(plan, true)) {
		walked.push(way);
		if (walked.length === WAY_LIMIT) break;
	}
	return {
		apiVersion: "podpath.dev/v1alpha1",
		kind: "Explanation",
		question,
		verdict: common(walked.map((way) => way.verdict)),
		paths: explainWays(plan, walked, language),
		findings: findingsOf(subject, plan, walked, language),
	};
}

/** The verdict alone, many times faster: nothing is written down on the way, and what alike packets met is remembered. */
export function verdictOf(subject: Subject, question: Question): Verdict | "mixed" {
	const plan = planOf(subject, question);
	const begun = beginningOf(plan, false, new Choices());
	return common(journeysOf(plan.network).verdicts(plan, begun) ?? walkedVerdicts(plan, begun));
}

function walkedVerdicts(plan: Plan, begun: Beginning): readonly Verdict[] {
	const verdicts: Verdict[] = [];
	for (const way of waysFrom(plan, begun)) {
		verdicts.push(way.verdict);
		if (verdicts.length === WAY_LIMIT) break;
	}
	return verdicts;
}

function common(verdicts: readonly Verdict[]): Verdict | "mixed" {
	const first = verdicts[0] ?? "unknown";
	return verdicts.every((verdict) => verdict === first) ? first : "mixed";
}
