/** Errors of the API: always JSON of one shape. */
import type { Problem } from "@podpath/core";
import type { Context } from "hono";

type ErrorStatus = 400 | 401 | 403 | 404 | 413 | 415 | 421 | 422 | 500;

export function problem(context: Context, status: ErrorStatus, code: string, message: string, hint?: string): Response {
	const body: Problem = { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
	return context.json(body, status);
}
