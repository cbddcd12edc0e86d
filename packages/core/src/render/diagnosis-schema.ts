/** The published schemas of a diagnosis and of a diff of paths. */
import * as z from "zod";
import type { Diagnosis } from "../diagnose/finding.ts";
import { PATH_ASPECTS, type PathDiff } from "../diagnose/path-diff.ts";
import { VERDICTS } from "../trace/explanation.ts";
import { fixKindSchema, questionSchema } from "./schema.ts";

const evidence = z.strictObject({
	text: z.string().describe("the entry as its tool prints it"),
	source: z
		.strictObject({ file: z.string(), line: z.number(), column: z.number().exactOptional() })
		.exactOptional()
		.describe("where it was read"),
});

const finding = z.strictObject({
	code: z.string().describe("docs/findings.md says what it means"),
	severity: z.enum(["error", "warning", "info"]),
	message: z.string(),
	at: z.string().exactOptional(),
	owner: z.string().exactOptional().describe("who should have written the entry"),
	object: z.string().exactOptional(),
	expected: evidence.exactOptional(),
	actual: evidence.exactOptional(),
	lookedIn: z.string().exactOptional().describe("the file that lacks what is expected"),
	fix: z.string().exactOptional().describe("what puts it right"),
	fixKind: fixKindSchema.exactOptional(),
	confirm: z.string().exactOptional().describe("a command that shows it"),
	proof: z.string().exactOptional().describe("what becomes of the question once it is put right"),
	question: questionSchema.exactOptional(),
	questions: z.number().exactOptional(),
});

/** The whole answer, as `podpath diagnose -o json` prints it. */
export const diagnosisSchema: z.ZodType<Diagnosis> = z
	.strictObject({
		apiVersion: z.literal("podpath.dev/v1alpha1"),
		kind: z.literal("Diagnosis"),
		question: questionSchema.nullable(),
		verdict: z.enum([...VERDICTS, "mixed"]).nullable(),
		expected: z.enum([...VERDICTS, "mixed"]).nullable(),
		findings: z.array(finding).describe("the cause first"),
		asked: z
			.strictObject({ questions: z.number(), places: z.number(), interrupted: z.boolean() })
			.exactOptional()
			.describe("with --all"),
	})
	.meta({ title: "Diagnosis" });

const side = z.strictObject({
	verdict: z.enum([...VERDICTS, "mixed"]),
	paths: z.array(z.string()).describe("the devices there, then back, one entry for each way"),
	nat: z.array(z.string()),
	clients: z.array(z.string()).describe("the client's address as servers see it"),
});

/** What changed, as `podpath diff -o json` prints it. */
export const pathDiffSchema: z.ZodType<PathDiff> = z
	.strictObject({
		apiVersion: z.literal("podpath.dev/v1alpha1"),
		kind: z.literal("PathDiff"),
		asked: z.number(),
		changes: z.array(
			z.strictObject({
				question: questionSchema,
				changed: z.array(z.enum(PATH_ASPECTS)).describe("empty where the question can be asked of one state only"),
				before: side.nullable(),
				after: side.nullable(),
			}),
		),
	})
	.meta({ title: "PathDiff" });
