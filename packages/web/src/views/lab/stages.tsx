/** How far a lab run is. */
import { LAB_STAGES, type LabStage } from "@podpath/core";
import type { JSX } from "preact";
import { LAB } from "../../texts/lab.ts";
import { useTextsOf } from "../../texts/language.ts";

export function Stages({ stage, text }: { readonly stage: LabStage; readonly text: string }): JSX.Element {
	const texts = useTextsOf(LAB);
	const now = LAB_STAGES.indexOf(stage);
	return (
		<div class="lab-stages" role="status">
			<ol>
				{LAB_STAGES.map((each, index) => (
					<li
						key={each}
						class={index < now ? "over" : index === now ? "now" : ""}
						aria-current={index === now ? "step" : undefined}
					>
						<span aria-hidden="true">{index < now ? "✓" : index + 1}</span> {texts.stages[each]}
					</li>
				))}
			</ol>
			<p class="quiet">
				{texts.stageHints[stage]} {text !== "" && <code>{text}</code>}
			</p>
		</div>
	);
}
