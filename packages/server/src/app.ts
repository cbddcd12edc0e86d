/** The whole server as one function from requests to responses, which tests call without a socket. */
import { InputError, phrase, problemOf } from "@podpath/core";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { type Access, gate } from "./access.ts";
import { api } from "./api.ts";
import type { Events } from "./events.ts";
import type { LabRuns } from "./lab-runs.ts";
import type { PageFile } from "./page-files.ts";
import { problem } from "./problem.ts";
import { requestLanguage } from "./request-language.ts";
import type { Served } from "./served.ts";

export interface AppParts {
	readonly served: Served;
	readonly access: Access;
	readonly events: Events;
	readonly runs: LabRuns;
	readonly page: ReadonlyMap<string, PageFile>;
}

/** A question is short; nothing that a page sends comes near it. */
const LONGEST_BODY = 64 * 1024;

export function app({ served, access, events, runs, page }: AppParts): Hono {
	const root = new Hono();
	root.use(gate(access));
	root.use(
		bodyLimit({
			maxSize: LONGEST_BODY,
			onError: (context) => problem(context, 413, "too-large", phrase("request-too-long", { most: LONGEST_BODY })),
		}),
	);
	root.route("/api", api(served, events, runs));
	root.get("/*", (context) => {
		const file = page.get(context.req.path === "/" ? "index.html" : context.req.path.slice(1));
		if (file === undefined) return problem(context, 404, "not-found", phrase("nothing-at-address"));
		const keep = file.immutable ? "private, max-age=31536000, immutable" : "no-cache";
		return context.body(file.bytes, 200, { "Content-Type": file.type, "Cache-Control": keep });
	});
	root.notFound((context) => problem(context, 404, "not-found", phrase("nothing-at-address")));
	root.onError((error, context) => {
		if (error instanceof InputError) return context.json(problemOf(error, requestLanguage(context)), 422);
		if (error instanceof HTTPException && error.status < 500) {
			return problem(context, 400, "bad-request", phrase("request-not-read"));
		}
		// What it was is for the terminal where podpath runs, not for the browser.
		console.error(error);
		return problem(context, 500, "failed", phrase("podpath-failed"));
	});
	return root;
}
