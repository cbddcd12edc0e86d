/** What the walk itself says: why a packet does not arrive in a network that is as it should be, or of which no more is known. */
import type { End } from "../kernel/walk.ts";
import type { RuleHit } from "../netfilter/result.ts";
import { foundAbout } from "../trace/findings.ts";
import type { Found } from "../trace/found.ts";
import { planOf } from "../trace/plan.ts";
import type { Question } from "../trace/question.ts";
import { atEnd, type ShownAt, stepsShowing } from "../trace/shown-at.ts";
import type { Subject } from "../trace/subject.ts";
import type { Way } from "../trace/ways.ts";
import { phrase } from "../wording/phrase.ts";
import type { FindingCode } from "./codes.ts";
import type { Fate } from "./fate.ts";
import { type DiagnosisFound, sayingOf } from "./found.ts";

/**
 * Findings of the explanation, errors first, and behind those that name a cause what ended each way, unless the cause is told:
 * then the rule by which the way ended is evidence of the cause.
 */
export function decisionFindings(subject: Subject, question: Question, fate: Fate): readonly DiagnosisFound[] {
	if (fate.notSent !== null) {
		return [{ code: "no-way", severity: "error", message: phrase("not-sent", { why: fate.notSent }) }];
	}
	const told = foundAbout(subject, planOf(subject, question), fate.walked);
	const ends = new Map<string, DiagnosisFound>();
	const evidence = new Map<Found, DiagnosisFound>();
	for (const way of fate.walked) {
		if (way.verdict === "delivered") continue;
		const finding = endFinding(way.end);
		const cause = told.find(({ severity, shownAt }) => severity === "error" && isShown(shownAt, way));
		if (cause === undefined) ends.set(sayingOf(finding), finding);
		else if (isShown(cause.shownAt, way, atEnd)) evidence.set(cause, finding);
	}
	const withEvidence = told.map(
		(found): DiagnosisFound => ({ ...evidenceOf(evidence.get(found)), ...forDiagnosis(found) }),
	);
	const errors = withEvidence.filter(({ severity }) => severity === "error");
	const others = withEvidence.filter(({ severity }) => severity !== "error");
	// A packet that arrives is lost by nothing that the explanation warns of.
	return [...errors, ...ends.values(), ...others];
}

function isShown(shownAt: ShownAt | undefined, way: Way, also: ShownAt = () => true): boolean {
	if (shownAt === undefined) return false;
	return stepsShowing((met) => shownAt(met) && also(met), [way]).length > 0;
}

function forDiagnosis({ shownAt: _, ...found }: Found): DiagnosisFound {
	return found;
}

function evidenceOf(end: DiagnosisFound | undefined): Pick<DiagnosisFound, "at" | "owner" | "actual"> {
	const { at, owner, actual } = end ?? {};
	return {
		...(at !== undefined && { at }),
		...(owner !== undefined && { owner }),
		...(actual !== undefined && { actual }),
	};
}

function endFinding({ because, at, outcome }: End): DiagnosisFound {
	const hit = because.hits.at(-1);
	const origin = because.origin ?? hit?.origin ?? null;
	const known = origin !== null && origin.component !== "unknown" && origin.component !== "kernel";
	return {
		code: codeOf(because.code, hit, outcome),
		severity: outcome === "unknown" || outcome === "exits" ? "warning" : "error",
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

/** What sort of thing ended a way: whom to ask, and where to look. */
export function codeOf(code: End["because"]["code"], hit: RuleHit | undefined, outcome: End["outcome"]): FindingCode {
	switch (code) {
		case "network-policy-drop":
			return "blocked-by-policy";
		case "rule-drop":
		case "rule-reject":
		case "policy-drop":
			return isPolicyChain(hit) ? "blocked-by-policy" : "blocked-by-rule";
		case "sg-dropped":
		case "source-dest-check":
		case "lb-acl":
		case "lb-loopback":
			return "blocked-by-cloud";
		case "not-forwarding":
		case "martian-source":
		case "loopback-source":
		case "reverse-path":
		case "connection-clash":
			return "dropped-by-kernel";
		case "too-big":
			return "too-large";
		case "ttl":
		case "loop":
			return "goes-in-circles";
		case "ipvs-no-server":
		case "lb-no-listener":
		case "lb-no-backend":
			return "no-server";
		case "outside":
			return "leaves-the-input";
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
