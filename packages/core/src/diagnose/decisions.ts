/** What the walk itself says: why a packet does not arrive in a network that is as it should be, or of which no more is known. */
import type { End } from "../kernel/walk.ts";
import type { RuleHit } from "../netfilter/result.ts";
import { explain } from "../trace/explain.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import { reason } from "../trace/wording.ts";
import type { FindingCode } from "./codes.ts";
import type { Fate } from "./fate.ts";
import type { DiagnosisFinding } from "./finding.ts";

/** Findings of the explanation, errors first, and behind those that name a cause what ended each way. */
export function decisionFindings(subject: Subject, question: Question, fate: Fate): readonly DiagnosisFinding[] {
	if (fate.notSent !== null) return [{ code: "no-way", severity: "error", message: fate.notSent }];
	const told = explain(subject, question).findings.map(({ object, ...finding }): DiagnosisFinding => {
		return object === undefined ? finding : { ...finding, object };
	});
	const ends = new Map<string, DiagnosisFinding>();
	for (const way of fate.walked) {
		if (way.verdict === "delivered") continue;
		const finding = endFinding(way.end);
		ends.set(finding.message, finding);
	}
	const errors = told.filter(({ severity }) => severity === "error");
	const others = told.filter(({ severity }) => severity !== "error");
	// A packet that arrives is lost by nothing that the explanation warns of.
	return [...errors, ...ends.values(), ...others];
}

function endFinding({ because, at, outcome }: End): DiagnosisFinding {
	const hit = because.hits.at(-1);
	const origin = because.origin ?? hit?.origin ?? null;
	const known = origin !== null && origin.component !== "unknown" && origin.component !== "kernel";
	return {
		code: codeOf(because.code, hit, outcome),
		severity: outcome === "unknown" ? "warning" : "error",
		message: `${reason(because)} (at ${at})`,
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
