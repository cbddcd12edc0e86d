/** Signs that fonts draw differently everywhere, drawn here. */
import type { JSX } from "preact";

const SHAPES = {
	first: "M2 3h2v10H2z M9 3v10L4 8z M15 3v10l-5-5z",
	previous: "M13 3v10L6 8z M3 3h2v10H3z",
	next: "M3 3v10l7-5z M11 3h2v10h-2z",
	play: "M4 2v12l10-6z",
	pause: "M4 3h3v10H4z M9 3h3v10H9z",
} as const;

export function Icon({ name }: { readonly name: keyof typeof SHAPES }): JSX.Element {
	return (
		<svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
			<path d={SHAPES[name]} />
		</svg>
	);
}
