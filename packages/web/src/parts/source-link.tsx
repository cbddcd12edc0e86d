/** From `FILE:LINE` to that line of the manifests, where they can be changed. */
import type { SourcePosition } from "@podpath/core";
import { createContext, type JSX } from "preact";
import { useContext } from "preact/hooks";
import { formatRoute, type Route } from "../route.ts";

/** What the lines are shown of, as a route of any view; null: it is made of no manifests that could be changed. */
export const Manifests = createContext<Route | null>(null);

export function SourceLink({ file, line }: Pick<SourcePosition, "file" | "line">): JSX.Element {
	const manifests = useContext(Manifests);
	const text = `${file}:${line}`;
	if (manifests === null) return <code class="source">{text}</code>;
	const to = formatRoute({ view: "what-if", params: { ...manifests.params, file, line: String(line) } });
	return (
		<a class="source" href={to}>
			{text}
		</a>
	);
}

/** Where an entry was read: manifests can be changed in the page, the dumps of a snapshot cannot. */
export function SourceOf({ file, line }: Pick<SourcePosition, "file" | "line">): JSX.Element {
	if (IS_MANIFEST.test(file)) return <SourceLink file={file} line={line} />;
	return (
		<code class="source">
			{file}:{line}
		</code>
	);
}

/** A scenario's own objects stand in `FILE#ID`. */
const IS_MANIFEST = /\.ya?ml(#[\w.-]+)?$/;

/** A sentence of the engine's, whose positions lead on. */
export function Sourced({ text }: { readonly text: string }): JSX.Element {
	const [first = "", ...rest] = text.split(POSITION);
	const links: JSX.Element[] = [];
	for (let i = 0; i + 2 < rest.length; i += 3) {
		const [file = "", line = "", after = ""] = rest.slice(i, i + 3);
		links.push(
			<>
				<SourceLink file={file} line={Number(line)} />
				{after}
			</>,
		);
	}
	return (
		<>
			{first}
			{links}
		</>
	);
}

/** As `formatPosition` writes it, of a manifest; a scenario's own objects stand in `FILE#ID`. */
const POSITION = /([^\s()（）,，;；：]+\.ya?ml(?:#[\w.-]+)?):(\d+)/;
