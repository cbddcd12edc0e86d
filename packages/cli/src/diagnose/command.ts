/** `podpath diagnose`: its arguments and flags. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import {
	atFlag,
	colorFlag,
	fileFlag,
	fromAndTo,
	type QuestionFlags,
	questionFlags,
	type SubjectFlags,
	scenarioFlag,
	snapshotFlag,
} from "../flags.ts";
import type { ColorChoice } from "../terminal.ts";

const FORMATS = ["text", "json"] as const;

export interface DiagnoseFlags extends SubjectFlags, QuestionFlags {
	readonly at?: string;
	readonly all: boolean;
	readonly output?: (typeof FORMATS)[number];
	readonly color: ColorChoice;
}

const DESCRIPTION = `Finds why a packet does not arrive: the entry that is missing, wrong or in the way, whose it is, and the command that
puts it right. The state that the CNI, kube-proxy and policies would have programmed is worked out from the cluster and
compared with the snapshot's. A difference is called a cause only where the packet, asked about again with that entry
put back, fares better. Without a snapshot it tells what in the manifests is in the packet's way.

EXAMPLES
  podpath diagnose pod/default/centos service/default/nginx:80 --snapshot DIR -f cluster.yaml
  podpath diagnose --all --snapshot snapshot.tar.gz
  podpath diagnose pod/default/centos pod/default/nginx -f manifests/ -o json`;

export const diagnoseCommand: Command<Context> = buildCommand<DiagnoseFlags, [from?: string, to?: string], Context>({
	func: async function (this: Context, flags: DiagnoseFlags, from?: string, to?: string) {
		await withStatus(this, async () => {
			const { runDiagnose } = await import("./run.ts");
			return runDiagnose(this.cli, flags, from, to);
		});
	},
	parameters: {
		positional: fromAndTo,
		flags: {
			file: fileFlag,
			snapshot: snapshotFlag,
			scenario: scenarioFlag,
			...questionFlags,
			at: atFlag,
			all: {
				kind: "boolean",
				default: false,
				withNegated: false,
				brief: "The whole cluster: questions that stand for all pairs and Services",
			},
			output: { kind: "enum", values: FORMATS, optional: true, brief: "text unless said otherwise" },
			color: colorFlag,
		},
		aliases: { f: "file", o: "output" },
	},
	docs: {
		brief: "Find why a packet does not arrive, and what puts it right",
		fullDescription: DESCRIPTION,
		customUsage: [
			"FROM TO --snapshot DIR|FILE.tar.gz [-f …] [FLAGS]",
			"FROM TO -f FILE|DIR [FLAGS]",
			"[FROM TO] --scenario MODE/ID [FLAGS]",
			"--all (--snapshot … | -f …)",
		],
	},
});
