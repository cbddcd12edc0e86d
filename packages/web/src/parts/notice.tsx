/** Something that must be read. */
import type { Tone } from "@podpath/core";
import type { ComponentChildren, JSX } from "preact";

interface Props {
	readonly tone: Tone;
	readonly children: ComponentChildren;
}

export function Notice({ tone, children }: Props): JSX.Element {
	return (
		<div class={`notice tone-${tone}`} role="alert">
			{children}
		</div>
	);
}
