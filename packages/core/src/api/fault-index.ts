/** The catalogue of faults as the page reads it: what there is to be looked at, and what is found. */
import * as z from "zod";
import { type Fault, faultName } from "../atlas/fault.ts";
import { questionSchema } from "../render/schema.ts";
import { VERDICTS, type Verdict } from "../trace/explanation.ts";
import type { Question } from "../trace/question.ts";

export interface FaultIndex {
	readonly modes: readonly {
		readonly mode: string;
		readonly faults: readonly FaultEntry[];
	}[];
}

export interface FaultEntry {
	/** `faults/MODE/ID`. */
	readonly name: string;
	readonly title: string;
	/** In Chinese. */
	readonly titleZh?: string;
	readonly question: Question;
	/** What becomes of the question. */
	readonly verdict: Verdict | "mixed";
	/** Of the finding that diagnosis has to begin with. */
	readonly code: string;
}

export function faultIndex(modes: readonly { readonly mode: string; readonly faults: readonly Fault[] }[]): FaultIndex {
	return {
		modes: modes
			.filter(({ faults }) => faults.length > 0)
			.map(({ mode, faults }) => ({ mode, faults: faults.map(faultEntry) })),
	};
}

function faultEntry(fault: Fault): FaultEntry {
	const { title, titleZh, question, verdict, finding } = fault;
	const titles = { title, ...(titleZh === undefined ? {} : { titleZh }) };
	return { name: faultName(fault), ...titles, question, verdict, code: finding.code };
}

export const faultIndexSchema: z.ZodType<FaultIndex> = z
	.strictObject({
		modes: z.array(
			z.strictObject({
				mode: z.string(),
				faults: z.array(
					z.strictObject({
						name: z.string().describe("faults/MODE/ID"),
						title: z.string(),
						titleZh: z.string().exactOptional().describe("In Chinese"),
						question: questionSchema,
						verdict: z.enum([...VERDICTS, "mixed"]),
						code: z.string().describe("of the finding that diagnosis has to begin with"),
					}),
				),
			}),
		),
	})
	.meta({ title: "FaultIndex" });
