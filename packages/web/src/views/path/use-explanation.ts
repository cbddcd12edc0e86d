/** The answer to the question of the moment. */
import type { Explanation, Language, Question } from "@podpath/core";
import { useEffect, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { backendFor } from "../../backend/backends.ts";
import { inputKey } from "../../backend/input-key.ts";

export interface Answered {
	/** Of the question before while a new one is being asked, so that nothing flickers. */
	readonly explanation: Explanation | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly asking: boolean;
	readonly retry: () => void;
}

interface State {
	readonly key: string;
	readonly explanation: Explanation | null;
	readonly problem: Answered["problem"];
}

export function useExplanation(input: Input | null, question: Question | null, language: Language): Answered {
	const [state, setState] = useState<State>({ key: "", explanation: null, problem: null });
	const [attempt, setAttempt] = useState(0);
	const key = JSON.stringify([inputKey(input), question, language, attempt]);
	useEffect(() => {
		if (input === null || question === null) return setState({ key, explanation: null, problem: null });
		let current = true;
		backendFor(input)
			.explain(input, question, language)
			.then(
				(explanation) => current && setState({ key, explanation, problem: null }),
				(error: unknown) => current && setState({ key, explanation: null, problem: problemIn(error) }),
			);
		return () => {
			current = false;
		};
	}, [key]);
	return { ...state, asking: state.key !== key, retry: () => setAttempt(attempt + 1) };
}
