/** An explanation: its verdict, its ways, the picture, and everything about the step that is looked at. */
import { type Explanation, formatShare, groupPaths, type PathGroup, type Step, stepsOf } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { go } from "../../navigation.ts";
import { VerdictBadge } from "../../parts/verdict.tsx";
import type { Route } from "../../route.ts";
import { useTexts } from "../../texts/language.ts";
import { position } from "./asked.ts";
import { ExportMenu } from "./export-menu.tsx";
import { Facts } from "./facts.tsx";
import { Findings } from "./findings.tsx";
import { Legend } from "./legend.tsx";
import { Picture } from "./picture.tsx";
import { StepList } from "./step-list.tsx";
import { StepPanel } from "./step-panel.tsx";
import { Stepper } from "./stepper.tsx";

interface Props {
	readonly explanation: Explanation;
	readonly route: Route;
	/** A newer answer is on its way. */
	readonly stale: boolean;
}

export function Answer({ explanation, route, stale }: Props): JSX.Element {
	const groups = useMemo(() => groupPaths(explanation.paths), [explanation]);
	const way = position(route.params.way, groups.length - 1);
	const group = groups[way];
	const path = group?.first;
	const steps = useMemo<readonly Step[]>(() => (path === undefined ? [] : stepsOf(path)), [path]);
	const current = position(route.params.step, steps.length - 1);
	const step = steps[current];
	const show = (next: Record<string, string>): void => go({ ...route, params: { ...route.params, ...next } }, true);
	const goTo = (index: number): void => {
		const kept = Math.max(0, Math.min(index, steps.length - 1));
		show({ step: kept === 0 ? "" : String(kept) });
	};
	useStepKeys(goTo, current, steps.length);
	return (
		<section class={`answer${stale ? " stale" : ""}`} aria-busy={stale}>
			<Verdicts
				explanation={explanation}
				groups={groups}
				way={way}
				onWay={(index) => show({ way: String(index), step: "" })}
			/>
			{path !== undefined && step !== undefined && (
				<>
					<div class="stage">
						<Picture groups={groups} way={way} step={step} steps={steps} onStep={goTo} />
						<Legend path={path} />
						<Stepper steps={steps} current={current} onStep={goTo} />
					</div>
					<StepPanel path={path} step={step} number={current + 1} of={steps.length} />
					<StepList steps={steps} current={current} onStep={goTo} />
					<div class="beside">
						<Findings findings={explanation.findings} />
						<Facts path={path} />
						<ExportMenu explanation={explanation} />
					</div>
				</>
			)}
		</section>
	);
}

interface VerdictsProps {
	readonly explanation: Explanation;
	readonly groups: readonly PathGroup[];
	readonly way: number;
	readonly onWay: (index: number) => void;
}

function Verdicts({ explanation, groups, way, onWay }: VerdictsProps): JSX.Element {
	const { path: texts } = useTexts();
	const reason = groups[way]?.first.reason ?? "";
	return (
		<div class="verdicts">
			<p class="verdict-line" role="status">
				<VerdictBadge verdict={explanation.verdict} /> <span>{reason}</span>
			</p>
			{groups.length > 1 && (
				<div class="ways" role="group" aria-label={texts.branches}>
					{groups.map(({ first, others, weight }, index) => (
						<button key={index} type="button" aria-pressed={index === way} onClick={() => onWay(index)}>
							<span class="share">{formatShare(weight)}</span> <VerdictBadge verdict={first.verdict} />{" "}
							<span class="quiet">{first.forward.links.at(-1)?.at}</span>
							{others.length > 0 && <span class="quiet"> · {texts.alike(others.length + 1)}</span>}
						</button>
					))}
				</div>
			)}
		</div>
	);
}

/** The arrow keys move the packet, unless something else that takes them has the focus. */
function useStepKeys(goTo: (index: number) => void, current: number, count: number): void {
	useEffect(() => {
		const press = (event: KeyboardEvent): void => {
			if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
			if (event.target instanceof HTMLElement && event.target.closest("input,select,textarea,dialog") !== null) return;
			const target = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: count - 1 }[event.key];
			if (target === undefined) return;
			event.preventDefault();
			goTo(target);
		};
		addEventListener("keydown", press);
		return () => removeEventListener("keydown", press);
	});
}
