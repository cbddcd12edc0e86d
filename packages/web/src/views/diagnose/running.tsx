/** How far it is, and the way to end it. */
import type { JSX } from "preact";
import { DIAGNOSE } from "../../texts/diagnose.ts";
import { useTextsOf } from "../../texts/language.ts";
import type { Diagnosing } from "./use-diagnosis.ts";

export function Running({ diagnosing }: { readonly diagnosing: Diagnosing }): JSX.Element | null {
	const texts = useTextsOf(DIAGNOSE);
	const { running, stopped, progress, stop, again } = diagnosing;
	if (stopped) {
		return (
			<p class="running">
				<span role="status">{texts.stopped}</span>{" "}
				<button type="button" onClick={again}>
					{texts.again}
				</button>
			</p>
		);
	}
	if (!running) return null;
	return (
		<p class="running">
			<progress max={progress?.of ?? 1} value={progress?.asked} aria-label={texts.looking} />
			<span>{progress === null ? texts.looking : texts.progress(progress.asked, progress.of, progress.findings)}</span>
			<button type="button" onClick={stop}>
				{texts.stop}
			</button>
		</p>
	);
}
