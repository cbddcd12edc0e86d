/** The modes side by side: a row a criterion, a column a mode, and what is otherwise than in the mode that one compares with. */
import {
	type Criterion,
	criterionText,
	differingCriteria,
	MODE_CRITERIA,
	type ModeProfile,
	profileText,
} from "@podpath/core";
import type { JSX } from "preact";
import { go } from "../../navigation.ts";
import { Choice } from "../../parts/choice.tsx";
import { Problem } from "../../parts/problem.tsx";
import type { Route } from "../../route.ts";
import { useLanguage, useTexts, useTextsOf } from "../../texts/language.ts";
import { MODES } from "../../texts/modes.ts";
import { ModePicker } from "./mode-picker.tsx";
import { pickedModes } from "./picked-modes.ts";
import { ScenariosLink } from "./scenarios-link.tsx";
import { type Modes, useModes } from "./use-modes.ts";

export function Comparison({ route }: { readonly route: Route }): JSX.Element {
	const texts = useTextsOf(MODES);
	const { loading } = useTexts();
	const modes = useModes();
	const { profiles, problem, retry } = modes;
	if (problem !== null) return <Problem problem={problem} retry={retry} />;
	if (profiles === null) return <p class="quiet">{loading}</p>;
	const names = profiles.map(({ mode }) => mode);
	const picked = pickedModes(route.params.modes, names);
	const shown = profiles.filter(({ mode }) => picked.includes(mode));
	const base = shown.find(({ mode }) => mode === route.params.base) ?? shown[0];
	const differing = differingCriteria(shown);
	const only = route.params.only === "differences";
	const narrow = (params: Route["params"]): void => go({ ...route, params: { ...route.params, ...params } }, true);
	return (
		<div class="comparison">
			<p class="intro">{texts.comparisonIntro}</p>
			<ModePicker names={names} picked={picked} onPick={(modes) => narrow({ modes: modes.join(",") })} />
			<div class="tools">
				<Choice
					label={texts.base}
					value={base?.mode ?? ""}
					options={shown.map(({ mode }) => [mode, mode])}
					onChoose={(mode) => narrow({ base: mode })}
				/>
				<label class="check">
					<input
						type="checkbox"
						checked={only}
						onChange={({ currentTarget }) => narrow({ only: currentTarget.checked ? "differences" : "" })}
					/>{" "}
					{texts.onlyDifferences}
				</label>
				<p class="quiet" role="status">
					{texts.differing(differing.size, MODE_CRITERIA.length)}
				</p>
			</div>
			{base !== undefined && (
				<Table
					shown={shown}
					base={base}
					criteria={only ? MODE_CRITERIA.filter((each) => differing.has(each)) : MODE_CRITERIA}
					scenariosOf={modes.scenariosOf}
				/>
			)}
			<Meanings />
		</div>
	);
}

interface TableProps {
	readonly shown: readonly ModeProfile[];
	/** What the others are compared with. */
	readonly base: ModeProfile;
	readonly criteria: readonly Criterion[];
	readonly scenariosOf: Modes["scenariosOf"];
}

function Table({ shown, base, criteria, scenariosOf }: TableProps): JSX.Element {
	const texts = useTextsOf(MODES);
	return (
		<div class="table-frame" role="region" aria-label={texts.table} tabIndex={0}>
			<table class="modes-table">
				<thead>
					<tr>
						<th scope="col">{texts.criterion}</th>
						{shown.map(({ mode }) => (
							<th key={mode} scope="col" class={mode === base.mode ? "base" : ""}>
								<span class="mode-name">{mode}</span>
								<ScenariosLink mode={mode} scenarios={scenariosOf(mode)} />
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{criteria.map((criterion) => (
						<Row key={criterion} criterion={criterion} shown={shown} base={base} />
					))}
				</tbody>
			</table>
		</div>
	);
}

interface RowProps extends Pick<TableProps, "shown" | "base"> {
	readonly criterion: Criterion;
}

function Row({ criterion, shown, base }: RowProps): JSX.Element {
	const texts = useTextsOf(MODES);
	const language = useLanguage();
	const { name, about } = criterionText(criterion, language);
	const own = JSON.stringify(base[criterion]);
	return (
		<tr>
			<th scope="row" title={about}>
				{name}
			</th>
			{shown.map((profile) => {
				const differs = JSON.stringify(profile[criterion]) !== own;
				return (
					<td key={profile.mode} class={differs ? "differs" : ""}>
						{differs && (
							<span class="sign" role="img" aria-label={texts.otherThan(base.mode)}>
								≠
							</span>
						)}{" "}
						{profileText(profile, criterion, language)}
					</td>
				);
			})}
		</tr>
	);
}

/** What the rows tell, for whoever has no pointer to rest on them. */
function Meanings(): JSX.Element {
	const texts = useTextsOf(MODES);
	const language = useLanguage();
	return (
		<details class="meanings">
			<summary>{texts.meanings}</summary>
			<dl>
				{MODE_CRITERIA.map((criterion) => {
					const { name, about } = criterionText(criterion, language);
					return (
						<div key={criterion}>
							<dt>{name}</dt>
							<dd>{about}</dd>
						</div>
					);
				})}
			</dl>
		</details>
	);
}
