/** `podpath explain`: its arguments and flags. */
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
	scenarioFlag,
	snapshotFlag,
	text,
} from "../flags.ts";
import type { ColorChoice } from "../terminal.ts";
import type { AskedFlags } from "./subject.ts";

export const FORMATS = ["text", "json", "links", "mermaid", "svg"] as const;
export type Format = (typeof FORMATS)[number];

export interface ExplainFlags extends AskedFlags, QuestionFlags {
	readonly at?: string;
	readonly output?: Format;
	readonly verbose: boolean;
	readonly color: ColorChoice;
}

const DESCRIPTION = `Explains which way a packet goes from FROM to TO, whether the answer comes back, and what decided it.

PLACES
  pod/NAMESPACE/NAME                 a pod
  service/NAMESPACE/NAME[:PORT]      a Service, as TO
  node/NAME, host/NAME               a node; a machine that is none
  internet/ADDRESS                   a client on the Internet
  ADDRESS, ADDRESS:PORT, [IPV6]:PORT

EXAMPLES
  podpath explain pod/default/centos service/default/nginx:80 -f manifests/
  podpath explain internet/203.0.113.9 service/default/nginx:80 --via load-balancer -f cluster.yaml -o svg
  podpath explain node/a service/default/nginx:80 --via node-port --node b -f cluster.yaml
  podpath explain 10.244.1.7 10.96.0.10:53 --protocol udp --snapshot DIR --at node/a
  podpath explain --scenario flannel-vpc/001-2.2
  kubectl get nodes,pods,services,endpointslices -A -o yaml | podpath explain FROM TO -f -
  podpath explain --batch questions.jsonl -f cluster.yaml > answers.jsonl`;

export const explainCommand: Command<Context> = buildCommand<ExplainFlags, [from?: string, to?: string], Context>({
	func: async function (this: Context, flags: ExplainFlags, from?: string, to?: string) {
		await withStatus(this, async () => {
			const { runExplain } = await import("./run.ts");
			return runExplain(this.cli, flags, from, to);
		});
	},
	parameters: {
		positional: fromAndTo,
		flags: {
			file: fileFlag,
			snapshot: snapshotFlag,
			context: { kind: "parsed", parse: text, optional: true, brief: "A live cluster (not yet)", placeholder: "NAME" },
			scenario: scenarioFlag,
			...questionFlags,
			at: atFlag,
			batch: {
				kind: "parsed",
				parse: text,
				optional: true,
				brief: "Questions as JSON lines (- for standard input); answers as JSON lines",
				placeholder: "FILE",
			},
			output: { kind: "enum", values: FORMATS, optional: true, brief: "text unless said otherwise" },
			verbose: { kind: "boolean", default: false, withNegated: false, brief: "text: every stage, rule and capture" },
			color: colorFlag,
		},
		aliases: { f: "file", o: "output", v: "verbose" },
	},
	docs: {
		brief: "Explain which way a packet goes, there and back, and why",
		fullDescription: DESCRIPTION,
		customUsage: [
			"FROM TO -f FILE|DIR [-f …] [FLAGS]",
			"FROM TO --snapshot DIR|FILE.tar.gz [FLAGS]",
			"[FROM TO] --scenario MODE/ID [FLAGS]",
			"--batch FILE (-f … | --snapshot … | --scenario …)",
		],
	},
});
