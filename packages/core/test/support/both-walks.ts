/** What walks say of a question, with everything written down and with memory: the two must never differ. */
import { InputError } from "../../src/diagnostic/diagnostic.ts";
import type { Packet } from "../../src/packet/packet.ts";
import type { Tuple } from "../../src/state/conntrack.ts";
import { planOf } from "../../src/trace/plan.ts";
import type { Question } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { WAY_LIMIT, type Way, ways } from "../../src/trace/ways.ts";

/** Every way in one line each, with all that a walk leaves behind: ends and why, packets, connections. */
export function waysOf(subject: Subject, question: Question, recording: boolean): readonly string[] {
	try {
		const lines: string[] = [];
		for (const way of ways(planOf(subject, question), recording)) {
			lines.push(lineOf(way));
			if (lines.length === WAY_LIMIT) break;
		}
		return lines;
	} catch (error) {
		if (error instanceof InputError) return [error.message];
		throw error;
	}
}

/** Every way with all that was written down of it: as it goes on from the beginning of the first, and walked by itself. */
export function togetherAndAlone(
	subject: Subject,
	question: Question,
): { readonly together: readonly string[]; readonly alone: readonly string[] } {
	const plan = planOf(subject, question);
	const together: string[] = [];
	const alone: string[] = [];
	for (const way of ways(plan, true)) {
		together.push(toldOf(way));
		const choices = way.forward.choices.made.map(({ taken }) => taken);
		const [again] = ways(plan, true, choices);
		alone.push(again === undefined ? "" : toldOf(again));
	}
	return { together, alone };
}

function toldOf(way: Way): string {
	const walks = [way.forward, way.reply, way.refusal].map((walk) => {
		if (walk === null) return "";
		const hops = walk.hops.map(({ at, stage, device, because }) => `${at} ${stage} ${device} ${because.code}`);
		const crossings = walk.crossings.map(({ at, device, direction }) => `${at} ${device} ${direction}`);
		return [
			walk.steps,
			...hops,
			...crossings,
			...walk.stacks.map(({ place }) => place),
			walk.rewrites.length,
			walk.judgements.length,
		].join(", ");
	});
	return [lineOf(way), ...way.remarks.keys(), ...walks].join(" | ");
}

function lineOf(way: Way): string {
	const { weight, verdict, end, forwardEnd, refusalCame, memory } = way;
	const connections = [...memory.conntrack.entries()].map(({ view, connection }) => {
		const { original, reply, ...marks } = connection;
		return `${view.place} ${tuple(original)} ${tuple(reply)} ${JSON.stringify(marks)}`;
	});
	// Which rule dropped it is known only where rules are written down.
	const why = `${end.because.code.replace("policy-drop", "rule-drop")} ${JSON.stringify(end.because.facts)}`;
	const packets = [end, forwardEnd].map(({ at, packet }) => `${at} ${text(packet)}`);
	return [weight, verdict, end.outcome, why, refusalCame, ...packets, ...connections].join(" | ");
}

function tuple({ src, dst, protocol, sport, dport }: Tuple): string {
	return `${protocol} ${src.text}:${sport}>${dst.text}:${dport}`;
}

function text(packet: Packet): string {
	return JSON.stringify(packet, (key, value: unknown) => (key === "words" ? undefined : value));
}
