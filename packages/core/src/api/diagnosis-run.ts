/** A diagnosis while it is made: a whole cluster takes a while, and whoever waits may look on and stop it. */
import * as z from "zod";
import { diagnose } from "../diagnose/diagnose.ts";
import type { Diagnosis } from "../diagnose/finding.ts";
import { survey } from "../diagnose/survey.ts";
import { diagnosisSchema } from "../render/diagnosis-schema.ts";
import type { Question } from "../trace/question.ts";
import type { Subject } from "../trace/subject.ts";
import type { Language } from "../wording/language.ts";
import { type Problem, problemErrorSchema } from "./problem.ts";

/** How far a survey is. */
export interface DiagnosisProgress {
	readonly asked: number;
	readonly of: number;
	readonly findings: number;
}

/** What a stream of a diagnosis tells, in this order: any number of the first two, and one of the others at the end. */
export type DiagnosisEvent =
	| ({ readonly kind: "progress" } & DiagnosisProgress)
	/** Something new was found; it holds all that is known so far. */
	| { readonly kind: "found"; readonly diagnosis: Diagnosis }
	| { readonly kind: "done"; readonly diagnosis: Diagnosis }
	| { readonly kind: "problem"; readonly error: Problem["error"] };

export interface DiagnosisWatch {
	readonly aborted: () => boolean;
	/** Milliseconds since any time. */
	readonly now: () => number;
	readonly onProgress: (progress: DiagnosisProgress) => void;
	/** Called with all findings so far, whenever there is one more. */
	readonly onFound?: (diagnosis: Diagnosis) => void;
	/** Lets others work; the survey goes on when it is settled. */
	readonly pause: () => Promise<void>;
}

/** How long questions are asked before others get their turn, in milliseconds. */
const TURN_MS = 50;

/**
 * Diagnoses one question, or, where it is null, the whole cluster; then in turns. Stopped, it tells what it found until then.
 * Findings are told in `language`.
 * @throws {InputError} For a question that cannot be asked.
 */
export async function diagnoseInTurns(
	subject: Subject,
	question: Question | null,
	watch: DiagnosisWatch,
	language: Language = "en",
): Promise<Diagnosis> {
	if (question !== null) return diagnose(subject, question, language);
	const asking = survey(subject, language);
	let turn = watch.now();
	let known = 0;
	for (let step = asking.next(); ; step = asking.next()) {
		if (step.done === true) return step.value;
		if (watch.now() - turn < TURN_MS) continue;
		const { asked, of, findings, soFar } = step.value;
		watch.onProgress({ asked, of, findings });
		if (findings > known) watch.onFound?.(soFar());
		known = findings;
		await watch.pause();
		turn = watch.now();
		if (watch.aborted()) return soFar();
	}
}

const count = z.int().nonnegative();

export const diagnosisEventSchema: z.ZodType<DiagnosisEvent> = z
	.discriminatedUnion("kind", [
		z.strictObject({ kind: z.literal("progress"), asked: count, of: count, findings: count }),
		z.strictObject({ kind: z.literal("found"), diagnosis: diagnosisSchema }),
		z.strictObject({ kind: z.literal("done"), diagnosis: diagnosisSchema }),
		z.strictObject({ kind: z.literal("problem"), error: problemErrorSchema }),
	])
	.meta({ title: "DiagnosisEvent" });
