/** What a scenario or a fault is called; the atlas says so itself, and may say so in English alone. */
import type { Language, ScenarioEntry } from "@podpath/core";

export function titleIn({ title, titleZh }: Pick<ScenarioEntry, "title" | "titleZh">, language: Language): string {
	return language === "zh" ? (titleZh ?? title) : title;
}

export function noteIn(
	{ note, noteZh }: Pick<ScenarioEntry, "note" | "noteZh">,
	language: Language,
): string | undefined {
	return language === "zh" ? (noteZh ?? note) : note;
}
