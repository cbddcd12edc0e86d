/** The calls that take a while: each answers with a stream of events, and ends when nobody listens any more. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import {
	type DiagnosisEvent,
	type DiagnosisWatch,
	diagnoseInTurns,
	diagnosisEventSchema,
	editedFileSchema,
	InputError,
	LANGUAGES,
	type LabEvent,
	type Language,
	labEventSchema,
	labOfferSchema,
	type Problem,
	problemOf,
	problemSchema,
	questionSchema,
	type Subject,
} from "@podpath/core";
import { eventStream } from "./event-stream.ts";
import type { LabRuns } from "./lab-runs.ts";
import { requestLanguage } from "./request-language.ts";
import type { Served } from "./served.ts";
import { editedSubject, namedSubject, servedSubject } from "./subjects.ts";

const problem = (description: string) => ({ content: { "application/json": { schema: problemSchema } }, description });
const events = (schema: z.ZodType, description: string) => ({
	content: { "text/event-stream": { schema } },
	description,
});
const body = (schema: z.ZodType) => ({ body: { required: true, content: { "application/json": { schema } } } });

const diagnosisBody = z.strictObject({
	question: questionSchema.nullable(),
	language: z.enum(LANGUAGES).default("en").describe("Of the findings' sentences"),
});

const diagnosis = createRoute({
	method: "post",
	path: "/diagnose",
	summary: "Find why a packet does not arrive; without a question, what is wrong in the whole cluster",
	request: body(diagnosisBody),
	responses: {
		200: events(diagnosisEventSchema, "Server-sent events, the last of them `done` or `problem`"),
		400: problem("The request is malformed"),
		422: problem("There is nothing to ask about"),
	},
});

const offer = createRoute({
	method: "get",
	path: "/lab",
	summary: "Whether this machine has a kernel that can be asked",
	responses: { 200: { content: { "application/json": { schema: labOfferSchema } }, description: "What was tried" } },
});

const labBody = z.strictObject({
	question: questionSchema,
	atlas: z
		.string()
		.max(300)
		.exactOptional()
		.describe("MODE/ID, MODE or faults/MODE/ID; absent: what the server was started with"),
	edited: z
		.array(editedFileSchema)
		.exactOptional()
		.describe("Files of that input as somebody changed them, found by their names"),
});

const labRun = createRoute({
	method: "post",
	path: "/lab",
	summary:
		"Build the question's network on a real kernel, send the packet, and compare what is seen with what is predicted",
	request: body(labBody),
	responses: {
		200: events(
			labEventSchema,
			"Server-sent events, the last of them `done` or `problem`. The run ends with its connection",
		),
		400: problem("The request is malformed"),
	},
});

export function longCalls(routed: OpenAPIHono, served: Served, runs: LabRuns): void {
	routed.openapi(diagnosis, async (context) => {
		const { question, language } = context.req.valid("json") as z.infer<typeof diagnosisBody>;
		const subject = await servedSubject(served);
		return eventStream<DiagnosisEvent>(context, (send, signal) =>
			told(send, requestLanguage(context), async () => {
				const watch: DiagnosisWatch = {
					aborted: () => signal.aborted,
					now: () => performance.now(),
					onProgress: (progress) => send({ kind: "progress", ...progress }),
					onFound: (found) => send({ kind: "found", diagnosis: found }),
					pause: () => new Promise((resolve) => setImmediate(resolve)),
				};
				const diagnosis = await diagnoseInTurns(subject, question, watch, language);
				send({ kind: "done", diagnosis });
			}),
		);
	});
	routed.openapi(offer, async (context) => context.json(await runs.offer(requestLanguage(context)), 200));
	routed.openapi(labRun, (context) => {
		const { question, atlas, edited } = context.req.valid("json") as z.infer<typeof labBody>;
		const language = requestLanguage(context);
		return eventStream<LabEvent>(context, (send, signal) =>
			told(send, language, async () => {
				const subject = (): Promise<Subject> =>
					edited === undefined ? namedSubject(served, atlas) : editedSubject(served, atlas, edited);
				const onStage = (stage: (LabEvent & { readonly kind: "stage" })["stage"], text: string): void =>
					send({ kind: "stage", stage, text });
				send({ kind: "done", report: await runs.ask(subject, question, { signal, onStage, language }) });
			}),
		);
	});
}

/** Whatever goes wrong is the stream's last event: its status has been sent long ago. */
async function told(
	send: (event: { readonly kind: "problem"; readonly error: Problem["error"] }) => void,
	language: Language,
	work: () => Promise<void>,
): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (error instanceof InputError) return send({ kind: "problem", ...problemOf(error, language) });
		// What it was is for the terminal where podpath runs, not for the browser.
		console.error(error);
		send({
			kind: "problem",
			error: { code: "failed", message: "podpath failed, which is an error of podpath or of the machine" },
		});
	}
}
