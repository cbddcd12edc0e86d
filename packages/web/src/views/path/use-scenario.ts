/** The scenario that is asked about, from its mode's files alone: a link to a path does not wait for the whole atlas. */
import { useEffect, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { engineFor } from "../../backend/backends.ts";
import type { Asked } from "../../engine/calls.ts";

interface Known {
	readonly name: string;
	readonly scenario: Asked | undefined;
	readonly problem: ReturnType<typeof problemIn> | null;
}

interface Scenario extends Omit<Known, "name"> {
	readonly ready: boolean;
	readonly retry: () => void;
}

/** `ready`: nothing more will come; an input that is no scenario is ready at once. */
export function useScenario(input: Input | null): Scenario {
	const [known, setKnown] = useState<Known | null>(null);
	const [attempt, setAttempt] = useState(0);
	const retry = (): void => setAttempt(attempt + 1);
	const name = input?.kind === "scenario" ? input.name : null;
	useEffect(() => {
		if (name === null) return;
		let current = true;
		engineFor(name)
			.scenario(name)
			.then(
				(scenario) => current && setKnown({ name, scenario: scenario ?? undefined, problem: null }),
				(error: unknown) => current && setKnown({ name, scenario: undefined, problem: problemIn(error) }),
			);
		return () => {
			current = false;
		};
	}, [name, attempt]);
	if (name === null) return { scenario: undefined, problem: null, ready: true, retry };
	return known?.name === name
		? { scenario: known.scenario, problem: known.problem, ready: true, retry }
		: { scenario: undefined, problem: null, ready: false, retry };
}
