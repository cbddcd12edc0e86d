/** The front door of diagnosis: what is wrong for one packet, the cause first. */
import { clusterNetwork } from "../modes/network.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Severity } from "../trace/explanation.ts";
import { planOf } from "../trace/plan.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import type { Language } from "../wording/language.ts";
import { phrase } from "../wording/phrase.ts";
import { type Causes, causesAmong } from "./causes.ts";
import { learnedEntries } from "./compare/fdb.ts";
import { learnedNeighbours } from "./compare/ip.ts";
import { compareNetworks } from "./compare.ts";
import { staleConnections } from "./connections.ts";
import { decisionFindings } from "./decisions.ts";
import type { Difference } from "./difference.ts";
import { addressesOf, duplicateAddresses, withDuplicates } from "./duplicates.ts";
import { type Fate, fateOf, isAlike, isSameWay } from "./fate.ts";
import type { Diagnosis } from "./finding.ts";
import { type DiagnosisFound, diagnosisFindingIn, sayingOf } from "./found.ts";
import { foundDifference, messageOf } from "./found-difference.ts";
import { sizeCauses } from "./packet-size.ts";
import { withKnownPrograms } from "./programs.ts";

/**
 * Diagnoses a question. Of a snapshot, against the state that the cluster's mode, kube-proxy and policies would have
 * programmed; of manifests alone, what in them is in the packet's way. Findings are told in `language`.
 * @throws {InputError} For a question that cannot be asked.
 */
export function diagnose(subject: Subject, question: Question, language: Language = "en"): Diagnosis {
	return subject.fromSnapshot
		? diagnoseAgainst(clusterNetwork(subject.cluster), subject, question, language)
		: diagnoseDesign(subject, question, language);
}

export const HEAD: Pick<Diagnosis, "apiVersion" | "kind"> = { apiVersion: "podpath.dev/v1alpha1", kind: "Diagnosis" };

function diagnoseDesign(subject: Subject, question: Question, language: Language): Diagnosis {
	refuseWrongQuestion(subject, question);
	const fate = fateOf(subject, question);
	const findings = decisionFindings(subject, question, fate).map((each) => diagnosisFindingIn(each, language));
	return { ...HEAD, question, verdict: fate.verdict, expected: null, findings };
}

/** A fate says only that the packet is not sent; where nobody could send it the question is wrong. */
function refuseWrongQuestion(subject: Subject, question: Question): void {
	planOf(subject, question);
}

/** The state that is, against the state that should be. */
export function diagnoseAgainst(
	expected: Network,
	given: Subject,
	question: Question,
	language: Language = "en",
): Diagnosis {
	const subject: Subject = { ...given, network: withKnownPrograms(given.network, expected) };
	const planned: Subject = { cluster: subject.cluster, network: expected, fromSnapshot: false };
	const goal = fateOf(planned, question);
	const now = fateOf(subject, question);
	if (goal.notSent !== null && now.notSent !== null) refuseWrongQuestion(planned, question);
	if (goal.notSent !== null) return diagnoseDesign(subject, question, language);
	const candidates = candidatesFor(expected, subject.network, [now, goal]);
	const learned = now.met.flatMap((place) => {
		const namespace = subject.network.namespace(place);
		return namespace === undefined ? [] : [...learnedNeighbours(namespace), ...learnedEntries(namespace)];
	});
	const remembered = staleConnections(subject.network, question, now, goal).map(({ difference }) => difference);
	// What arrives by another way than it should still is told, where an entry is why.
	const causes =
		isAlike(now, goal) && isSameWay(now, goal)
			? null
			: causesAmong({ actual: subject, expected, question }, [...candidates, ...remembered, ...learned], now, goal);
	const main = causes === null ? [] : causeFindings(causes, [now, goal]);
	const others = [
		...sizeFindings(subject.network, expected, candidates, [now, goal]),
		...connectionFindings(subject, question, [now, goal]),
	].filter(saysNoneOf(main));
	const rest = candidates.map((each) => harmless(each, causes)).filter(saysNoneOf([...main, ...others]));
	const lost = now.verdict !== "delivered" && main.length === 0;
	const found = [...main, ...(lost ? decisionFindings(subject, question, now) : []), ...others, ...shortened(rest)];
	return {
		...HEAD,
		question,
		verdict: now.verdict,
		expected: goal.verdict,
		findings: found.map((each) => diagnosisFindingIn(each, language)),
	};
}

function saysNoneOf(told: readonly DiagnosisFound[]): (found: DiagnosisFound) => boolean {
	const said = new Set(told.map(sayingOf));
	return (found) => !said.has(sayingOf(found));
}

