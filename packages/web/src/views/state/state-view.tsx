/** The State view: everything that a stack has, to be searched and followed. */
import type { Citation, StateReport } from "@podpath/core";
import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { backendFor } from "../../backend/backends.ts";
import { go } from "../../navigation.ts";
import { Combobox } from "../../parts/combobox.tsx";
import { NoInput } from "../../parts/no-input.tsx";
import { Problem } from "../../parts/problem.tsx";
import type { Route } from "../../route.ts";
import { useTextsOf } from "../../texts/language.ts";
import { STATE } from "../../texts/state.ts";
import { inputOf } from "../path/asked.ts";
import { ScenarioLineOf } from "../path/scenario-line.tsx";
import type { ViewProps } from "../view.ts";
import { citedIn } from "./cited.ts";
import { Group } from "./group.tsx";
import { Machines } from "./machines.tsx";
import { matching, wordsOf } from "./matching.ts";

const MOST_PROPOSALS = 40;

export function StateView({ route, served }: ViewProps): JSX.Element {
	const texts = useTextsOf(STATE);
	const input = inputOf(route, served);
	const { place = "", search = "", group = "", entry } = route.params;
	const { report, problem, retry } = useReport(input, place);
	const propose = useCallback(
		async (typed: string) => {
			if (input === null) return [];
			const found = await backendFor(input).places(input, typed, MOST_PROPOSALS);
			return found.filter(({ kind }) => kind !== "service");
		},
		[JSON.stringify(input)],
	);
	if (input === null) {
		return <NoInput view="state" />;
	}
	const narrow = (params: Route["params"], replace = false): void =>
		go({ ...route, params: { ...route.params, ...params } }, replace);
	return (
		<div class="state-view">
			<h1>{texts.title}</h1>
			<ScenarioLineOf input={input} />
			<div class="tools">
				<Combobox
					label={texts.place}
					value={place}
					placeholder={texts.placeHint}
					propose={propose}
					onChoose={(chosen) => narrow({ place: chosen, group: "", entry: "" })}
				/>
				<label class="field">
					<span>{texts.search}</span>
					<input
						type="search"
						data-search=""
						value={search}
						placeholder={texts.searchHint}
						onInput={({ currentTarget }) => narrow({ search: currentTarget.value, group: "", entry: "" }, true)}
					/>
				</label>
			</div>
			{problem !== null && <Problem problem={problem} retry={retry} />}
			{place === "" && search.trim() !== "" && (
				<p class="tone-unsure" role="status">
					{texts.chooseFirst(search.trim())}
				</p>
			)}
			{place === "" && <Machines input={input} route={route} />}
			{report !== null && (
				<Sections
					report={report}
					input={input}
					search={search}
					open={group}
					cited={citedIn(group, entry)}
					onJump={(to) => narrow({ group: to, entry: "" })}
				/>
			)}
		</div>
	);
}

interface SectionsProps {
	readonly report: StateReport;
	readonly input: Input;
	readonly search: string;
	/** The group that the URL leads to. */
	readonly open: string;
	readonly cited: Citation | null;
	readonly onJump: (group: string) => void;
}

function Sections({ report, input, search, open, cited, onJump }: SectionsProps): JSX.Element {
	const texts = useTextsOf(STATE);
	const words = wordsOf(search);
	const shown = report.sections
		.map((section) => ({ ...section, groups: section.groups.flatMap((each) => matching(each, words)) }))
		.filter(({ missing, groups }) => groups.length > 0 || (missing && words.length === 0));
	if (shown.length === 0) return <p role="status">{texts.nothing}</p>;
	return (
		<>
			{shown.map(({ part, missing, groups }) => (
				<section key={part}>
					<h2>
						{texts.parts[part]} <code class="quiet">{part}</code>
					</h2>
					{missing && <p class="tone-unsure">{texts.missing}</p>}
					{groups.map((each) => (
						<Group
							key={each.name}
							group={each}
							expanded={words.length > 0 || each.name === open || (groups.length === 1 && each.entries.length < 60)}
							target={each.name === open}
							cited={cited}
							input={input}
							place={report.place}
							onJump={onJump}
						/>
					))}
				</section>
			))}
		</>
	);
}

interface Read {
	readonly report: StateReport | null;
	readonly problem: ReturnType<typeof problemIn> | null;
}

function useReport(input: Input | null, place: string): Read & { readonly retry: () => void } {
	const [read, setRead] = useState<Read>({ report: null, problem: null });
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		if (input === null || place === "") return setRead({ report: null, problem: null });
		let current = true;
		backendFor(input)
			.state(input, place)
			.then(
				(report) => current && setRead({ report, problem: null }),
				(error: unknown) => current && setRead({ report: null, problem: problemIn(error) }),
			);
		return () => {
			current = false;
		};
	}, [JSON.stringify(input), place, attempt]);
	return { ...read, retry: () => setAttempt(attempt + 1) };
}
