/** The sign of a cause, in the picture and in its legend. */
import { CAUSE_SIGN } from "@podpath/core";
import type { JSX } from "preact";

/** Round its middle. */
export function CauseSign({ x, y }: { readonly x: number; readonly y: number }): JSX.Element {
	return (
		<g class="cause-mark" transform={`translate(${x} ${y})`}>
			<path d={CAUSE_SIGN.shape} />
			<path class="stroke" d={CAUSE_SIGN.stroke} />
		</g>
	);
}
