/** `podpath podnetworking`: its argument and flags. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import { fileFlag, text } from "../flags.ts";

export interface PodNetworkingFlags {
	readonly file?: readonly string[];
	readonly output: "text" | "json";
}

export const podNetworkingCommand: Command<Context> = buildCommand<PodNetworkingFlags, [pod: string], Context>({
	func: async function (this: Context, flags: PodNetworkingFlags, pod: string) {
		await withStatus(this, async () => (await import("./run.ts")).runPodNetworking(this.cli, flags, pod));
	},
	parameters: {
		positional: { kind: "tuple", parameters: [{ brief: "The pod", placeholder: "pod/NAMESPACE/NAME", parse: text }] },
		flags: {
			file: fileFlag,
			output: { kind: "enum", values: ["text", "json"], default: "text", brief: "Output format" },
		},
		aliases: { f: "file", o: "output" },
	},
	docs: {
		brief: "Which PodNetworking of Terway a pod takes and why, and why not the others",
		fullDescription: `Says what Terway's webhook decides for a pod when it is made: which PodNetworking it takes and why, why not each of the
others, and what is written into the pod.

EXAMPLES
  podpath podnetworking pod/trunking/centos -f cluster/
  kubectl get pods,namespaces,podnetworkings,podenis -A -o yaml | podpath podnetworking pod/trunking/centos -f - -o json

EXIT STATUS
  0 decided   1 the webhook would refuse the pod   3 the input does not hold what decides`,
		customUsage: ["pod/NAMESPACE/NAME -f FILE|DIR [-f …] [FLAGS]"],
	},
});
