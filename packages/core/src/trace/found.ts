/** What was found, before it is worded. */
import type { Language } from "../wording/language.ts";
import { languageOf, type Said, worded } from "../wording/phrase.ts";
import type { Finding, Severity } from "./explanation.ts";

export interface Found {
	readonly code: string;
	readonly severity: Severity;
	readonly message: Said;
	readonly fix?: Said;
	readonly object?: string;
}

/** In the language that is asked for; what is known in English alone says so. */
export function findingIn({ code, severity, message, fix, object }: Found, language: Language): Finding {
	const spoken = [message, ...(fix === undefined ? [] : [fix])].map((said) => languageOf(said, language));
	return {
		code,
		severity,
		message: worded(message, language),
		...(fix !== undefined && { fix: worded(fix, language) }),
		...(object !== undefined && { object }),
		...(spoken.some((each) => each !== language) && { language: "en" as const }),
	};
}

/** What is said twice is told once. */
export function distinct(found: readonly Found[]): readonly Found[] {
	return [...new Map(found.map((each) => [worded(each.message), each])).values()];
}
