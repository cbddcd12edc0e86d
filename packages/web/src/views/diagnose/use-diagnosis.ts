/** What is wrong, while it is being found and afterwards. */
import type { Diagnosis, DiagnosisProgress, Question } from "@podpath/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { diagnosisFor } from "../../backend/backends.ts";
import { useLanguage } from "../../texts/language.ts";

interface State {
	/** While it goes on: what is found so far. */
	readonly diagnosis: Diagnosis | null;
	readonly progress: DiagnosisProgress | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly running: boolean;
	/** Somebody ended it before its end. */
	readonly stopped: boolean;
}

export interface Diagnosing extends State {
	readonly stop: () => void;
	readonly again: () => void;
}

const NOTHING: State = { diagnosis: null, progress: null, problem: null, running: false, stopped: false };

/** A question of null: the whole cluster. Undefined: nothing is asked yet. */
export function useDiagnosis(input: Input | null, question: Question | null | undefined): Diagnosing {
	const [state, setState] = useState<State>(NOTHING);
	const [attempt, setAttempt] = useState(0);
	const ending = useRef<AbortController | null>(null);
	const language = useLanguage();
	const key = JSON.stringify([input, question === undefined ? "nothing" : question, language, attempt]);
	useEffect(() => {
		if (input === null || question === undefined) return setState(NOTHING);
		const controller = new AbortController();
		ending.current = controller;
		let current = true;
		const change = (changed: Partial<State>): void => {
			if (current) setState((before) => ({ ...before, ...changed }));
		};
		setState({ ...NOTHING, running: true });
		diagnosisFor(input)
			.diagnose(input, question, language, {
				signal: controller.signal,
				onProgress: (progress) => change({ progress }),
				onFound: (diagnosis) => change({ diagnosis }),
			})
			.then(
				(diagnosis) => change({ diagnosis, running: false, stopped: diagnosis.asked?.interrupted === true }),
				(error: unknown) => {
					if (controller.signal.aborted) change({ running: false, stopped: true });
					else change({ running: false, problem: problemIn(error) });
				},
			);
		return () => {
			current = false;
			controller.abort();
		};
	}, [key]);
	return { ...state, stop: () => ending.current?.abort(), again: () => setAttempt(attempt + 1) };
}
