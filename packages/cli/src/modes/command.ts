/** `podpath modes` and `podpath choose`: their flags. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";

export interface ModesFlags {
	readonly output: "text" | "json";
}

const output = { kind: "enum", values: ["text", "json"], default: "text", brief: "Output format" } as const;

const MODES = `The network modes that podpath knows, side by side.

A row is found by asking a small cluster of each mode: what carries packets between nodes, what a pod's interface is, as whom packets leave the
cluster. What no path can tell, as by what a pod asks for a certain address, the mode declares.

EXAMPLES
  podpath modes
  podpath modes -o json`;

export const modesCommand: Command<Context> = buildCommand<ModesFlags, [], Context>({
	func: async function (this: Context, flags: ModesFlags) {
		await withStatus(this, async () => (await import("./run.ts")).runModes(this.cli, flags));
	},
	parameters: { flags: { output }, aliases: { o: "output" } },
	docs: { brief: "Compare the network modes", fullDescription: MODES, customUsage: ["[-o text|json]"] },
});

/** A boolean flag is undefined where it is not given. */
export interface ChooseFlags extends ModesFlags {
	readonly dualStack?: boolean;
	readonly bgp?: boolean;
	readonly sameSegment?: boolean;
	readonly differentSegments?: boolean;
	readonly underlayMayBeTouched?: boolean;
	readonly fixedIp?: boolean;
	readonly publicCloud?: boolean;
	readonly lowLatency?: boolean;
	readonly networkPolicy?: boolean;
	readonly severalKinds?: boolean;
}

const CHOOSE = `Which network modes fit, best first, with what speaks for and against each.

On a terminal and without flags it asks. A flag says that something is wanted or so, --no-FLAG that it is not; what is
not said does not matter. A mode that cannot have what is asked for is listed last, with the reason.

EXAMPLES
  podpath choose
  podpath choose --no-underlay-may-be-touched --dual-stack
  podpath choose --bgp --different-segments
  podpath choose --public-cloud --network-policy -o json

EXIT STATUS
  0 some mode fits   1 none does`;

const yesOrNo = (brief: string): { readonly kind: "boolean"; readonly optional: true; readonly brief: string } => ({
	kind: "boolean",
	optional: true,
	brief,
});

export const chooseCommand: Command<Context> = buildCommand<ChooseFlags, [], Context>({
	func: async function (this: Context, flags: ChooseFlags) {
		await withStatus(this, async () => (await import("./run.ts")).runChoose(this.cli, flags));
	},
	parameters: {
		flags: {
			dualStack: yesOrNo("IPv4 and IPv6"),
			bgp: yesOrNo("The data centre's routers speak BGP, and may with nodes"),
			sameSegment: yesOrNo("All hosts are in one network segment"),
			differentSegments: yesOrNo("Hosts are in several network segments"),
			underlayMayBeTouched: yesOrNo("The network between the machines may be set up for pods"),
			fixedIp: yesOrNo("Pods can ask for certain addresses"),
			publicCloud: yesOrNo("The machines are a public cloud's"),
			lowLatency: yesOrNo("Latency matters more than anything"),
			networkPolicy: yesOrNo("NetworkPolicies are enforced"),
			severalKinds: yesOrNo("Pods of several kinds of networks on one cluster"),
			output,
		},
		aliases: { o: "output" },
	},
	docs: { brief: "Which network mode fits, and why", fullDescription: CHOOSE, customUsage: ["[FLAGS]"] },
});
