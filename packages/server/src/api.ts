/** The HTTP API. Its description (OpenAPI) comes from the schemas that also check requests and make `podpath schema`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
	atlasFilesSchema,
	atlasIndex,
	atlasIndexSchema,
	explain,
	explanationSchema,
	faultIndex,
	faultIndexSchema,
	knownPlaceSchema,
	knownPlaces,
	LANGUAGES,
	manifestFileSchema,
	phrase,
	placesLike,
	problemSchema,
	questionSchema,
	servedInputSchema,
	stateReport,
	stateReportSchema,
	summaryOf,
	topologyReport,
	topologyReportSchema,
	worded,
} from "@podpath/core";
import { eventStream } from "./event-stream.ts";
import type { Events, ServerEvent } from "./events.ts";
import type { LabRuns } from "./lab-runs.ts";
import { longCalls } from "./long-calls.ts";
import { malformed } from "./malformed.ts";
import { describedApi } from "./openapi.ts";
import { problem } from "./problem.ts";
import { requestLanguage } from "./request-language.ts";
import type { Served } from "./served.ts";
import { servedManifests, servedSubject } from "./subjects.ts";

const MOST_PLACES = 100;

const json = (schema: z.ZodType, description: string) => ({ content: { "application/json": { schema } }, description });
const badRequest = json(problemSchema, "The request is malformed");
const wrongInput = json(problemSchema, "The question cannot be asked");

const routes = {
	input: createRoute({
		method: "get",
		path: "/input.json",
		summary: "What this server was started with",
		responses: { 200: json(servedInputSchema, "The input") },
	}),
	places: createRoute({
		method: "get",
		path: "/places",
		summary: "Names that a question can be made of",
		request: {
			query: z.object({
				typed: z.string().max(300).default(""),
				most: z.coerce.number().int().min(1).max(MOST_PLACES).default(20),
			}),
		},
		responses: { 200: json(z.array(knownPlaceSchema), "Those like what is typed, best first"), 400: badRequest },
	}),
	manifests: createRoute({
		method: "get",
		path: "/manifests.json",
		summary: "The manifests that this server was started with, to be changed in the page",
		responses: { 200: json(z.array(manifestFileSchema), "As they are written"), 422: wrongInput },
	}),
	explain: createRoute({
		method: "post",
		path: "/explain",
		summary: "Explain which way a packet goes, there and back",
		request: {
			body: {
				required: true,
				content: {
					"application/json": {
						schema: z.strictObject({ question: questionSchema, language: z.enum(LANGUAGES).default("en") }),
					},
				},
			},
		},
		responses: { 200: json(explanationSchema, "The answer"), 400: badRequest, 422: wrongInput },
	}),
	state: createRoute({
		method: "get",
		path: "/state",
		summary: "Everything that the stack of a pod or machine has",
		request: { query: z.object({ place: z.string().max(600) }) },
		responses: { 200: json(stateReportSchema, "Its state"), 400: badRequest, 422: wrongInput },
	}),
	topology: createRoute({
		method: "get",
		path: "/topology",
		summary: "What stands where: fabric, machines, pods",
		responses: { 200: json(topologyReportSchema, "All of it"), 422: wrongInput },
	}),
	atlas: createRoute({
		method: "get",
		path: "/atlas.json",
		summary: "All scenarios of the atlas",
		responses: { 200: json(atlasIndexSchema, "The index") },
	}),
	atlasMode: createRoute({
		method: "get",
		path: "/atlas/{file}",
		summary: "The files of one mode of the atlas",
		request: { params: z.object({ file: z.string().regex(/^[a-z0-9-]+\.json$/) }) },
		responses: {
			200: json(atlasFilesSchema, "Its cluster and its scenarios, as they are written"),
			404: json(problemSchema, "The atlas has no such mode"),
			400: badRequest,
		},
	}),
	faults: createRoute({
		method: "get",
		path: "/faults.json",
		summary: "The catalogue of faults, as examples for diagnosis",
		responses: { 200: json(faultIndexSchema, "The index") },
	}),
	faultsOfMode: createRoute({
		method: "get",
		path: "/faults/{file}",
		summary: "The faults of one mode's cluster",
		request: { params: z.object({ file: z.string().regex(/^[a-z0-9-]+\.json$/) }) },
		responses: {
			200: json(manifestFileSchema, "As they are written"),
			404: json(problemSchema, "The catalogue has none for such a mode"),
			400: badRequest,
		},
	}),
};

export function api(served: Served, events: Events, runs: LabRuns): OpenAPIHono {
	const routed = new OpenAPIHono({
		defaultHook: (result, context) => {
			if (result.success) return;
			return problem(context, 400, "bad-request", malformed(result.error.issues[0], requestLanguage(context)));
		},
	});
	routed.use(async (context, next) => {
		await next();
		context.res.headers.set("Cache-Control", "no-store");
	});
	routed.openapi(routes.input, async (context) => {
		const { input, version } = served;
		const named = { kind: input?.kind ?? "atlas", name: input?.name ?? "", podpath: version, server: true } as const;
		const summary = input === null ? null : summaryOf((await input.subject).cluster, requestLanguage(context));
		return context.json({ ...named, summary }, 200);
	});
	routed.openapi(routes.places, async (context) => {
		const { typed, most } = context.req.valid("query");
		const { cluster } = await servedSubject(served);
		return context.json([...placesLike(knownPlaces(cluster), typed, most)], 200);
	});
	routed.openapi(routes.state, async (context) => {
		const { place } = context.req.valid("query");
		return context.json(stateReport(await servedSubject(served), place), 200);
	});
	routed.openapi(routes.topology, async (context) => context.json(topologyReport(await servedSubject(served)), 200));
	routed.openapi(routes.manifests, async (context) => context.json([...(await servedManifests(served))], 200));
	routed.openapi(routes.explain, async (context) => {
		const { question, language } = context.req.valid("json");
		return context.json(explain(await servedSubject(served), question, language), 200);
	});
	routed.openapi(routes.atlas, (context) =>
		context.json(atlasIndex(served.atlas.map(({ files, scenarios }) => ({ ...files, scenarios }))), 200),
	);
	routed.openapi(routes.atlasMode, (context) => {
		const mode = context.req.valid("param").file.replace(/\.json$/, "");
		const found = served.atlas.find(({ files }) => files.mode === mode);
		if (found === undefined) {
			const message = worded(phrase("no-mode", { name: mode }), requestLanguage(context));
			return context.json({ error: { code: "no-such-mode", message } }, 404);
		}
		return context.json(found.files, 200);
	});
	routed.openapi(routes.faults, (context) =>
		context.json(
			faultIndex(served.atlas.map(({ files, faults }) => ({ mode: files.mode, faults: faults?.faults ?? [] }))),
			200,
		),
	);
	routed.openapi(routes.faultsOfMode, (context) => {
		const mode = context.req.valid("param").file.replace(/\.json$/, "");
		const file = served.atlas.find(({ files }) => files.mode === mode)?.faults?.file;
		if (file === undefined) {
			const message = worded(phrase("no-faults-of-mode", { mode }), requestLanguage(context));
			return context.json({ error: { code: "no-such-mode", message } }, 404);
		}
		return context.json(file, 200);
	});
	longCalls(routed, served, runs);
	routed.get("/events", (context) =>
		eventStream<ServerEvent>(context, async (send, signal) => {
			const end = events.subscribe(send);
			await new Promise((resolve) => signal.addEventListener("abort", resolve));
			end();
		}),
	);
	routed.get("/openapi.json", (context) => context.json(describedApi(routed, served.version)));
	return routed;
}
