/** What becomes of a question's packet, as far as two networks can be compared by it. */
import { InputError } from "../diagnostic/diagnostic.ts";
import { destinationOf } from "../kernel/endpoint.ts";
import type { Walk } from "../kernel/walk.ts";
import type { Place } from "../state/place.ts";
import type { Verdict } from "../trace/explanation.ts";
import { planOf } from "../trace/plan.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import { type Way, ways } from "../trace/ways.ts";

/** One way that the network may choose. */
interface Course {
	readonly weight: number;
	readonly verdict: Verdict;
	/** Equal for ways that come to the same: the same end, the same server, the same client as seen there. */
	readonly outcome: string;
	/** The devices crossed there and back, in order. */
	readonly crossed: readonly string[];
}

export interface Fate {
	readonly courses: readonly Course[];
	/** Of all ways; `mixed` where they differ. */
	readonly verdict: Verdict | "mixed";
	/** The share of connections that are delivered. */
	readonly delivered: number;
	/** Every place that had the packet or its answer in hand, in the order in which they had it first. */
	readonly met: readonly Place[];
	/** Why the packet could not even be sent. */
	readonly notSent: string | null;
	readonly walked: readonly Way[];
}

/** More ways than this say nothing new: a Service with hundreds of endpoints chooses among alike. */
const MOST_WAYS = 128;

/**
 * Where the client has lost what it sends with, its packet is not sent: that is a fate like others. Without `recording` it
 * is found several times faster, and what was crossed and met is not known.
 */
export function fateOf(subject: Subject, question: Question, recording: boolean = true): Fate {
	const walked: Way[] = [];
	try {
		for (const way of ways(planOf(subject, question), recording)) {
			walked.push(way);
			if (walked.length === MOST_WAYS) break;
		}
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return { courses: [], verdict: "dropped", delivered: 0, met: [], notSent: error.message, walked: [] };
	}
	const courses = walked.map(courseOf);
	return {
		courses,
		verdict: common(courses.map(({ verdict }) => verdict)),
		delivered: sum(courses.filter(({ verdict }) => verdict === "delivered")),
		met: metBy(walked),
		notSent: null,
		walked,
	};
}

function courseOf({ weight, verdict, end, forwardEnd, forward, reply }: Way): Course {
	const { packet, at } = forwardEnd;
	const server =
		verdict === "delivered" ? `${at} ${destinationOf(packet)} ${packet.src.text}` : `${end.at} ${end.because.code}`;
	return {
		weight,
		verdict,
		outcome: `${verdict} ${server}`,
		crossed: [...crossedBy(forward), ...(reply ? crossedBy(reply) : [])],
	};
}

function crossedBy({ crossings }: Walk): readonly string[] {
	return crossings.map(({ at, device, direction }) => `${at} ${device ?? ""} ${direction}`);
}

function metBy(walked: readonly Way[]): readonly Place[] {
	const walks = walked
		.flatMap(({ forward, reply, refusal }) => [forward, reply, refusal])
		.filter((walk) => walk !== null);
	return [
		...new Set(
			walks.flatMap(({ hops, stacks, crossings }) => [
				...[...crossings, ...hops].map(({ at }) => at),
				...stacks.map(({ place }) => place),
			]),
		),
	];
}

function common(verdicts: readonly Verdict[]): Verdict | "mixed" {
	const first = verdicts[0] ?? "unknown";
	return verdicts.every((verdict) => verdict === first) ? first : "mixed";
}

function sum(courses: readonly Course[]): number {
	return courses.reduce((total, { weight }) => total + weight, 0);
}

/** The share of connections whose outcome is not the same in both. */
export function distance(a: Fate, b: Fate): number {
	const shares = new Map<string, number>();
	for (const [fate, sign] of [
		[a, 1],
		[b, -1],
	] as const) {
		for (const { outcome, weight } of fate.courses) shares.set(outcome, (shares.get(outcome) ?? 0) + sign * weight);
		if (fate.notSent !== null) shares.set("not sent", (shares.get("not sent") ?? 0) + sign);
	}
	return [...shares.values()].reduce((total, share) => total + Math.abs(share), 0) / 2;
}

/** Less than this is rounding: iptables writes probabilities with eleven digits. */
const ROUNDING = 0.01;

export function isAlike(a: Fate, b: Fate): boolean {
	return distance(a, b) < ROUNDING;
}

/**
 * How near a fate is to the one that was expected: the outcome first, then how much is delivered where it should be, then
 * how far along the expected way the packets come. Only differences of it mean anything.
 */
export function nearness(fate: Fate, expected: Fate): number {
	const delivered = Math.min(fate.delivered, expected.delivered);
	return 1000 * (1 - distance(fate, expected)) + 500 * delivered + 10 * reach(fate, expected);
}

/** A gain that is more than rounding or chance. */
export const GAIN = 0.2;

/** Whether all go by the devices that were expected, as far as those have the names that were expected. */
export function isSameWay(fate: Fate, expected: Fate): boolean {
	return reach(fate, expected) > 1 - ROUNDING;
}

/** From 0 to 1: which part of the expected way is gone before the packets leave it. */
function reach(fate: Fate, expected: Fate): number {
	const shares = fate.courses.map(({ crossed, weight }) => {
		const best = Math.max(0, ...expected.courses.map((course) => shared(crossed, course.crossed)));
		return weight * best;
	});
	return shares.reduce((total, share) => total + share, 0);
}

function shared(own: readonly string[], expected: readonly string[]): number {
	let length = 0;
	while (length < expected.length && own[length] === expected[length]) length++;
	return expected.length === 0 ? 0 : length / expected.length;
}
