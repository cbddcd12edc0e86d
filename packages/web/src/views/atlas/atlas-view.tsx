/** The Atlas view: the gallery of scenarios, the modes side by side, and which of them fits. */
import type { ComponentType, JSX } from "preact";
import { Loaded } from "../../parts/loaded.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { ATLAS, type AtlasTexts } from "../../texts/atlas.ts";
import { useTextsOf } from "../../texts/language.ts";
import type { ViewProps } from "../view.ts";
import { Gallery } from "./gallery.tsx";

interface Part {
	/** In the URL: `#/atlas?show=compare`. */
	readonly show: Exclude<keyof AtlasTexts["parts"], "gallery">;
	readonly load: () => Promise<ComponentType<{ readonly route: Route }>>;
}

/** The gallery is what people come for; these are loaded when somebody asks. */
const PARTS: readonly Part[] = [
	{ show: "compare", load: async () => (await import("./comparison.tsx")).Comparison },
	{ show: "choose", load: async () => (await import("./chooser.tsx")).Chooser },
];

export function AtlasView({ route }: ViewProps): JSX.Element {
	const texts = useTextsOf(ATLAS);
	const current = PARTS.find(({ show }) => show === route.params.show);
	return (
		<div class="atlas-view">
			<h1>{texts.title}</h1>
			<nav class="tabs" aria-label={texts.title}>
				<Tab show="" current={current === undefined} text={texts.parts.gallery} />
				{PARTS.map(({ show }) => (
					<Tab key={show} show={show} current={show === current?.show} text={texts.parts[show]} />
				))}
			</nav>
			{current === undefined ? (
				<Gallery route={route} />
			) : (
				<Loaded key={current.show} load={current.load} props={{ route }} />
			)}
		</div>
	);
}

interface TabProps {
	readonly show: string;
	readonly current: boolean;
	readonly text: string;
}

function Tab({ show, current, text }: TabProps): JSX.Element {
	return (
		<a href={formatRoute({ view: "atlas", params: { show } })} aria-current={current ? "page" : undefined}>
			{text}
		</a>
	);
}
