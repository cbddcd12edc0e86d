/** The catalogue of faults, to be searched and opened. */
import type { FaultEntry, FaultIndex } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { problemIn } from "../../backend/backend.ts";
import { fetchJson } from "../../backend/http.ts";
import { go } from "../../navigation.ts";
import { Problem } from "../../parts/problem.tsx";
import { VerdictBadge } from "../../parts/verdict.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { DIAGNOSE } from "../../texts/diagnose.ts";
import { useLanguage, useTexts, useTextsOf } from "../../texts/language.ts";
import { titleIn } from "../../texts/title.ts";
import { seenAs } from "../atlas/search.ts";

export function Examples({ route }: { readonly route: Route }): JSX.Element {
	const { loading } = useTexts();
	const texts = useTextsOf(DIAGNOSE);
	const { index, problem, retry } = useFaults();
	const { search = "" } = route.params;
	if (problem !== null) return <Problem problem={problem} retry={retry} />;
	if (index === null) return <p class="quiet">{loading}</p>;
	const shown = index.modes
		.map(({ mode, faults }) => ({ mode, faults: faults.filter((each) => holds(each, search)) }))
		.filter(({ faults }) => faults.length > 0);
	const count = (modes: FaultIndex["modes"]): number => modes.reduce((sum, { faults }) => sum + faults.length, 0);
	return (
		<>
			<h2>{texts.examples}</h2>
			<p class="intro">{texts.examplesIntro}</p>
			<div class="tools">
				<label class="field">
					<span>{texts.search}</span>
					<input
						type="search"
						data-search=""
						value={search}
						placeholder={texts.searchHint}
						onInput={({ currentTarget }) =>
							go({ ...route, params: { ...route.params, search: currentTarget.value } }, true)
						}
					/>
				</label>
				<p class="count" role="status">
					{shown.length === 0 ? texts.nothing : texts.count(count(shown), count(index.modes))}
				</p>
			</div>
			{shown.map(({ mode, faults }) => (
				<section key={mode} class="mode">
					<h3>
						{mode} <span class="quiet">{faults.length}</span>
					</h3>
					<ul>
						{faults.map((fault) => (
							<Card key={fault.name} fault={fault} />
						))}
					</ul>
				</section>
			))}
		</>
	);
}

function Card({ fault }: { readonly fault: FaultEntry }): JSX.Element {
	const { name, question, verdict, code } = fault;
	const title = titleIn(fault, useLanguage());
	return (
		<li class="card">
			<h3>
				<a href={formatRoute({ view: "diagnose", params: { in: name } })}>{title}</a>
			</h3>
			<p class="asked">
				<code>{question.from}</code> → <code>{question.to}</code>
				{question.via !== undefined && <span class="quiet"> {question.via}</span>}
			</p>
			<p class="states">
				<VerdictBadge verdict={verdict} /> <code>{code}</code>
			</p>
		</li>
	);
}

function holds({ name, title, titleZh = "", verdict, code }: FaultEntry, search: string): boolean {
	const seen = verdict === "mixed" ? "" : seenAs([verdict]);
	const text = `${name} ${title} ${titleZh} ${verdict} ${code} ${seen}`.toLowerCase();
	return search
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));
}

interface Faults {
	readonly index: FaultIndex | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly retry: () => void;
}

function useFaults(): Faults {
	const [index, setIndex] = useState<FaultIndex | null>(null);
	const [problem, setProblem] = useState<Faults["problem"]>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		setProblem(null);
		fetchJson<FaultIndex>("faults.json").then(setIndex, (error: unknown) => setProblem(problemIn(error)));
	}, [attempt]);
	return { index, problem, retry: () => setAttempt(attempt + 1) };
}
