/** `podpath site`: its argument. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import { text } from "../flags.ts";

export const siteCommand: Command<Context> = buildCommand<Record<never, never>, [folder: string], Context>({
	func: async function (this: Context, _flags, folder) {
		await withStatus(this, async () => (await import("./run.ts")).runSite(this.cli, folder));
	},
	parameters: {
		positional: {
			kind: "tuple",
			parameters: [{ brief: "The folder to write", placeholder: "OUT", parse: text }],
		},
	},
	docs: {
		brief: "Write the page as a static site: the atlas, with the engine in the browser",
		fullDescription:
			"Writes the page with the atlas as files that any web server can host. No server of podpath's is needed: the engine\nruns in the browser.\n\nEXAMPLES\n  podpath site public/",
	},
});
