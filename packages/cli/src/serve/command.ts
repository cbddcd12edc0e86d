/** `podpath serve`: its flags. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import { fileFlag, text } from "../flags.ts";

export interface ServeFlags {
	readonly file?: readonly string[];
	readonly snapshot?: string;
	readonly port: number;
	readonly listen: string;
	readonly open?: boolean;
}

const DESCRIPTION = `Serves podpath's page: paths to look at and to step through, for your manifests, for a snapshot, or for the atlas.

It listens on 127.0.0.1 alone unless told otherwise. The address that it prints holds a token; whoever has it can ask.
It ends at an interrupt.

EXAMPLES
  podpath serve
  podpath serve -f manifests/
  podpath serve --snapshot snapshot.tar.gz --port 8080
  kubectl get nodes,pods,services,endpointslices -A -o yaml | podpath serve -f -`;

function portOrAny(input: string): number {
	const port = /^\d{1,5}$/.test(input) ? Number(input) : Number.NaN;
	if (!(port >= 0 && port <= 65535)) throw new Error("a port is a number from 1 to 65535, or 0 for any free one");
	return port;
}

export const serveCommand: Command<Context> = buildCommand<ServeFlags, [], Context>({
	func: async function (this: Context, flags) {
		await withStatus(this, async () => (await import("./run.ts")).runServe(this.cli, flags));
	},
	parameters: {
		flags: {
			file: fileFlag,
			snapshot: {
				kind: "parsed",
				parse: text,
				optional: true,
				brief: "A snapshot of real nodes",
				placeholder: "DIR|FILE.tar.gz",
			},
			port: { kind: "parsed", parse: portOrAny, default: "0", brief: "0: any free one", placeholder: "N" },
			listen: {
				kind: "parsed",
				parse: text,
				default: "127.0.0.1",
				brief: "An address of this machine; others than loopback let the network in",
				placeholder: "ADDRESS",
			},
			open: { kind: "boolean", optional: true, brief: "Open a browser; unless said, where there is one" },
		},
		aliases: { f: "file" },
	},
	docs: { brief: "Serve the page: paths to look at, step by step", fullDescription: DESCRIPTION },
});
