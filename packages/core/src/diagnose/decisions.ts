/** What the walk itself says: why a packet does not arrive in a network that is as it should be, or of which no more is known. */
import type { End } from "../kernel/walk.ts";
import type { RuleHit } from "../netfilter/result.ts";
import { foundAbout } from "../trace/findings.ts";
import type { Found } from "../trace/found.ts";
import { planOf } from "../trace/plan.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import { phrase } from "../wording/phrase.ts";
import type { FindingCode } from "./codes.ts";
import type { Fate } from "./fate.ts";
import { type DiagnosisFound, sayingOf } from "./found.ts";

/** Findings of the explanation, errors first, and behind those that name a cause what ended each way. */
export function decisionFindings(subject: Subject, question: Question, fate: Fate): readonly DiagnosisFound[] {
	if (fate.notSent !== null) {
		return [{ code: "no-way", severity: "error", message: phrase("not-sent", { why: fate.notSent }) }];
	}
	const told = foundAbout(subject, planOf(subject, question), fate.walked).map(withoutStep);
	const ends = new Map<string, DiagnosisFound>();
	for (const way of fate.walked) {
		if (way.verdict === "delivered") continue;
		const finding = endFinding(way.end);
		ends.set(sayingOf(finding), finding);
	}
	const errors = told.filter(({ severity }) => severity === "error");
	const others = told.filter(({ severity }) => severity !== "error");
	// A packet that arrives is lost by nothing that the explanation warns of.
	return [...errors, ...ends.values(), ...others];
}

/** Steps are an explanation's; and a worker can hand over data alone, no function. */
function withoutStep({ shownAt: _, ...found }: Found): DiagnosisFound {
	return found;
}

function endFinding({ because, at, outcome }: End): DiagnosisFound {
	const hit = because.hits.at(-1);
	const origin = because.origin ?? hit?.origin ?? null;
	const known = origin !== null && origin.component !== "unknown" && origin.component !== "kernel";
	return {
		code: codeOf(because.code, hit, outcome),
		severity: outcome === "unknown" ? "warning" : "error",
		message: { because, endedAt: at },
		at,
		...(known && { owner: origin.component }),
		...(origin?.object !== undefined && { object: origin.object }),
		...(hit !== undefined && {
			actual: {
				text: `${hit.table}/${hit.chain} ${hit.position}: ${hit.text()}`,
				...(hit.origin.source !== undefined && { source: hit.origin.source }),
			},
		}),
	};
}

function codeOf(code: End["because"]["code"], hit: RuleHit | undefined, outcome: End["outcome"]): FindingCode {
	switch (code) {
		case "network-policy-drop":
			return "blocked-by-policy";
		case "rule-drop":
		case "rule-reject":
		case "policy-drop":
			return isPolicyChain(hit) ? "blocked-by-policy" : "blocked-by-rule";
		case "wrong-answer-source":
		case "invalid-answer":
			return "answer-not-taken";
		case "not-listening":
			return "not-served";
		default:
			return outcome === "unknown" ? "not-decided" : "no-way";
	}
}

/** felix's chains for one workload, and entries that name a policy. */
function isPolicyChain(hit: RuleHit | undefined): boolean {
	if (hit === undefined) return false;
	return /^cali-(tw|fw|pi|po)-/.test(hit.chain) || hit.origin.object?.startsWith("networkpolicy/") === true;
}
