/** What is wrong with a request, as JSON. */
import * as z from "zod";
import type { InputError } from "../diagnostic/diagnostic.ts";
import { formatPosition } from "../diagnostic/diagnostic.ts";
import type { Language } from "../wording/language.ts";
import { worded } from "../wording/phrase.ts";

export interface Problem {
	readonly error: {
		/** Stable: `no-such-pod`, `bad-question`. */
		readonly code: string;
		readonly message: string;
		/** What would be right. */
		readonly hint?: string;
		/** `FILE:LINE:COLUMN` of the input. */
		readonly where?: string;
	};
}

/** Told in `language`. */
export function problemOf({ diagnostic }: InputError, language: Language = "en"): Problem {
	const { code, message, hint, where } = diagnostic;
	return {
		error: {
			code,
			message: worded(message, language),
			...(hint === undefined ? {} : { hint: worded(hint, language) }),
			...(where === undefined ? {} : { where: formatPosition(where) }),
		},
	};
}

export const problemErrorSchema: z.ZodType<Problem["error"]> = z.strictObject({
	code: z.string(),
	message: z.string(),
	hint: z.string().exactOptional().describe("What would be right"),
	where: z.string().exactOptional().describe("FILE:LINE:COLUMN of the input"),
});

export const problemSchema: z.ZodType<Problem> = z
	.strictObject({ error: problemErrorSchema })
	.meta({ title: "Problem" });
