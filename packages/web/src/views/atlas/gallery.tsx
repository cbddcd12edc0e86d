/** All scenarios, to be searched and opened. */
import type { ScenarioEntry } from "@podpath/core";
import type { JSX } from "preact";
import { useAtlasIndex } from "../../backend/atlas-index.ts";
import { go } from "../../navigation.ts";
import { Choice } from "../../parts/choice.tsx";
import { ProofBadge, ProofLine } from "../../parts/proof-badge.tsx";
import { VerdictBadge } from "../../parts/verdict.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { ATLAS } from "../../texts/atlas.ts";
import { useLanguage, useTexts, useTextsOf } from "../../texts/language.ts";
import { noteIn, titleIn } from "../../texts/title.ts";
import { CheckAll, type Checked, useChecks } from "./checks.tsx";
import { isMeasured, PROOFS, searchFor, verdictsOf, withProof, withVerdict } from "./search.ts";

export function Gallery({ route }: { readonly route: Route }): JSX.Element {
	const texts = useTextsOf(ATLAS);
	const { proof: proofTexts, verdicts, loading } = useTexts();
	const index = useAtlasIndex(true);
	const { search = "", mode = "", proof = "", verdict = "" } = route.params;
	const checks = useChecks();
	if (index === null) return <p class="quiet">{loading}</p>;
	const all = index.modes.flatMap(({ scenarios }) => scenarios);
	const offered = all.filter((each) => mode === "" || each.name.startsWith(`${mode}/`));
	const fitting = withVerdict(withProof(offered, proof), verdict);
	const { found, isExact } = searchFor(fitting, search);
	const isFound = new Set(found);
	const shown = index.modes
		.map((each) => ({ mode: each.mode, scenarios: each.scenarios.filter((scenario) => isFound.has(scenario)) }))
		.filter(({ scenarios }) => scenarios.length > 0);
	const counted = isExact ? texts.count(found.length, all.length) : texts.near(found.length);
	const narrow = (params: Record<string, string>): void =>
		go({ view: "atlas", params: { ...route.params, ...params } }, true);
	return (
		<>
			<p class="what">{texts.what}</p>
			<p class="intro">{texts.intro}</p>
			<div class="tools">
				<label class="field">
					<span>{texts.search}</span>
					<input
						type="search"
						data-search=""
						value={search}
						placeholder={texts.searchHint}
						onInput={({ currentTarget }) => narrow({ search: currentTarget.value })}
						onKeyDown={({ key, isComposing }) => {
							const [only, other] = found;
							if (key !== "Enter" || isComposing || only === undefined || other !== undefined) return;
							go({ view: "path", params: { in: only.name } });
						}}
					/>
				</label>
				<label class="field choice">
					<span>{texts.modes}</span>
					<select value={mode} onChange={({ currentTarget }) => narrow({ mode: currentTarget.value })}>
						<option value="">{texts.all}</option>
						{index.modes.map((each) => (
							<option key={each.mode} value={each.mode}>
								{each.mode} ({each.scenarios.length})
							</option>
						))}
					</select>
				</label>
				<Choice
					label={proofTexts.filter}
					value={proof}
					options={[["", proofTexts.any], ...PROOFS.map((kind) => [kind, proofTexts.kinds[kind]] as const)]}
					onChoose={(chosen) => narrow({ proof: chosen })}
				/>
				<Choice
					label={texts.verdict}
					value={verdict}
					options={[["", proofTexts.any], ...verdictsOf(all).map((each) => [each, verdicts[each]] as const)]}
					onChoose={(chosen) => narrow({ verdict: chosen })}
				/>
				<p class="count" role="status">
					{found.length === 0 ? texts.nothing : counted}
				</p>
				<CheckAll scenarios={found} checks={checks} />
			</div>
			{found.length === 0 && (
				<p class="hint">
					{texts.hint}{" "}
					<button type="button" onClick={() => go({ view: "atlas", params: {} }, true)}>
						{texts.showAll}
					</button>
				</p>
			)}
			{shown.map((each) => (
				<section key={each.mode} class="mode">
					<h2>
						{each.mode} <span class="quiet">{each.scenarios.length}</span>
					</h2>
					<ul>
						{each.scenarios.map((scenario) => (
							<Card key={scenario.name} scenario={scenario} checked={checks.of(scenario.name)} />
						))}
					</ul>
				</section>
			))}
		</>
	);
}

interface CardProps {
	readonly scenario: ScenarioEntry;
	readonly checked: Checked | undefined;
}

function Card({ scenario, checked }: CardProps): JSX.Element {
	const texts = useTextsOf(ATLAS);
	const { colon } = useTexts();
	const language = useLanguage();
	const { name, question, verdicts, sources, proof } = scenario;
	const note = noteIn(scenario, language);
	return (
		<li class="card">
			<h3>
				<a href={formatRoute({ view: "path", params: { in: name } })}>{titleIn(scenario, language)}</a>
			</h3>
			<p class="asked">
				<code>{question.from}</code> → <code>{question.to}</code>
				{question.via !== undefined && <span class="quiet"> {question.via}</span>}
			</p>
			<p class="states">
				{[...new Set(verdicts)].map((verdict) => (
					<VerdictBadge key={verdict} verdict={verdict} />
				))}
				{proof !== undefined && <ProofBadge proof={proof} />}
				{sources.some(isMeasured) && (
					<span class="badge" title={texts.measuredHint}>
						{texts.measured}
					</span>
				)}
				{checked !== undefined && (
					<span class={`badge tone-${checked.agrees ? "good" : "bad"}`} title={checked.why}>
						{checked.agrees ? texts.agrees : texts.differs}
					</span>
				)}
			</p>
			<details>
				<summary>
					<code>{name}</code>
				</summary>
				{note !== undefined && <p>{note}</p>}
				{proof !== undefined && <ProofLine proof={proof} />}
				<p class="quiet">
					{texts.sources}
					{colon}
					{sources.join(", ")}
				</p>
			</details>
		</li>
	);
}