/** Every difference of the places that the packet meets, really or as it should, in the order in which it meets them. */
function candidatesFor(expected: Network, actual: Network, [now, goal]: readonly [Fate, Fate]): readonly Difference[] {
	const met = [...new Set([...goal.met, ...now.met])];
	const found = compareNetworks(expected, actual, met);
	const told = withDuplicates(found, duplicateAddresses(actual, expected, addressesOf(goal)));
	const position = new Map<Place, number>(met.map((place, i) => [place, i]));
	const order = ({ place }: Difference): number => position.get(place) ?? met.length;
	return [...told].sort((a, b) => order(a) - order(b) || weight(a) - weight(b));
}

/** What takes most with it is believed first. */
function weight({ part, change }: Difference): number {
	const parts = ["ip-address", "fabric", "sysctl", "ip-rule", "ip-route", "ip-neigh", "bridge-fdb"];
	const position = parts.indexOf(part);
	return (position < 0 ? parts.length : position) + (change === "extra" ? 0.5 : 0);
}

function severityOf(now: Fate, goal: Fate): Severity {
	// All that should arrive does, and to the servers that may have it: it only goes otherwise.
	const arrives = now.delivered > goal.delivered - 0.01 && goal.delivered > 0 && now.verdict === "delivered";
	const servers = new Set(goal.walked.map(({ forwardEnd }) => forwardEnd.at));
	return arrives && now.walked.every(({ forwardEnd }) => servers.has(forwardEnd.at)) ? "warning" : "error";
}

export function causeFindings(
	{ causes, alternatives, repaired }: Causes,
	[now, goal]: readonly [Fate, Fate],
): readonly DiagnosisFound[] {
	const severity = severityOf(now, goal);
	const verdict = phrase(`verdict-${repaired.verdict}`);
	const becomes = isAlike(now, goal) ? phrase("goes-as-it-should") : phrase("becomes-verdict", { verdict });
	const n = causes.length;
	const proof = n === 1 ? phrase("with-it-right", { becomes }) : phrase("with-all-right", { n, becomes });
	return [
		...causes.map((each) => foundDifference(each, severity, { proof })),
		...alternatives.map((each) => foundDifference(each, "warning", { proof: phrase("right-instead") })),
	];
}

function harmless(difference: Difference, causes: Causes | null): DiagnosisFound {
	const isCause = causes !== null && [...causes.causes, ...causes.alternatives].includes(difference);
	// A second stack with an address is luck at best, whoever was asked first today.
	const severity = difference.code === "duplicate-address" && !isCause ? "warning" : "info";
	return foundDifference(difference, severity);
}

export function sizeFindings(
	actual: Network,
	expected: Network,
	candidates: readonly Difference[],
	fates: readonly [Fate, Fate],
): readonly DiagnosisFound[] {
	const found = sizeCauses(actual, expected, candidates, fates);
	if (found === null) return [];
	const { causes, tooSmall } = found;
	const { length, at, device, mtu } = tooSmall;
	return causes.map((each) => ({
		...foundDifference(each, "warning", { proof: phrase("full-size-passes") }),
		...(tooSmall.wrapped && { code: "mtu-too-big-for-tunnel" }),
		message: phrase("too-small-for-full-size", { what: messageOf(each), length, at, device, mtu }),
	}));
}

function connectionFindings(
	subject: Subject,
	question: Question,
	[now, goal]: readonly [Fate, Fate],
): readonly DiagnosisFound[] {
	return staleConnections(subject.network, question, now, goal).map(({ difference, server, question: asked }) => {
		const proof = phrase("stale-connection", { port: asked.sourcePort ?? "?", server });
		// Who asks with the connection's own port is a packet of it.
		const isLost =
			question.sourcePort !== undefined && fateOf(subject, { ...asked, to: server }).verdict !== "delivered";
		return foundDifference(difference, isLost ? "error" : "warning", { proof, question: asked });
	});
}

/** What no packet of the question is lost by is told in short. */
const MOST_HARMLESS = 10;

export function shortened(findings: readonly DiagnosisFound[]): readonly DiagnosisFound[] {
	const sorted = [...findings].sort((a, b) => Number(a.severity === "info") - Number(b.severity === "info"));
	if (sorted.length <= MOST_HARMLESS) return sorted;
	const message = phrase("more-differences", { n: sorted.length - MOST_HARMLESS });
	return [...sorted.slice(0, MOST_HARMLESS), { code: "more-differences", severity: "info", message }];
}
