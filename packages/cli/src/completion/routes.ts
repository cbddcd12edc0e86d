/** `podpath completion`: scripts for shells, and the hidden command that they call. */
import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import type { Shell } from "./scripts.ts";

function scriptCommand(shell: Shell, how: string): Command<Context> {
	return buildCommand<Record<never, never>, [], Context>({
		func: async function (this: Context) {
			await withStatus(this, async () => (await import("./scripts.ts")).printScript(this.cli, shell));
		},
		parameters: {},
		docs: {
			brief: `Completion for ${shell}`,
			fullDescription: `Prints a completion script for ${shell}.\n\nEXAMPLES\n  ${how}`,
		},
	});
}

export const completionRoutes: RouteMap<Context> = buildRouteMap({
	routes: {
		bash: scriptCommand("bash", "source <(podpath completion bash)"),
		zsh: scriptCommand("zsh", "podpath completion zsh > ~/.zfunc/_podpath"),
		fish: scriptCommand("fish", "podpath completion fish > ~/.config/fish/completions/podpath.fish"),
	},
	docs: {
		brief: "Print a completion script for bash, zsh or fish",
		fullDescription:
			"Prints a completion script. It completes commands, flags and the names of pods, Services and nodes in the input.\n\nEXAMPLES\n  source <(podpath completion bash)\n  podpath completion zsh > ~/.zfunc/_podpath\n  podpath completion fish > ~/.config/fish/completions/podpath.fish",
	},
});

export const completeCommand: Command<Context> = buildCommand<Record<never, never>, string[], Context>({
	func: async function (this: Context, _flags, ...words) {
		await withStatus(this, async () => (await import("./propose.ts")).printProposals(this, words));
	},
	parameters: {
		positional: {
			kind: "array",
			parameter: {
				brief: "The words of the command line up to the cursor",
				parse: (input: string) => input,
				placeholder: "WORD",
			},
		},
	},
	docs: { brief: "Propose how a command line may go on" },
});
