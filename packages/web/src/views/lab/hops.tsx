/** Predicted and observed hops, row by row; the row where they part is marked. */
import type { LabComparison, LabRow } from "@podpath/core";
import type { JSX } from "preact";
import { LAB } from "../../texts/lab.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";

export function Hops({ comparison }: { readonly comparison: LabComparison }): JSX.Element {
	const texts = useTextsOf(LAB);
	const { directions, divergence } = comparison;
	return (
		<>
			{directions.map(({ direction, rows }) => (
				<section key={direction}>
					<h2>{texts.directions[direction]}</h2>
					{rows.length === 0 ? (
						<p class="quiet">{texts.noHops}</p>
					) : (
						<table class={`lab-hops ${direction === "forward" ? "there" : "back"}`}>
							<thead>
								<tr>
									<th scope="col">{texts.hop}</th>
									<th scope="col">{texts.predicted}</th>
									<th scope="col">{texts.observed}</th>
								</tr>
							</thead>
							<tbody>
								{rows.map((row, index) => (
									<Hop
										key={index}
										row={row}
										number={index + 1}
										parts={divergence?.direction === direction && divergence.row === index}
									/>
								))}
							</tbody>
						</table>
					)}
				</section>
			))}
		</>
	);
}

interface HopProps {
	readonly row: LabRow;
	readonly number: number;
	readonly parts: boolean;
}

function Hop({ row, number, parts }: HopProps): JSX.Element {
	const texts = useTextsOf(LAB);
	const { colon } = useTexts();
	const { kind, device, predicted, observed, fields, note } = row;
	return (
		<tr class={`${kind}${parts ? " parts" : ""}`}>
			<th scope="row">
				<span class="quiet">{number}</span> {device}
				{parts && <span class="mark">{texts.first}</span>}
			</th>
			<td data-label={`${texts.predicted}${colon}`}>
				{predicted === null ? <span class="quiet">{texts.notPredicted}</span> : <code>{predicted}</code>}
			</td>
			<td data-label={`${texts.observed}${colon}`}>
				{observed === null && <span class={kind === "differs" ? "tone-bad" : "quiet"}>{texts.notSeen}</span>}
				{observed !== null && (kind === "same" && observed === predicted ? `✓ ${texts.same}` : <code>{observed}</code>)}
				{fields.map((each) => (
					<p key={each.field} class="tone-bad">
						{each.field}: <code>{each.observed}</code> ≠ <code>{each.predicted}</code>
					</p>
				))}
				{note !== undefined && <p class="quiet">{note}</p>}
			</td>
		</tr>
	);
}
