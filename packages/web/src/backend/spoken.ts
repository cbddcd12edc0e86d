/** The language that the page speaks at the moment, for whoever words an answer or a refusal. */
import type { Language } from "@podpath/core";

let spoken: Language = "en";

/** The engine's sentences are loaded in the language of the page. */
export function speak(language: Language): void {
	spoken = language;
}

export function spokenLanguage(): Language {
	return spoken;
}
