/** The sign of a cause, in the picture and in its legend. */
import type { JSX } from "preact";

/** Round its middle. */
export function CauseSign({ x, y }: { readonly x: number; readonly y: number }): JSX.Element {
	return (
		<g class="cause-mark" transform={`translate(${x} ${y})`}>
			<path d="M0 -8L9 7H-9z" />
			<path class="stroke" d="M0 -3V2M0 4V5" />
		</g>
	);
}
