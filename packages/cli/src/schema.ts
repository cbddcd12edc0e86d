/** Prints JSON Schemas. */
import {
	closest,
	diagnosisSchema,
	explanationSchema,
	InputError,
	jsonSchema,
	ownKindSchemas,
	pathDiffSchema,
	proofRecordSchema,
	questionSchema,
	stringifyJson,
} from "@podpath/core";
import type { CliProcess } from "./cli-process.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";

/** By name: what podpath writes and reads, and its own kinds in lower case. */
function schemas(): ReadonlyMap<string, () => unknown> {
	const own = Object.entries(ownKindSchemas()).map(([kind, schema]) => [kind.toLowerCase(), () => schema] as const);
	return new Map<string, () => unknown>([
		["explanation", () => jsonSchema(explanationSchema, "output")],
		["diagnosis", () => jsonSchema(diagnosisSchema, "output")],
		["pathdiff", () => jsonSchema(pathDiffSchema, "output")],
		["proofrecord", () => jsonSchema(proofRecordSchema, "output")],
		["question", () => jsonSchema(questionSchema, "input")],
		...own,
	]);
}

export async function printSchema({ stdout }: CliProcess, name: string | undefined): Promise<ExitStatus> {
	const known = schemas();
	if (name === undefined) {
		for (const each of known.keys()) stdout.write(`${each}\n`);
		return EXIT.yes;
	}
	const make = known.get(name.toLowerCase());
	if (make === undefined) {
		const near = closest(name, [...known.keys()]);
		throw new InputError({
			code: "no-such-schema",
			message: `there is no schema "${name}"`,
			hint: near === undefined ? `there are ${[...known.keys()].join(", ")}` : `did you mean ${near}?`,
		});
	}
	stdout.write(stringifyJson(make()));
	return EXIT.yes;
}
