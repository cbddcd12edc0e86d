/** The language that whoever asks wants to be answered in. */
import { LANGUAGES, type Language } from "@podpath/core";
import type { Context } from "hono";

/** The first of `Accept-Language` that podpath speaks; English where there is none. */
export function requestLanguage(context: Context): Language {
	const ranges = (context.req.header("Accept-Language") ?? "").split(",");
	return ranges.map((range) => range.trim().slice(0, 2)).find(isLanguage) ?? "en";
}

function isLanguage(tag: string): tag is Language {
	return LANGUAGES.some((language) => language === tag);
}
