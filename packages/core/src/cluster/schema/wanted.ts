/** What a schema wants of a value, carried as a phrase through zod, whose messages are text. */
import type * as z from "zod";
import { type Phrase, phrase } from "../../wording/phrase.ts";

/** The text by which zod knows it. */
export function wanted(said: Phrase): string {
	return MARK + JSON.stringify(said);
}

/** `must be WHAT`. */
export function mustBe(what: Phrase): string {
	return wanted(phrase("must-be", { what }));
}

export function mustBeOneOf(names: readonly string[]): Phrase {
	const [first = ""] = names;
	return phrase("must-be", { what: names.length === 1 ? first : phrase("one-of", { names }) });
}

/** Undefined where the text is zod's own. */
export function wantedIn(message: string): Phrase | undefined {
	return message.startsWith(MARK) ? (JSON.parse(message.slice(MARK.length)) as Phrase) : undefined;
}

/** Says of a value that it is not what is wanted. */
export function refuseValue(context: z.core.$RefinementCtx, message: string): never {
	context.addIssue({ code: "custom", message });
	return undefined as never;
}

const MARK = "wanted ";
