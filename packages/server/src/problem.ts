/** Errors of the API: always JSON of one shape. */
import { type Problem, type Said, worded } from "@podpath/core";
import type { Context } from "hono";
import { requestLanguage } from "./request-language.ts";

type ErrorStatus = 400 | 401 | 403 | 404 | 413 | 415 | 421 | 422 | 500;

/** In the language of whoever asks. */
export function problem(context: Context, status: ErrorStatus, code: string, said: Said, hint?: Said): Response {
	const language = requestLanguage(context);
	const message = worded(said, language);
	const body: Problem = { error: { code, message, ...(hint === undefined ? {} : { hint: worded(hint, language) }) } };
	return context.json(body, status);
}
