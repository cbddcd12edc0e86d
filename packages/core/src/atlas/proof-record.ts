/** The record of scenarios that were proven on a real kernel: `atlas/proven.json`. */
import * as z from "zod";
import type { InputDocument } from "../cluster/input/document.ts";
import { yamlDocuments } from "../cluster/input/yaml.ts";
import { InputError } from "../diagnostic/diagnostic.ts";

/** What kind of kernel a scenario was proven on; the lab's words for them. */
export const PROOF_BACKENDS = ["userns", "netns", "uml", "qemu"] as const;
export type ProofBackend = (typeof PROOF_BACKENDS)[number];

/** One scenario's proof: packets went the ways that were predicted, and no other. */
export interface RecordedProof {
	/** ISO 8601: the day, in UTC. */
	readonly date: string;
	readonly backend: ProofBackend;
	/** `uname -r`. */
	readonly kernel: string;
	/** How many ways were predicted, and how many of them a packet took. */
	readonly ways: { readonly seen: number; readonly of: number };
	/** Of the scenario as it was then (`scenarioDigest`). */
	readonly digest: string;
}

export interface ProofRecord {
	readonly apiVersion: "podpath.dev/v1alpha1";
	readonly kind: "ProofRecord";
	/** By `MODE/ID`. */
	readonly scenarios: Readonly<Record<string, RecordedProof>>;
}

export const NO_PROOFS: ProofRecord = { apiVersion: "podpath.dev/v1alpha1", kind: "ProofRecord", scenarios: {} };

const count = z.int().min(0);

export const proofSchema: z.ZodType<RecordedProof> = z.strictObject({
	date: z.iso.date().describe("The day, in UTC"),
	backend: z.enum(PROOF_BACKENDS).describe("The kind of kernel; userns and netns are the machine's own"),
	kernel: z.string().min(1).describe("uname -r"),
	ways: z
		.strictObject({ seen: count, of: count })
		.describe("How many ways were predicted, and how many of them a packet took"),
	digest: z
		.string()
		.regex(/^[0-9a-f]{64}$/)
		.describe("Of the question, the cluster and the expectations; another one is an older form of the scenario"),
});

export const proofRecordSchema: z.ZodType<ProofRecord> = z
	.strictObject({
		apiVersion: z.literal("podpath.dev/v1alpha1"),
		kind: z.literal("ProofRecord"),
		scenarios: z.record(z.string(), proofSchema).describe("By MODE/ID"),
	})
	.meta({ title: "ProofRecord" });

/** @throws {InputError} Naming file and line, for a text that is not of the schema. */
export function parseProofRecord(text: string, file: string): ProofRecord {
	const [document, ...more] = yamlDocuments({ name: file, text });
	if (document === undefined || more.length > 0) {
		throw new InputError({ code: "proof-schema", message: "must be one JSON document", where: { file, line: 1 } });
	}
	const result = proofRecordSchema.safeParse(document.value);
	if (!result.success) throw schemaError(result.error, document);
	return result.data;
}

function schemaError(error: z.ZodError, document: InputDocument): InputError {
	const [issue] = error.issues;
	const keys = (issue?.path ?? []).map((key) => (typeof key === "symbol" ? String(key) : key));
	const what = keys.length === 0 ? "the document" : `"${keys.join(".")}"`;
	return new InputError({
		code: "proof-schema",
		message: `${what}: ${issue?.message ?? "not a record of proofs"}`,
		where: document.locate(keys, "value"),
	});
}

/** As it is kept: by name, a scenario a line, so that two people's proofs merge. */
export function printProofRecord({ apiVersion, kind, scenarios }: ProofRecord): string {
	const lines = Object.keys(scenarios)
		.sort()
		.map((name) => `\t\t${JSON.stringify(name)}: ${JSON.stringify(scenarios[name])}`);
	const head = `{\n\t"apiVersion": ${JSON.stringify(apiVersion)},\n\t"kind": ${JSON.stringify(kind)},\n`;
	return `${head}\t"scenarios": {${lines.length === 0 ? "" : `\n${lines.join(",\n")}\n\t`}}\n}\n`;
}
