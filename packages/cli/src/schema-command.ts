/** `podpath schema`: the JSON Schemas of what podpath reads and writes. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "./cli-process.ts";
import { withStatus } from "./failure.ts";

export const schemaCommand: Command<Context> = buildCommand<Record<never, never>, [name?: string], Context>({
	func: async function (this: Context, _flags, name) {
		await withStatus(this, async () => (await import("./schema.ts")).printSchema(this.cli, name));
	},
	parameters: {
		positional: {
			kind: "tuple",
			parameters: [
				{
					brief: "Which schema; without it the names",
					placeholder: "NAME",
					parse: (input: string) => input,
					optional: true,
				},
			],
		},
	},
	docs: {
		brief: "Print JSON Schemas of questions, answers and podpath's own kinds",
		fullDescription:
			"Prints a JSON Schema (draft 2020-12), or the names of all.\n\nEXAMPLES\n  podpath schema\n  podpath schema explanation > explanation.schema.json\n  podpath schema question",
	},
});
