/**
 * A fault of the catalogue (atlas/faults): a change to what a healthy cluster's machines have, what becomes of a question
 * then, and what diagnosis has to find first.
 */
import * as z from "zod";
import { yamlDocuments } from "../cluster/input/yaml.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../origin/origin.ts";
import { STATE_PARTS } from "../state/namespace.ts";
import type { Place } from "../state/place.ts";
import { VERDICTS, type Verdict } from "../trace/explanation.ts";
import { type Question, questionOf } from "../trace/question.ts";
import { phrase } from "../wording/phrase.ts";
import type { ClusterChange } from "./scenario.ts";
import { writtenChange, writtenQuestion } from "./schema.ts";

/** One change to the dump of a tool, in the tool's own text. Every text must be found, or the fault says nothing. */
export type StateChange =
	/** Lines that hold the text are gone. */
	| {
			readonly kind: "remove";
			readonly at: Place;
			readonly part: string;
			readonly text: string;
			readonly below?: string;
	  }
	/** The text reads otherwise. */
	| {
			readonly kind: "replace";
			readonly at: Place;
			readonly part: string;
			readonly text: string;
			readonly with: string;
			/** Only the first such line below the one that holds this. */
			readonly below?: string;
	  }
	/** A line more, before or after the first that holds a text; else at the end. */
	| {
			readonly kind: "add";
			readonly at: Place;
			readonly part: string;
			readonly line: string;
			readonly before?: string;
			readonly after?: string;
	  }
	/** The device is set down, with what the kernel does then. */
	| { readonly kind: "down"; readonly at: Place; readonly device: string }
	/** The device is deleted, with everything on it; a veth's far end too. */
	| { readonly kind: "delete"; readonly at: Place; readonly device: string };

export interface Fault {
	/** The mode, whose cluster.yaml is the healthy cluster. */
	readonly mode: string;
	readonly id: string;
	readonly title: string;
	/** In Chinese. */
	readonly titleZh?: string;
	readonly question: Question;
	readonly changes: readonly StateChange[];
	/** Changes to the cluster's objects: what stands there is then all that anybody knows, as of a cloud. */
	readonly cluster: readonly ClusterChange[];
	readonly verdict: Verdict | "mixed";
	/** What the first finding has to name. */
	readonly finding: { readonly code: string; readonly at?: Place; readonly entry: string };
	readonly source: SourcePosition;
}

const part = z.enum(STATE_PARTS);
const at = z.string().regex(/^(node|pod|host)\/.+/);
const change = z.union([
	z.strictObject({ at, file: part, remove: z.string(), below: z.string().optional() }),
	z.strictObject({ at, file: part, replace: z.string(), with: z.string(), below: z.string().optional() }),
	z.strictObject({ at, file: part, add: z.string(), before: z.string().optional(), after: z.string().optional() }),
	z.strictObject({ at, down: z.string() }),
	z.strictObject({ at, delete: z.string() }),
]);

const faults = z.strictObject({
	apiVersion: z.literal("podpath.dev/v1alpha1"),
	kind: z.literal("Faults"),
	mode: z.string(),
	faults: z.array(
		z.strictObject({
			id: z.string().regex(/^[a-z0-9-]+$/),
			title: z.string(),
			titleZh: z.string().optional(),
			question: writtenQuestion,
			change: z.array(change).default([]),
			cluster: z.array(writtenChange).default([]),
			verdict: z.enum([...VERDICTS, "mixed"]),
			finding: z.strictObject({ code: z.string(), at: z.string().optional(), entry: z.string() }),
		}),
	),
});

/** The JSON Schema's source of `atlas/faults/*.yaml`. */
export const faultsSchema: z.ZodType = faults;

/**
 * The faults of a file, in its order.
 * @throws {InputError} Naming file and line, for text that is not of the schema.
 */
export function parseFaults(text: string, file: string): readonly Fault[] {
	const [document] = yamlDocuments({ name: file, text });
	const result = faults.safeParse(document?.value);
	if (document === undefined || !result.success) {
		const issue = result.error?.issues[0];
		const path = (issue?.path ?? []).map(String);
		throw new InputError({
			code: "fault-schema",
			message: `"${path.join(".")}": ${issue?.message ?? "not a list of faults"}`,
			where: document?.locate(issue?.path.filter((key) => typeof key !== "symbol") ?? [], "value") ?? { file, line: 1 },
		});
	}
	return result.data.faults.map((each, position) => ({
		mode: result.data.mode,
		id: each.id,
		title: each.title,
		...(each.titleZh === undefined ? {} : { titleZh: each.titleZh }),
		question: questionOf(each.question),
		changes: each.change.map(stateChange),
		cluster: each.cluster.map((one) =>
			"remove" in one
				? { kind: "remove" as const, object: one.remove }
				: { kind: "merge" as const, object: one.change, patch: one.merge },
		),
		verdict: each.verdict,
		finding: {
			code: each.finding.code,
			entry: each.finding.entry,
			...(each.finding.at !== undefined && { at: each.finding.at }),
		},
		source: document.locate(["faults", position], "value"),
	}));
}

function stateChange(written: z.infer<typeof change>): StateChange {
	if ("down" in written) return { kind: "down", at: written.at, device: written.down };
	if ("delete" in written) return { kind: "delete", at: written.at, device: written.delete };
	if ("remove" in written) {
		return { kind: "remove", at: written.at, part: written.file, text: written.remove, ...belowOf(written) };
	}
	if ("replace" in written) {
		const { at: place, file, replace, with: other } = written;
		return { kind: "replace", at: place, part: file, text: replace, with: other, ...belowOf(written) };
	}
	const { at: place, file, add, before, after } = written;
	return {
		kind: "add",
		at: place,
		part: file,
		line: add,
		...(before !== undefined && { before }),
		...(after !== undefined && { after }),
	};
}

function belowOf({ below }: { readonly below?: string | undefined }): { readonly below?: string } {
	return below === undefined ? {} : { below };
}

/** @throws {InputError} Where none of them has the name. */
export function findFault(faults: readonly Fault[], name: string): Fault {
	const found = faults.find((each) => faultName(each) === name);
	if (found !== undefined) return found;
	throw new InputError({ code: "no-such-fault", message: phrase("no-fault", { name }) });
}

/** `faults/MODE/ID`. */
export function faultName({ mode, id }: Pick<Fault, "mode" | "id">): string {
	return `faults/${mode}/${id}`;
}
