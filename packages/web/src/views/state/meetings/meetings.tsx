/** The paths that meet an entry of the state, found by asking. */
import type { StateEntry } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useAtlasIndex } from "../../../backend/atlas-index.ts";
import { type Input, problemIn } from "../../../backend/backend.ts";
import { backendFor } from "../../../backend/backends.ts";
import { Problem } from "../../../parts/problem.tsx";
import { formatRoute } from "../../../route.ts";
import { useLanguage, useTextsOf } from "../../../texts/language.ts";
import { STATE } from "../../../texts/state.ts";
import { routeOf } from "../../path/asked.ts";
import { type Candidate, MOST_ASKED, pairsOf, scenariosLike } from "./questions.ts";
import { type Meeting, useMeetings } from "./use-meetings.ts";

export interface MeetingsProps {
	readonly input: Input;
	readonly place: string;
	readonly group: string;
	readonly entry: StateEntry;
}

export function Meetings({ input, place, group, entry }: MeetingsProps): JSX.Element {
	const texts = useTextsOf(STATE);
	const { candidates, problem, retry } = useCandidates(input, place, entry);
	const { found, asked, refused, done } = useMeetings(candidates, { place, group, text: entry.text }, useLanguage());
	if (problem !== null) return <Problem problem={problem} retry={retry} />;
	const all = candidates?.length ?? 0;
	return (
		<div class="meetings">
			<p role="status">
				{done ? texts.meetings(found.length, asked) : texts.asking(asked, Math.min(all, MOST_ASKED))}
				{refused > 0 && ` ${texts.refused(refused)}`}
				{all > MOST_ASKED && ` ${texts.bounded(MOST_ASKED, all)}`}
			</p>
			<ul>
				{found.map((each) => (
					<li key={each.title}>
						<a href={linkOf(each)}>{each.title}</a>
					</li>
				))}
			</ul>
		</div>
	);
}

/** To the very step; a scenario's own question goes without saying. */
function linkOf({ input, question, way, step }: Meeting): string {
	const { view, params } = routeOf(input, input.kind === "scenario" ? {} : question);
	return formatRoute({ view, params: { ...params, ...(way > 0 && { way: String(way) }), step: String(step) } });
}

/** A server gives no more at once. */
const MOST_PLACES = 100;

interface Candidates {
	/** Null while it is not known yet what to ask. */
	readonly candidates: readonly Candidate[] | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly retry: () => void;
}

function useCandidates(input: Input, place: string, entry: StateEntry): Candidates {
	const atlas = useAtlasIndex(input.kind === "scenario");
	const [pairs, setPairs] = useState<readonly Candidate[] | null>(null);
	const [problem, setProblem] = useState<Candidates["problem"]>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		if (input.kind === "scenario") return;
		let current = true;
		setProblem(null);
		// What the entry names first: a large cluster has more Services than are given.
		const wanted = [entry.origin?.object ?? "pod/", "pod/", "service/"];
		Promise.all(wanted.map((typed) => backendFor(input).places(input, typed, MOST_PLACES))).then(
			(found) => {
				const places = new Map(found.flat().map((each) => [each.name, each]));
				if (current) setPairs(pairsOf([...places.values()], place, entry));
			},
			(error: unknown) => current && setProblem(problemIn(error)),
		);
		return () => {
			current = false;
		};
	}, [JSON.stringify(input), place, entry.text, attempt]);
	const name = input.kind === "scenario" ? input.name : null;
	const language = useLanguage();
	const scenarios = useMemo(
		() => (atlas === null || name === null ? null : scenariosLike(name, atlas, language)),
		[atlas, name, language],
	);
	return { candidates: name === null ? pairs : scenarios, problem, retry: () => setAttempt(attempt + 1) };
}
