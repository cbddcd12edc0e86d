/** What was found, before it is worded. */
import type { Language } from "../wording/language.ts";
import { type Phrase, worded } from "../wording/phrase.ts";
import type { Finding, Severity } from "./explanation.ts";

export interface Found {
	readonly code: string;
	readonly severity: Severity;
	readonly message: Phrase;
	readonly fix?: Phrase;
	readonly object?: string;
}

export function findingIn({ code, severity, message, fix, object }: Found, language: Language): Finding {
	return {
		code,
		severity,
		message: worded(message, language),
		...(fix !== undefined && { fix: worded(fix, language) }),
		...(object !== undefined && { object }),
	};
}

/** What is said twice is told once. */
export function distinct(found: readonly Found[]): readonly Found[] {
	return [...new Map(found.map((each) => [worded(each.message), each])).values()];
}
