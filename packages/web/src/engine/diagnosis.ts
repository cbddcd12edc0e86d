/** Diagnosis in a worker, which hears between two turns that it should stop. */
import { type Diagnosis, type DiagnosisWatch, diagnoseInTurns, type Subject } from "@podpath/core";
import type { Calls } from "./calls.ts";
import type { Watch } from "./engine.ts";

export function diagnosisOf(
	subject: Subject,
	{ question, language }: Calls["diagnose"]["asks"],
	watch: Watch,
): Promise<Diagnosis> {
	const turns: DiagnosisWatch = {
		aborted: watch.stopped,
		now: () => performance.now(),
		onProgress: (progress) => watch.onNews({ kind: "progress", progress }),
		onFound: (diagnosis) => watch.onNews({ kind: "found", diagnosis }),
		// A task of its own: messages that came meanwhile, a stop among them, are heard first.
		pause: () => new Promise((resolve) => setTimeout(resolve)),
	};
	return diagnoseInTurns(subject, question, turns, language);
}
