/** One of a few words. */
import type { JSX } from "preact";

interface Props {
	readonly label: string;
	readonly value: string;
	readonly options: readonly (readonly [value: string, text: string])[];
	readonly onChoose: (value: string) => void;
}

export function Choice({ label, value, options, onChoose }: Props): JSX.Element {
	return (
		<label class="field choice">
			<span>{label}</span>
			<select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
				{options.map(([each, text]) => (
					<option key={each} value={each}>
						{text}
					</option>
				))}
			</select>
		</label>
	);
}
