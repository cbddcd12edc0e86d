/** The answer as a file, on paper, or as a link. */
import { type Explanation, renderJson } from "@podpath/core";
import type { JSX } from "preact";
import { download } from "../../browser.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { useLanguage, useTexts } from "../../texts/language.ts";
import { withSide } from "../compare/sides.ts";
import { pngOf } from "./png.ts";

interface Props {
	readonly explanation: Explanation;
	readonly route: Route;
}

export function ExportMenu({ explanation, route }: Props): JSX.Element {
	const all = useTexts();
	const language = useLanguage();
	const { path: texts, compare } = all;
	const picture = async (): Promise<string> => {
		const { savedPicture } = await import("./saved-picture.ts");
		return savedPicture(explanation, all, language);
	};
	const save = (ending: string, type: string, content: string): void =>
		download(`${fileName(explanation, route)}.${ending}`, new Blob([content], { type }));
	return (
		<section class="export" aria-label={texts.export}>
			<span class="quiet">{texts.export}</span>
			<button
				type="button"
				class="small"
				onClick={() => void picture().then((svg) => save("svg", "image/svg+xml", svg))}
			>
				{texts.exportSvg}
			</button>
			<button
				type="button"
				class="small"
				onClick={() =>
					void picture()
						.then(pngOf)
						.then((png) => download(`${fileName(explanation, route)}.png`, png))
				}
			>
				{texts.exportPng}
			</button>
			<button type="button" class="small" onClick={() => save("json", "application/json", renderJson(explanation))}>
				{texts.exportJson}
			</button>
			<button type="button" class="small" onClick={() => print()}>
				{texts.print}
			</button>
			<CopyButton text={() => location.href} label={texts.permalink} />
			<a href={formatRoute(withSide({ view: "compare", params: {} }, "", route))}>{compare.with}</a>
		</section>
	);
}

/** Tells several saved pictures apart: the scenario, and the question where it is not the scenario's own. */
function fileName({ question: { from, to } }: Explanation, { params }: Route): string {
	const asked = params.in === undefined || params.from !== undefined ? [from, to] : [];
	const parts = ["podpath", ...(params.in === undefined ? [] : [params.in]), ...asked];
	return parts.join("-").replaceAll(/[^A-Za-z0-9.-]+/g, "-");
}
