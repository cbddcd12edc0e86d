/** What stands round every view: the menu, what is asked about, language and colours, and the keys that work everywhere. */
import type { Language, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { problemIn } from "./backend/backend.ts";
import { fetchJson } from "./backend/http.ts";
import { watchServer } from "./backend/server-events.ts";
import { speak } from "./backend/spoken.ts";
import { remember } from "./browser.ts";
import { KeyHelp } from "./key-help.tsx";
import { see } from "./last-seen.ts";
import { Menu } from "./menu.tsx";
import { useRoute } from "./navigation.ts";
import { usePageKeys } from "./page-keys.ts";
import { Loaded } from "./parts/loaded.tsx";
import { Notice } from "./parts/notice.tsx";
import { LanguageContext, loadLanguage, useTexts } from "./texts/language.ts";
import { VIEWS } from "./views/registry.ts";
import type { View } from "./views/view.ts";

interface ShellProps {
	/** Its texts are loaded. */
	readonly first: Language;
}

export function Shell({ first }: ShellProps): JSX.Element {
	const [language, setLanguage] = useState(first);
	useEffect(() => {
		document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
	}, [language]);
	const choose = (chosen: Language): void => {
		remember("language", chosen);
		void loadLanguage(chosen).then((loaded) => {
			speak(loaded);
			setLanguage(loaded);
		});
	};
	return (
		<LanguageContext.Provider value={language}>
			<Frame onLanguage={choose} />
		</LanguageContext.Provider>
	);
}

function Frame({ onLanguage }: { readonly onLanguage: (language: Language) => void }): JSX.Element {
	const texts = useTexts();
	const route = useRoute();
	see(route);
	const help = useRef<HTMLDialogElement>(null);
	const { served, problem, retry } = useServed();
	const { away, reading } = useServerState(served);
	usePageKeys(() => help.current?.showModal());
	const view = viewOf(route.view, served);
	useEffect(() => {
		document.title = view === undefined ? texts.title : `${texts.views[view.id]} · ${texts.title}`;
	}, [view, texts]);
	return (
		<>
			<button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
				{texts.skip}
			</button>
			<Menu
				current={view?.id}
				route={route}
				served={served}
				onLanguage={onLanguage}
				onHelp={() => help.current?.showModal()}
			/>
			{away && <Notice tone="bad">{texts.server.away}</Notice>}
			<main id="main" tabIndex={-1}>
				{problem !== null && (
					<Notice tone="bad">
						{problem.code === "server-away" ? texts.server.away : problem.message}{" "}
						<button type="button" onClick={retry}>
							{texts.server.retry}
						</button>
					</Notice>
				)}
				{served === null && problem === null && (
					<p class="quiet" role="status">
						{reading === null ? texts.loading : texts.input.reading(reading)}
					</p>
				)}
				{served !== null && view !== undefined && <Loaded key={view.id} load={view.load} props={{ route, served }} />}
			</main>
			<KeyHelp dialog={help} />
		</>
	);
}

/** The view of that name; where none is named, the one that has something to show at once. */
function viewOf(id: string, served: ServedInput | null): View | undefined {
	const named = VIEWS.find((view) => view.id === id);
	if (named !== undefined || served === null) return named;
	return VIEWS.find((view) => view.id === (served.kind === "atlas" ? "atlas" : "path"));
}

interface ServedState {
	readonly served: ServedInput | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly retry: () => void;
}

function useServed(): ServedState {
	const [served, setServed] = useState<ServedInput | null>(null);
	const [problem, setProblem] = useState<ServedState["problem"]>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		setProblem(null);
		fetchJson<ServedInput>("input.json").then(setServed, (error: unknown) => setProblem(problemIn(error)));
	}, [attempt]);
	return { served, problem, retry: () => setAttempt(attempt + 1) };
}

/** A static site answers sooner, and has no events to listen to. */
const SLOW_MS = 300;

/** A page whose server goes away says so at once; one whose server is still reading its input says that. */
function useServerState(served: ServedInput | null): { readonly away: boolean; readonly reading: string | null } {
	const [away, setAway] = useState(false);
	const [reading, setReading] = useState<string | null>(null);
	const listens = served === null || served.server === true;
	useEffect(() => {
		if (!listens) return;
		let end = (): void => {};
		const timer = setTimeout(
			() => {
				end = watchServer({ onAway: setAway, onReading: setReading });
			},
			served === null ? SLOW_MS : 0,
		);
		return () => {
			clearTimeout(timer);
			end();
		};
	}, [listens, served === null]);
	return { away: away && served !== null, reading };
}
