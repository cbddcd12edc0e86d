/** The way to the step that a failing path is looked at for. */
import { type ExplainedPath, endOf } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../../texts/language.ts";

interface Props {
	readonly path: ExplainedPath;
	/** The index of that step; null: there is none. */
	readonly step: number | null;
	readonly onStep: (index: number) => void;
}

export function ToEnd({ path, step, onStep }: Props): JSX.Element | null {
	const { path: texts } = useTexts();
	const end = endOf(path);
	if (end === null || step === null) return null;
	return (
		<p class="to-end">
			<button type="button" aria-keyshortcuts="L" onClick={() => onStep(step)}>
				{texts.toEnd[end]} <kbd>L</kbd>
			</button>
		</p>
	);
}
