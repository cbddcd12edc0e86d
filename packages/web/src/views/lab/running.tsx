/** The buttons of a lab run, how far it is, and what came of it. */
import type { JSX } from "preact";
import { Notice } from "../../parts/notice.tsx";
import { Problem } from "../../parts/problem.tsx";
import { LAB } from "../../texts/lab.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { Report } from "./report.tsx";
import { Stages } from "./stages.tsx";
import type { LabRun } from "./use-lab.ts";

export function Running({ run }: { readonly run: LabRun }): JSX.Element {
	const texts = useTextsOf(LAB);
	const { state, start, stop } = run;
	return (
		<>
			<p class="running">
				{state.kind === "running" ? (
					<button type="button" onClick={stop}>
						{texts.stop}
					</button>
				) : (
					<button type="button" class="primary" onClick={start}>
						{state.kind === "idle" ? texts.run : texts.again}
					</button>
				)}
				<span role="status">{state.kind === "stopped" && texts.stopped}</span>
			</p>
			{state.kind === "running" && <Stages stage={state.stage} text={state.text} />}
			{state.kind === "failed" && <Failure problem={state.problem} retry={start} />}
			{state.kind === "done" && <Report report={state.report} />}
		</>
	);
}

/** A question is never too large unless somebody meant it: it is what was typed in manifests. */
function Failure({ problem, retry }: Parameters<typeof Problem>[0]): JSX.Element {
	const texts = useTextsOf(LAB);
	const { bracketed } = useTexts();
	if (problem.code !== "too-large") return <Problem problem={problem} retry={retry} />;
	return (
		<Notice tone="bad">
			{texts.tooLarge}
			{bracketed(problem.message)}
		</Notice>
	);
}
