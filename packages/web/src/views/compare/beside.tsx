/** The steps of both sides, row by row; the row where they part is marked. */
import type { Step } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../../texts/language.ts";
import type { Parting } from "./parting.ts";

interface Props {
	readonly left: readonly Step[];
	readonly right: readonly Step[];
	/** Null: they do not part. */
	readonly parting: Parting | null;
	readonly current: number;
	readonly onStep: (index: number) => void;
	/** Of the two sides; left and right unless said. */
	readonly names?: readonly [string, string];
}

export function Beside({ left, right, parting, current, onStep, names }: Props): JSX.Element {
	const { compare: texts } = useTexts();
	const [first, second] = names ?? [texts.left, texts.right];
	const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index);
	return (
		<table class="beside-each-other">
			<thead>
				<tr>
					<th scope="col">
						<span class="sr-only">{texts.step}</span>
					</th>
					<th scope="col">{first}</th>
					<th scope="col">{second}</th>
				</tr>
			</thead>
			<tbody>
				{rows.map((index) => (
					<tr key={index} class={`${index === parting?.step ? "parts" : ""}${index === current ? " current" : ""}`}>
						<th scope="row">
							<button
								type="button"
								class="small"
								aria-current={index === current ? "step" : undefined}
								onClick={() => onStep(index)}
							>
								{index + 1}
							</button>
							{index === parting?.step && <span class="mark">{texts.first}</span>}
						</th>
						<Cell step={left[index]} />
						<Cell step={right[index]} />
					</tr>
				))}
			</tbody>
		</table>
	);
}

function Cell({ step }: { readonly step: Step | undefined }): JSX.Element {
	if (step === undefined) return <td class="quiet">–</td>;
	const { direction, hop } = step;
	return (
		<td class={direction === "forward" ? "there" : "back"}>
			<span class="where">{hop.at}</span> <b>{hop.stage}</b> <code>{hop.device}</code>
			<br />
			{hop.decision}
		</td>
	);
}
