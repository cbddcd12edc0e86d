/** What each network mode is, and how many scenarios the atlas has of it. */
import type { ModeProfile } from "@podpath/core";
import { useEffect, useState } from "preact/hooks";
import { useAtlasIndex } from "../../backend/atlas-index.ts";
import { problemIn } from "../../backend/backend.ts";
import { wholeEngine } from "../../backend/backends.ts";

export interface Modes {
	/** Null while they are measured. */
	readonly profiles: readonly ModeProfile[] | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly retry: () => void;
	/** Null while the atlas is on its way. */
	scenariosOf(mode: string): number | null;
}

export function useModes(): Modes {
	const index = useAtlasIndex(true);
	const [profiles, setProfiles] = useState<Modes["profiles"]>(null);
	const [problem, setProblem] = useState<Modes["problem"]>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		setProblem(null);
		wholeEngine.modes().then(setProfiles, (error: unknown) => setProblem(problemIn(error)));
	}, [attempt]);
	return {
		profiles,
		problem,
		retry: () => setAttempt(attempt + 1),
		scenariosOf: (mode) =>
			index === null ? null : (index.modes.find((each) => each.mode === mode)?.scenarios.length ?? 0),
	};
}
