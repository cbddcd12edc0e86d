/** How much of the path a change of the cluster changed, and the way to the first of it. */
import { changedSteps, type Step } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../../texts/language.ts";
import type { Changes } from "./changes.ts";

interface Props {
	readonly changes: Changes;
	readonly steps: readonly Step[];
	readonly onStep: (index: number) => void;
}

export function Changed({ changes, steps, onStep }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const gone = changedSteps(steps, changes.before).size;
	const [first] = changes.steps;
	if (changes.steps.size === 0 && gone === 0) return <p class="changed-line quiet">{texts.unchangedSteps}</p>;
	return (
		<p class="changed-line" role="status">
			<span class="changed-swatch" aria-hidden="true" /> <b>{texts.changedSteps(changes.steps.size)}</b>
			{gone > 0 && <span class="quiet"> · {texts.goneSteps(gone)}</span>}
			{first !== undefined && (
				<>
					{" "}
					<button type="button" class="small" onClick={() => onStep(first)}>
						{texts.firstChanged}
					</button>
				</>
			)}
		</p>
	);
}
