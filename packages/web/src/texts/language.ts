/** The language that the page speaks: the one chosen last, else the browser's. */
import type { Language } from "@podpath/core";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Texts } from "./en.ts";

const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
	en: async () => (await import("./en.ts")).EN,
	zh: async () => (await import("./zh.ts")).ZH,
};

/** Each comes with the first who wants it. */
const catalogues = new Map<Language, Texts>();

/** Before a language is shown. Where its texts cannot be had, the page goes on in another one that it has. */
export async function loadLanguage(language: Language): Promise<Language> {
	try {
		if (!catalogues.has(language)) catalogues.set(language, await LOADERS[language]());
		return language;
	} catch (error) {
		const [loaded] = catalogues.keys();
		if (loaded === undefined) throw error;
		return loaded;
	}
}

/** What a language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", zh: "中文" };

export const LanguageContext = createContext<Language>("en");

export function useLanguage(): Language {
	return useContext(LanguageContext);
}

export function useTexts(): Texts {
	const language = useLanguage();
	const texts = catalogues.get(language);
	if (texts === undefined) throw new Error(`nobody has loaded the texts of "${language}"`);
	return texts;
}

/** Of a view that brings its own texts, so that nobody loads them who does not look at it. */
export function useTextsOf<T>(texts: Readonly<Record<Language, T>>): T {
	return texts[useLanguage()];
}

export function firstLanguage(chosen: string | null, browser: readonly string[]): Language {
	if (chosen === "en" || chosen === "zh") return chosen;
	const wanted = browser.map((tag) => tag.slice(0, 2)).find((tag) => tag === "zh" || tag === "en");
	return wanted === "zh" ? "zh" : "en";
}

/** A label that is told apart from others of its kind. */
export function labelled(label: string, side: string | undefined): string {
	return side === undefined ? label : `${side}: ${label}`;
}
