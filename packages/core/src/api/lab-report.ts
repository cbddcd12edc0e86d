/** What a real kernel said to a question, and whether there is one to ask: for the page, as plain text and numbers. */
import * as z from "zod";
import { questionSchema } from "../render/schema.ts";
import { VERDICTS, type Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";
import { LAB_STAGES, type LabStage } from "./lab-stages.ts";
import { type Problem, problemErrorSchema } from "./problem.ts";

/** What the machine of the server can do. */
export interface LabOffer {
	/** A kernel can be asked. */
	readonly available: boolean;
	/** The kinds of kernel that were tried, in order, up to the first that will do. */
	readonly tried: readonly LabKernel[];
}

export interface LabKernel {
	readonly kind: string;
	/** `uname -r`; absent where it cannot be started. */
	readonly kernel?: string;
	/** Why it cannot be started. */
	readonly why?: string;
	readonly missing: readonly { readonly feature: string; readonly why: string }[];
}

/** `proven`: every probe went a way that was predicted. `not-verified`: nothing could be compared, for the reason. */
export type LabReportVerdict =
	| { readonly kind: "proven" }
	| { readonly kind: "differs" }
	| { readonly kind: "not-verified"; readonly why: string };

export interface LabReport {
	readonly question: Question;
	readonly verdict: LabReportVerdict;
	/** Null where no kernel here can build the network. */
	readonly kernel: { readonly backend: string; readonly release: string } | null;
	readonly ways: readonly { readonly weight: number; readonly seen: number }[];
	readonly probes: number;
	/** Of the probe that tells most: the first that fits no prediction, else the last. Null: nothing was compared. */
	readonly comparison: LabComparison | null;
	/** The client as servers saw it. */
	readonly servers: readonly { readonly at: string; readonly address: string; readonly peer: string }[];
	/** Connection tracking tables after that probe, as `conntrack -L` prints them. */
	readonly conntrack: readonly { readonly at: string; readonly text: string }[];
	/** Entries of the network that no kernel was given, with the reason. */
	readonly omitted: readonly string[];
	/** Of a network too large for a lab: how many places no predicted way passes, which were not built. */
	readonly leftOut?: number;
	/** All frames of that probe as a pcapng file, in base64; null where none was sent. */
	readonly capture: string | null;
}

export interface LabComparison {
	readonly verdict: Verdict;
	readonly reason: string;
	/** What the client met, in a word. */
	readonly result: string;
	readonly directions: readonly { readonly direction: "forward" | "answer"; readonly rows: readonly LabRow[] }[];
	/** Where predicted and observed hops part. */
	readonly divergence: { readonly direction: "forward" | "answer"; readonly row: number } | null;
	/** What differs besides the hops. */
	readonly differences: readonly LabDifference[];
	readonly remarks: readonly string[];
}

export interface LabDifference {
	/** Of a hop, which the rows show too. */
	readonly ofHop: boolean;
	readonly about: string;
	readonly predicted: string;
	readonly observed: string;
}

export interface LabRow {
	/** `aside`: it says nothing for or against the prediction; `note` says why. */
	readonly kind: "same" | "differs" | "aside";
	/** `node/a eth0 out`. */
	readonly device: string;
	/** The packet as one line; null: not predicted, not seen. */
	readonly predicted: string | null;
	readonly observed: string | null;
	readonly fields: readonly { readonly field: string; readonly predicted: string; readonly observed: string }[];
	readonly note?: string;
}

/** What a stream of a lab run tells, in this order. */
export type LabEvent =
	| { readonly kind: "stage"; readonly stage: LabStage; readonly text: string }
	| { readonly kind: "done"; readonly report: LabReport }
	| { readonly kind: "problem"; readonly error: Problem["error"] };

export const labOfferSchema: z.ZodType<LabOffer> = z
	.strictObject({
		available: z.boolean(),
		tried: z.array(
			z.strictObject({
				kind: z.string(),
				kernel: z.string().exactOptional().describe("uname -r"),
				why: z.string().exactOptional().describe("Why it cannot be started"),
				missing: z.array(z.strictObject({ feature: z.string(), why: z.string() })),
			}),
		),
	})
	.meta({ title: "LabOffer" });

const direction = z.enum(["forward", "answer"]);
const difference = { predicted: z.string(), observed: z.string() };

const comparison = z.strictObject({
	verdict: z.enum(VERDICTS),
	reason: z.string(),
	result: z.string().describe("What the client met"),
	directions: z.array(
		z.strictObject({
			direction,
			rows: z.array(
				z.strictObject({
					kind: z.enum(["same", "differs", "aside"]),
					device: z.string(),
					predicted: z.string().nullable(),
					observed: z.string().nullable(),
					fields: z.array(z.strictObject({ field: z.string(), ...difference })),
					note: z.string().exactOptional(),
				}),
			),
		}),
	),
	divergence: z.strictObject({ direction, row: z.int() }).nullable(),
	differences: z.array(z.strictObject({ ofHop: z.boolean(), about: z.string(), ...difference })),
	remarks: z.array(z.string()),
});

export const labReportSchema: z.ZodType<LabReport> = z
	.strictObject({
		question: questionSchema,
		verdict: z.discriminatedUnion("kind", [
			z.strictObject({ kind: z.literal("proven") }),
			z.strictObject({ kind: z.literal("differs") }),
			z.strictObject({ kind: z.literal("not-verified"), why: z.string() }),
		]),
		kernel: z.strictObject({ backend: z.string(), release: z.string() }).nullable(),
		ways: z.array(z.strictObject({ weight: z.number(), seen: z.int() })),
		probes: z.int(),
		comparison: comparison.nullable(),
		servers: z.array(z.strictObject({ at: z.string(), address: z.string(), peer: z.string() })),
		conntrack: z.array(z.strictObject({ at: z.string(), text: z.string() })),
		omitted: z.array(z.string()),
		leftOut: z.int().exactOptional().describe("Places that no predicted way passes, of a network too large for a lab"),
		capture: z.string().nullable().describe("pcapng, in base64"),
	})
	.meta({ title: "LabReport" });

export const labEventSchema: z.ZodType<LabEvent> = z
	.discriminatedUnion("kind", [
		z.strictObject({ kind: z.literal("stage"), stage: z.enum(LAB_STAGES), text: z.string() }),
		z.strictObject({ kind: z.literal("done"), report: labReportSchema }),
		z.strictObject({ kind: z.literal("problem"), error: problemErrorSchema }),
	])
	.meta({ title: "LabEvent" });
