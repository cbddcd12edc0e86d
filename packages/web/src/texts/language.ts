/** The language that the page speaks: the one chosen last, else the browser's. */
import type { Language } from "@podpath/core";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { EN, type Texts } from "./en.ts";
import { ZH } from "./zh.ts";

const CATALOGUES: Readonly<Record<Language, Texts>> = { en: EN, zh: ZH };

/** What a language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", zh: "中文" };

export const LanguageContext = createContext<Language>("en");

export function useLanguage(): Language {
	return useContext(LanguageContext);
}

export function useTexts(): Texts {
	return CATALOGUES[useLanguage()];
}

/** Of a view that brings its own texts, so that nobody loads them who does not look at it. */
export function useTextsOf<T>(catalogues: Readonly<Record<Language, T>>): T {
	return catalogues[useLanguage()];
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
