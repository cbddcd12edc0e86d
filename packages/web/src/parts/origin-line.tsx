/** By whose hand an entry is there, and where it was read. */
import type { Origin } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../texts/language.ts";
import { SourceLink } from "./source-link.tsx";

export function OriginLine({ origin }: { readonly origin: Origin | null }): JSX.Element | null {
	const { path: texts } = useTexts();
	if (origin === null || origin.component === "unknown") return null;
	const { component, object, source, note } = origin;
	return (
		<p class="origin">
			<span class="quiet">{texts.by}</span> {component === "kernel" ? texts.kernelDefault : <b>{component}</b>}
			{object !== undefined && <code>{object}</code>}
			{note !== undefined && <span class="quiet">“{note}”</span>}
			{source !== undefined && <SourceLink file={source.file} line={source.line} />}
		</p>
	);
}
