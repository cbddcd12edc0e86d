/** What was found, before it is worded. */
import { type Fix, fixIn } from "../wording/fix.ts";
import type { Language } from "../wording/language.ts";
import { type Phrase, worded } from "../wording/phrase.ts";
import type { Finding, Severity } from "./explanation.ts";
import { type ShownAt, stepsShowing } from "./shown-at.ts";
import type { Way } from "./ways.ts";

export interface Found {
	readonly code: string;
	readonly severity: Severity;
	readonly message: Phrase;
	readonly fix?: Fix;
	readonly object?: string;
	/** Absent: no stage shows it. */
	readonly shownAt?: ShownAt;
}

/** `ways` are the paths of the answer that it is a finding of. */
export function findingIn(found: Found, language: Language, ways: readonly Way[] = []): Finding {
	const { code, severity, message, fix, object, shownAt } = found;
	const steps = shownAt === undefined ? [] : stepsShowing(shownAt, ways);
	return {
		code,
		severity,
		message: worded(message, language),
		...fixIn(fix, language),
		...(object !== undefined && { object }),
		...(steps.length > 0 && { steps }),
	};
}

/** What is said twice is told once. */
export function distinct(found: readonly Found[]): readonly Found[] {
	return [...new Map(found.map((each) => [worded(each.message), each])).values()];
}
