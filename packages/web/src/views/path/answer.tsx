/** An explanation: its verdict, its ways, the picture, and everything about the step that is looked at. */
import { type Explanation, groupPaths, lastStepOf, type Step, stepsOf } from "@podpath/core";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { go } from "../../navigation.ts";
import type { Route } from "../../route.ts";
import { position } from "./asked.ts";
import { Changed } from "./changed.tsx";
import { changesOf } from "./changes.ts";
import { ExportMenu } from "./export-menu.tsx";
import { Facts } from "./facts.tsx";
import { Findings } from "./findings.tsx";
import { Legend } from "./legend.tsx";
import { Picture } from "./picture.tsx";
import { useStepKeys } from "./step-keys.ts";
import { StepList } from "./step-list.tsx";
import { StepPanel } from "./step-panel.tsx";
import { Stepper } from "./stepper.tsx";
import { ToEnd } from "./to-end.tsx";
import { Verdicts } from "./verdicts.tsx";

interface Props {
	readonly explanation: Explanation;
	/** Of the cluster before a change, so that what became of it is marked. */
	readonly before?: Explanation | null;
	readonly route: Route;
	/** A newer answer is on its way. */
	readonly stale: boolean;
}

export function Answer({ explanation, before = null, route, stale }: Props): JSX.Element {
	const groups = useMemo(() => groupPaths(explanation.paths), [explanation]);
	const way = position(route.params.way, groups.length - 1);
	const group = groups[way];
	const path = group?.first;
	const steps = useMemo<readonly Step[]>(() => (path === undefined ? [] : stepsOf(path)), [path]);
	const changes = useMemo(
		() => (before === null || path === undefined ? null : changesOf(before, path)),
		[before, path],
	);
	const current = position(route.params.step, steps.length - 1);
	const step = steps[current];
	const last = path === undefined ? null : lastStepOf(path, steps);
	const show = (next: Record<string, string>): void => go({ ...route, params: { ...route.params, ...next } }, true);
	const goTo = (index: number): void => {
		const kept = Math.max(0, Math.min(index, steps.length - 1));
		show({ step: kept === 0 ? "" : String(kept) });
	};
	useStepKeys(goTo, current, steps.length, last);
	return (
		<section class={`answer${stale ? " stale" : ""}`} aria-busy={stale}>
			<Verdicts
				explanation={explanation}
				groups={groups}
				way={way}
				onWay={(index) => show({ way: String(index), step: "" })}
			>
				{path !== undefined && <ToEnd path={path} step={last} onStep={goTo} />}
			</Verdicts>
			{path !== undefined && step !== undefined && (
				<>
					{changes !== null && <Changed changes={changes} steps={steps} onStep={goTo} />}
					<div class="stage">
						<Picture groups={groups} way={way} step={step} steps={steps} onStep={goTo} changes={changes} />
						<Legend path={path} />
						<Stepper steps={steps} current={current} onStep={goTo} />
					</div>
					<StepPanel
						steps={steps}
						step={step}
						about={before !== null ? null : route.params.in === undefined ? {} : { in: route.params.in }}
						number={current + 1}
					/>
					<StepList steps={steps} current={current} onStep={goTo} changed={changes?.steps} end={last} />
					<div class="beside">
						<Findings findings={explanation.findings} />
						<Facts path={path} />
						<ExportMenu explanation={explanation} route={route} />
					</div>
				</>
			)}
		</section>
	);
}
