/** `podpath diff`: its arguments and flags. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import { colorFlag, fileFlag, text } from "../flags.ts";
import type { ColorChoice } from "../terminal.ts";

const FORMATS = ["text", "json"] as const;

export interface DiffFlags {
	readonly file?: readonly string[];
	readonly output?: (typeof FORMATS)[number];
	readonly color: ColorChoice;
}

const DESCRIPTION = `Tells which paths changed from A to B, each manifests or a snapshot: verdicts, address translation, the client's address as
servers see it, and devices. Questions that stand for all pairs and Services are asked of both; what differs without a packet
meeting it is no change. The exit status is 0 where no path changed and 1 where some did.

EXAMPLES
  podpath diff before/ after/
  podpath diff cluster.yaml snapshot.tar.gz -f cluster.yaml
  podpath diff monday.tar.gz tuesday.tar.gz -o json`;

export const diffCommand: Command<Context> = buildCommand<DiffFlags, [before: string, after: string], Context>({
	func: async function (this: Context, flags: DiffFlags, before: string, after: string) {
		await withStatus(this, async () => (await import("./run.ts")).runDiff(this.cli, flags, before, after));
	},
	parameters: {
		positional: {
			kind: "tuple",
			parameters: [
				{ brief: "Manifests, or a snapshot", placeholder: "A", parse: text },
				{ brief: "The same of another day", placeholder: "B", parse: text },
			],
		},
		flags: {
			file: { ...fileFlag, brief: "Manifests that add to both; repeatable" },
			output: { kind: "enum", values: FORMATS, optional: true, brief: "text unless said otherwise" },
			color: colorFlag,
		},
		aliases: { f: "file", o: "output" },
	},
	docs: { brief: "Tell which paths changed between two snapshots or sets of manifests", fullDescription: DESCRIPTION },
});
