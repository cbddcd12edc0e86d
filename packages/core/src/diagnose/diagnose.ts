/** The front door of diagnosis: what is wrong for one packet, the cause first. */
import { clusterNetwork } from "../modes/network.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Severity } from "../trace/explanation.ts";
import { planOf } from "../trace/plan.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import { type Causes, causesAmong } from "./causes.ts";
import { learnedEntries } from "./compare/fdb.ts";
import { learnedNeighbours } from "./compare/ip.ts";
import { compareNetworks } from "./compare.ts";
import { staleConnections } from "./connections.ts";
import { decisionFindings } from "./decisions.ts";
import type { Difference } from "./difference.ts";
import { addressesOf, duplicateAddresses, withDuplicates } from "./duplicates.ts";
import { type Fate, fateOf, isAlike, isSameWay } from "./fate.ts";
import { type Diagnosis, type DiagnosisFinding, findingOf } from "./finding.ts";
import { sizeCauses } from "./packet-size.ts";
import { withKnownPrograms } from "./programs.ts";

/**
 * Diagnoses a question. Of a snapshot, against the state that the cluster's mode, kube-proxy and policies would have
 * programmed; of manifests alone, what in them is in the packet's way.
 * @throws {InputError} For a question that cannot be asked.
 */
export function diagnose(subject: Subject, question: Question): Diagnosis {
	return subject.fromSnapshot
		? diagnoseAgainst(clusterNetwork(subject.cluster), subject, question)
		: diagnoseDesign(subject, question);
}

export const HEAD: Pick<Diagnosis, "apiVersion" | "kind"> = { apiVersion: "podpath.dev/v1alpha1", kind: "Diagnosis" };

function diagnoseDesign(subject: Subject, question: Question): Diagnosis {
	refuseWrongQuestion(subject, question);
	const fate = fateOf(subject, question);
	const findings = decisionFindings(subject, question, fate);
	return { ...HEAD, question, verdict: fate.verdict, expected: null, findings };
}

/** A fate says only that the packet is not sent; where nobody could send it the question is wrong. */
function refuseWrongQuestion(subject: Subject, question: Question): void {
	planOf(subject, question);
}

/** The state that is, against the state that should be. */
export function diagnoseAgainst(expected: Network, given: Subject, question: Question): Diagnosis {
	const subject: Subject = { ...given, network: withKnownPrograms(given.network, expected) };
	const planned: Subject = { cluster: subject.cluster, network: expected, fromSnapshot: false };
	const goal = fateOf(planned, question);
	const now = fateOf(subject, question);
	if (goal.notSent !== null && now.notSent !== null) refuseWrongQuestion(planned, question);
	if (goal.notSent !== null) return diagnoseDesign(subject, question);
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
	].filter(({ message }) => !main.some((each) => each.message === message));
	const blamed = new Set([...main, ...others].map(({ message }) => message));
	const rest = candidates.map((each) => harmless(each, causes)).filter(({ message }) => !blamed.has(message));
	const lost = now.verdict !== "delivered" && main.length === 0;
	return {
		...HEAD,
		question,
		verdict: now.verdict,
		expected: goal.verdict,
		findings: [...main, ...(lost ? decisionFindings(subject, question, now) : []), ...others, ...shortened(rest)],
	};
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
): readonly DiagnosisFinding[] {
	const severity = severityOf(now, goal);
	const together = causes.length === 1 ? "with it" : `with all ${causes.length} of these`;
	const becomes = isAlike(now, goal) ? "goes the way that it should" : `is ${repaired.verdict}`;
	const proof = `${together} put right the packet ${becomes}`;
	return [
		...causes.map((each) => findingOf(each, severity, { proof })),
		...alternatives.map((each) => findingOf(each, "warning", { proof: "it would do to put this right instead" })),
	];
}

function harmless(difference: Difference, causes: Causes | null): DiagnosisFinding {
	const isCause = causes !== null && [...causes.causes, ...causes.alternatives].includes(difference);
	// A second stack with an address is luck at best, whoever was asked first today.
	const severity = difference.code === "duplicate-address" && !isCause ? "warning" : "info";
	return findingOf(difference, severity);
}

export function sizeFindings(
	actual: Network,
	expected: Network,
	candidates: readonly Difference[],
	fates: readonly [Fate, Fate],
): readonly DiagnosisFinding[] {
	const found = sizeCauses(actual, expected, candidates, fates);
	if (found === null) return [];
	const { causes, tooSmall } = found;
	const what = `a packet that fills the sender's MTU has ${tooSmall.length} bytes at ${tooSmall.at} ${tooSmall.device}, whose MTU is ${tooSmall.mtu}`;
	return causes.map((each) => ({
		...findingOf(each, "warning", { proof: "put right, packets of full size pass" }),
		...(tooSmall.wrapped && { code: "mtu-too-big-for-tunnel" }),
		message: `${findingOf(each, "warning").message}: ${what}`,
	}));
}

function connectionFindings(
	subject: Subject,
	question: Question,
	[now, goal]: readonly [Fate, Fate],
): readonly DiagnosisFinding[] {
	return staleConnections(subject.network, question, now, goal).map(({ difference, server, question: asked }) => {
		const proof = `packets from port ${asked.sourcePort} go to ${server}, which no new connection is sent to`;
		// Who asks with the connection's own port is a packet of it.
		const isLost =
			question.sourcePort !== undefined && fateOf(subject, { ...asked, to: server }).verdict !== "delivered";
		return findingOf(difference, isLost ? "error" : "warning", { proof, question: asked });
	});
}

/** What no packet of the question is lost by is told in short. */
const MOST_HARMLESS = 10;

export function shortened(findings: readonly DiagnosisFinding[]): readonly DiagnosisFinding[] {
	const sorted = [...findings].sort((a, b) => Number(a.severity === "info") - Number(b.severity === "info"));
	if (sorted.length <= MOST_HARMLESS) return sorted;
	const left = sorted.length - MOST_HARMLESS;
	const message = `and ${left} more differences on the way that change nothing for this packet`;
	return [...sorted.slice(0, MOST_HARMLESS), { code: "more-differences", severity: "info", message }];
}
