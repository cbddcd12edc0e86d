/** What changed between two states of a cluster, by the paths that packets take: not which lines differ. */
import { formatEndpoint } from "../address/address.ts";
import type { Pod } from "../cluster/objects.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { type Place, podPlace } from "../state/place.ts";
import type { Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import type { Way } from "../trace/ways.ts";
import { compareNetworks } from "./compare.ts";
import { repairsOf } from "./difference.ts";
import { type Fate, fateOf } from "./fate.ts";
import { surveyQuestions } from "./survey-questions.ts";

/** The ways of one question in one of the states, in short. */
export interface PathSide {
	readonly verdict: Verdict | "mixed";
	/** Devices there, then back; one entry for each way. */
	readonly paths: readonly string[];
	/** `dnat 10.96.0.10:80 -> 10.244.2.22:80 at node/a`. */
	readonly nat: readonly string[];
	/** The client's address as servers see it. */
	readonly clients: readonly string[];
}

export const PATH_ASPECTS = ["verdict", "nat", "client-address", "devices"] as const;
export type PathAspect = (typeof PATH_ASPECTS)[number];

export interface PathChange {
	readonly question: Question;
	/** Empty where the question can be asked of one state only. */
	readonly changed: readonly PathAspect[];
	/** Null: it cannot be asked there. */
	readonly before: PathSide | null;
	readonly after: PathSide | null;
}

export interface PathDiff {
	readonly apiVersion: "podpath.dev/v1alpha1";
	readonly kind: "PathDiff";
	readonly asked: number;
	readonly changes: readonly PathChange[];
}

/** Asks both states the questions that stand for all pairs and Services; a pair whose places are alike has not changed. */
export function diffPaths(before: Subject, after: Subject): PathDiff {
	const concerns = changedPlaces(before, after);
	const questions = new Map<string, Question>();
	for (const { cluster } of [before, after]) {
		for (const each of surveyQuestions(cluster, concerns)) questions.set(JSON.stringify(each), each);
	}
	const changes = [...questions.values()].flatMap((question) => changeOf(question, before, after) ?? []);
	return { apiVersion: "podpath.dev/v1alpha1", kind: "PathDiff", asked: questions.size, changes };
}

function changedPlaces(before: Subject, after: Subject): (place: Place) => boolean {
	const [ours, theirs] = [new Set(before.network.places()), new Set(after.network.places())];
	const both = [...theirs].filter((place) => ours.has(place));
	const differences = compareNetworks(before.network, after.network, both);
	const places = new Set(differences.flatMap(repairsOf).map(({ place }) => place));
	const fabric = differences.some(({ part }) => part === "fabric");
	const moved = new Set(movedPods(before, after));
	return (place) => fabric || places.has(place) || moved.has(place) || !ours.has(place) || !theirs.has(place);
}

/** Pods that are on another node, or have another address. */
function movedPods(before: Subject, after: Subject): readonly Place[] {
	const key = ({ nodeName, podIPs }: Pod): string => [nodeName, ...podIPs.map(({ text }) => text)].join(" ");
	return after.cluster.pods.flatMap((pod) => {
		const old = before.cluster.pod(`${pod.namespace}/${pod.name}`);
		return old !== undefined && key(old) === key(pod) ? [] : [podPlace(pod)];
	});
}

function changeOf(question: Question, before: Subject, after: Subject): PathChange | null {
	const [ours, theirs] = [sideOf(before, question), sideOf(after, question)];
	if (ours === null || theirs === null) {
		return ours === theirs ? null : { question, changed: [], before: ours, after: theirs };
	}
	const changed = PATH_ASPECTS.filter((aspect) => aspectText(ours, aspect) !== aspectText(theirs, aspect));
	return changed.length === 0 ? null : { question, changed, before: ours, after: theirs };
}

function aspectText({ verdict, nat, clients, paths }: PathSide, aspect: PathAspect): string {
	switch (aspect) {
		case "verdict":
			return verdict;
		case "nat":
			return nat.join("; ");
		case "client-address":
			return clients.join("; ");
		case "devices":
			return paths.join("; ");
	}
}

/** Null where the state does not hold what the question names. */
function sideOf(subject: Subject, question: Question): PathSide | null {
	let fate: Fate;
	try {
		fate = fateOf(subject, question);
	} catch (error) {
		if (error instanceof InputError) return null;
		throw error;
	}
	if (fate.notSent !== null) return null;
	return {
		verdict: fate.verdict,
		paths: sorted(fate.walked.map(devicesOf)),
		nat: sorted(fate.walked.flatMap(natOf)),
		clients: sorted(
			fate.walked.flatMap(({ verdict, forwardEnd }) => (verdict === "delivered" ? [forwardEnd.packet.src.text] : [])),
		),
	};
}

function sorted(texts: readonly string[]): readonly string[] {
	return [...new Set(texts)].sort();
}

function devicesOf({ forward, reply }: Way): string {
	const of = (walk: Way["forward"]): string => {
		const links = walk.crossings.map(({ at, device }) => (device === null ? at : `${at} ${device}`));
		return links.filter((link, i) => link !== links[i - 1]).join(" > ");
	};
	return reply === null ? of(forward) : `${of(forward)} | ${of(reply)}`;
}

function natOf({ forward }: Way): readonly string[] {
	return forward.rewrites.map(({ kind, before, after, at }) => {
		return `${kind} ${formatEndpoint(before.address, before.port)} -> ${formatEndpoint(after.address, after.port)} at ${at}`;
	});
}
