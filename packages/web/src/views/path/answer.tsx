/** An explanation: its verdict, its ways, the picture, and everything about the step that is looked at. */
import { type Explanation, endOf, toneOf } from "@podpath/core";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { go } from "../../navigation.ts";
import { Manifests } from "../../parts/source-link.tsx";
import type { Route } from "../../route.ts";
import { Changed } from "./changed.tsx";
import { changesOf } from "./changes.ts";
import { ExportMenu } from "./export-menu.tsx";
import { Facts } from "./facts.tsx";
import { Findings, LeadingFinding } from "./findings.tsx";
import { Legend } from "./legend.tsx";
import { Picture } from "./picture.tsx";
import { useStepKeys } from "./step-keys.ts";
import { StepList } from "./step-list.tsx";
import { StepPanel } from "./step-panel.tsx";
import { Stepper } from "./stepper.tsx";
import { ToEnd } from "./to-end.tsx";
import { useLookedAt } from "./use-looked-at.ts";
import { Verdicts } from "./verdicts.tsx";

interface Props {
	readonly explanation: Explanation;
	/** Of the cluster before a change, so that what became of it is marked. */
	readonly before?: Explanation | null;
	readonly route: Route;
	/** A newer answer is on its way. */
	readonly stale: boolean;
	/** The manifests that it is an answer about can be changed in the page. */
	readonly editable: boolean;
}

export function Answer({ explanation, before = null, route, stale, editable }: Props): JSX.Element {
	const { groups, way, path, steps, current, step, last, cause, stepOf, leading } = useLookedAt(explanation, route);
	const changes = useMemo(
		() => (before === null || path === undefined ? null : changesOf(before, path)),
		[before, path],
	);
	const show = (next: Record<string, string>): void => go({ ...route, params: { ...route.params, ...next } }, true);
	const goTo = (index: number): void => {
		const kept = Math.max(0, Math.min(index, steps.length - 1));
		show({ step: kept === 0 ? "" : String(kept) });
	};
	useStepKeys(goTo, current, steps.length, { end: last, cause: cause ?? last });
	return (
		<Manifests.Provider value={editable ? route : null}>
			<section
				class={`answer ${path === undefined ? "" : toneOf(path.verdict)}${stale ? " stale" : ""}`}
				aria-busy={stale}
			>
				<Verdicts
					explanation={explanation}
					groups={groups}
					way={way}
					onWay={(index) => show({ way: String(index), step: "" })}
				>
					{path !== undefined && <ToEnd path={path} step={last} onStep={goTo} />}
					{leading !== undefined && (
						<LeadingFinding finding={leading} stepOf={stepOf} onStep={goTo} keyed={cause ?? last} />
					)}
				</Verdicts>
				{path !== undefined && step !== undefined && (
					<>
						{changes !== null && <Changed changes={changes} steps={steps} onStep={goTo} />}
						<div class="stage">
							<Picture
								groups={groups}
								way={way}
								step={step}
								steps={steps}
								onStep={goTo}
								changes={changes}
								cause={cause}
							/>
							<Legend path={path} cause={cause !== null} />
							<Stepper steps={steps} current={current} onStep={goTo} end={last} cause={cause} />
						</div>
						<StepPanel
							steps={steps}
							step={step}
							about={before !== null ? null : route.params.in === undefined ? {} : { in: route.params.in }}
							number={current + 1}
						/>
						<StepList
							steps={steps}
							current={current}
							onStep={goTo}
							changed={changes?.steps}
							end={last === null ? null : { step: last, kind: endOf(path) ?? "lost" }}
							cause={cause}
						/>
						<div class="beside">
							<Findings
								findings={explanation.findings.filter((each) => each !== leading)}
								stepOf={stepOf}
								onStep={goTo}
							/>
							<Facts path={path} />
							<ExportMenu explanation={explanation} route={route} />
						</div>
					</>
				)}
			</section>
		</Manifests.Provider>
	);
}
