/** The bar at the top. */
import { LANGUAGES, type Language, type ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { wayTo } from "./last-seen.ts";
import { ThemeChoice } from "./parts/theme.tsx";
import { formatRoute, type Route } from "./route.ts";
import { LANGUAGE_NAMES, useLanguage, useTexts } from "./texts/language.ts";
import { VIEWS } from "./views/registry.ts";

interface Props {
	readonly current: string | undefined;
	readonly route: Route;
	readonly served: ServedInput | null;
	readonly onLanguage: (language: Language) => void;
	readonly onHelp: () => void;
}

export function Menu({ current, route, served, onLanguage, onHelp }: Props): JSX.Element {
	const texts = useTexts();
	const language = useLanguage();
	return (
		<header class="menu">
			<a class="brand" href="#/" title={texts.tagline}>
				<img src="./icon.svg" alt="" width="22" height="22" />
				<span>{texts.title}</span>
			</a>
			<nav aria-label={texts.title}>
				{VIEWS.map(({ id }) => (
					<a
						key={id}
						href={formatRoute(wayTo(id, route))}
						title={texts.viewHints[id]}
						aria-current={id === current ? "page" : undefined}
					>
						{texts.views[id]}
					</a>
				))}
			</nav>
			<InputName served={served} />
			<div class="menu-end">
				<label class="select">
					<span class="sr-only">{texts.language}</span>
					<select value={language} onChange={({ currentTarget }) => onLanguage(currentTarget.value as Language)}>
						{LANGUAGES.map((each) => (
							<option key={each} value={each}>
								{LANGUAGE_NAMES[each]}
							</option>
						))}
					</select>
				</label>
				<ThemeChoice />
				<button type="button" class="round" onClick={onHelp} aria-label={texts.help} title={`${texts.help} (?)`}>
					?
				</button>
			</div>
		</header>
	);
}

function InputName({ served }: { readonly served: ServedInput | null }): JSX.Element | null {
	const texts = useTexts();
	if (served?.summary == null) return null;
	const { mode, nodes, pods, services, warnings } = served.summary;
	return (
		<p class="input-name" title={warnings.join("\n")}>
			<b>{served.name}</b> <span>{texts.input.summary(mode, nodes, pods, services)}</span>
			{warnings.length > 0 && <span class="tone-unsure"> · {texts.input.warnings(warnings.length)}</span>}
		</p>
	);
}
