/** `podpath lab`: its commands. */
import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import { colorFlag, fileFlag, fromAndTo, type QuestionFlags, questionFlags, text } from "../flags.ts";
import type { ColorChoice } from "../terminal.ts";
import { DEFAULT_LAB } from "./default-lab.ts";

// As in the lab's backend.ts, which is not loaded for help; a test compares the two.
export const BACKEND_WORDS = ["userns", "netns", "uml", "qemu"] as const;
export type BackendWord = (typeof BACKEND_WORDS)[number];

const scenario = {
	kind: "parsed",
	parse: text,
	optional: true,
	brief: "The network of a scenario of the atlas",
	placeholder: "MODE/ID",
} as const;
const name = {
	kind: "parsed",
	parse: text,
	default: DEFAULT_LAB,
	brief: "The lab's name",
	placeholder: "NAME",
} as const;
const backend = {
	kind: "enum",
	values: BACKEND_WORDS,
	optional: true,
	brief: "Which kernel; the first that can build the network unless said",
} as const;
const output = { kind: "enum", values: ["text", "json"], default: "text", brief: "Output format" } as const;

export interface UpFlags {
	readonly file?: readonly string[];
	readonly scenario?: string;
	readonly name: string;
	readonly backend?: BackendWord;
}

const up: Command<Context> = buildCommand<UpFlags, [], Context>({
	func: async function (this: Context, flags) {
		await withStatus(this, async () => (await import("./up.ts")).raise(this.cli, flags));
	},
	parameters: { flags: { file: fileFlag, scenario, name, backend }, aliases: { f: "file", n: "name" } },
	docs: {
		brief: "Build a network on a real kernel; it stands until it is taken down",
		fullDescription:
			"Builds the network that the manifests describe: a network namespace for each node, pod, host and fabric device, with the\nvery devices, routes and rules that podpath predicts. No root, no containers: an unprivileged user namespace, or User-Mode\nLinux (or QEMU) where this kernel lacks something.\n\nEXAMPLES\n  podpath lab up -f cluster.yaml\n  podpath lab up --scenario flannel-vxlan/pod-cross --name vx",
	},
});

export interface LabExplainFlags extends Omit<UpFlags, "name">, QuestionFlags {
	readonly name?: string;
	readonly pcapng?: string;
	readonly output: "text" | "json";
	readonly color: ColorChoice;
}

const explain: Command<Context> = buildCommand<LabExplainFlags, [from?: string, to?: string], Context>({
	func: async function (this: Context, flags, from, to) {
		await withStatus(this, async () => (await import("./explain.ts")).explainOnKernel(this.cli, flags, from, to));
	},
	parameters: {
		positional: fromAndTo,
		flags: {
			file: fileFlag,
			scenario,
			name: {
				...name,
				default: undefined,
				optional: true,
				brief: "A lab that stands [default: the one called default, without -f and --scenario]",
			},
			backend,
			...questionFlags,
			pcapng: {
				kind: "parsed",
				parse: text,
				optional: true,
				brief: "Write what every device showed to one file, for Wireshark",
				placeholder: "FILE",
			},
			output,
			color: colorFlag,
		},
		aliases: { f: "file", n: "name", o: "output" },
	},
	docs: {
		brief: "Predict the way, send the packet, compare hop by hop",
		fullDescription:
			"Asks the engine and a real kernel the same question: the packet is sent in the lab, every device is captured, and both ways\nare laid side by side.\n\nEXIT STATUS\n  0 they agree   1 they differ   3 it could not be compared\n\nEXAMPLES\n  podpath lab explain --scenario flannel-vxlan/pod-cross\n  podpath lab explain pod/default/a service/default/b:80 -f cluster.yaml --pcapng way.pcapng\n  podpath lab up -f cluster.yaml && podpath lab explain pod/default/a pod/default/c",
		customUsage: [
			"FROM TO -f FILE|DIR [FLAGS]",
			"FROM TO [--name NAME] [FLAGS]",
			"[FROM TO] --scenario MODE/ID [FLAGS]",
		],
	},
});

const exec: Command<Context> = buildCommand<{ readonly name: string }, [place: string, ...argv: string[]], Context>({
	func: async function (this: Context, flags, place, ...argv) {
		await withStatus(this, async () => (await import("./exec.ts")).execute(this, flags.name, place, argv));
	},
	parameters: {
		positional: {
			kind: "array",
			parameter: {
				brief: "The place, then the program and its arguments",
				placeholder: "PLACE -- PROGRAM",
				parse: text,
			},
			minimum: 2,
		},
		flags: { name },
		aliases: { n: "name" },
	},
	docs: {
		brief: "Run a program in a namespace of a lab",
		fullDescription:
			"Runs a program in the namespace of a place: no shell. Its input and output are this command's, Ctrl-C is\npassed on, and at a terminal it has one of its own. The exit status is the program's.\npodpath itself runs outside and reads inside: collect --local takes the lab for the machine, seen from that place.\n\nEXAMPLES\n  podpath lab exec node/a -- ip route\n  podpath lab exec pod/default/web -- ping -c1 10.244.2.7\n  podpath lab exec node/a -- podpath collect --local -o snapshot.tar.gz",
	},
});

export interface CaptureFlags {
	readonly name: string;
	readonly device?: string;
	readonly seconds?: number;
}

function seconds(input: string): number {
	const value = Number(input);
	if (input.trim() === "" || !Number.isFinite(value) || value <= 0) throw new Error("seconds are a number above 0");
	return value;
}

const capture: Command<Context> = buildCommand<CaptureFlags, [place?: string], Context>({
	func: async function (this: Context, flags, place) {
		await withStatus(this, async () => (await import("./standing.ts")).capture(this.cli, flags, place));
	},
	parameters: {
		positional: {
			kind: "tuple",
			parameters: [{ brief: "One place instead of all", placeholder: "PLACE", parse: text, optional: true }],
		},
		flags: {
			name,
			device: { kind: "parsed", parse: text, optional: true, brief: "One device of it", placeholder: "DEVICE" },
			seconds: { kind: "parsed", parse: seconds, optional: true, brief: "End after so long", placeholder: "N" },
		},
		aliases: { n: "name", i: "device" },
	},
	docs: {
		brief: "Show packets on all devices of a lab as they pass, until Ctrl-C",
		fullDescription:
			"Prints a line for each packet on each device, in the order in which they pass.\n\nEXAMPLES\n  podpath lab capture\n  podpath lab capture node/a --device cni0 --seconds 10",
	},
});

const status: Command<Context> = buildCommand<{ readonly output: "text" | "json" }, [], Context>({
	func: async function (this: Context, flags) {
		await withStatus(this, async () => (await import("./standing.ts")).showStatus(this.cli, flags.output));
	},
	parameters: { flags: { output }, aliases: { o: "output" } },
	docs: {
		brief: "Show the labs that stand",
		fullDescription:
			"Lists your labs: their kernels, places and namespaces.\n\nEXAMPLES\n  podpath lab status\n  podpath lab status -o json",
	},
});

const down: Command<Context> = buildCommand<{ readonly all: boolean }, [name?: string], Context>({
	func: async function (this: Context, flags, lab) {
		await withStatus(this, async () => (await import("./standing.ts")).takeDown(this.cli, lab, flags.all));
	},
	parameters: {
		positional: {
			kind: "tuple",
			parameters: [{ brief: "The lab; default unless said", placeholder: "NAME", parse: text, optional: true }],
		},
		flags: {
			all: { kind: "boolean", default: false, withNegated: false, brief: "All of yours, and what killed runs left" },
		},
	},
	docs: {
		brief: "Take a lab down",
		fullDescription:
			"Takes a lab down: nothing of it is left.\n\nEXAMPLES\n  podpath lab down\n  podpath lab down vx\n  podpath lab down --all",
	},
});

const features: Command<Context> = buildCommand<
	{ readonly output: "text" | "json"; readonly fresh: boolean },
	[],
	Context
>({
	func: async function (this: Context, flags) {
		await withStatus(this, async () => (await import("./features.ts")).showFeatures(this.cli, flags));
	},
	parameters: {
		flags: {
			output,
			fresh: { kind: "boolean", default: false, withNegated: false, brief: "Try again what is remembered" },
		},
		aliases: { o: "output" },
	},
	docs: {
		brief: "Show what the kernels here can build, and what is missing",
		fullDescription:
			"Tries each feature on each kind of kernel.\n\nEXAMPLES\n  podpath lab features\n  podpath lab features -o json",
	},
});

/** Started by `lab up`. */
export const keeperCommand: Command<Context> = buildCommand<Record<never, never>, [name: string], Context>({
	func: async function (this: Context, _flags, lab) {
		await withStatus(this, async () => (await import("./up.ts")).keep(lab));
	},
	parameters: { positional: { kind: "tuple", parameters: [{ brief: "The lab", placeholder: "NAME", parse: text }] } },
	docs: { brief: "Keep a lab" },
});

export const labRoutes: RouteMap<Context> = buildRouteMap({
	routes: { up, explain, exec, capture, status, down, features },
	docs: {
		brief: "The same network on a real Linux kernel: build it, send the packet, compare",
		fullDescription:
			"Builds predicted networks on a real Linux kernel, without root or containers.\n\nEXAMPLES\n  podpath lab up -f cluster.yaml\n  podpath lab explain pod/default/a service/default/b:80\n  podpath lab exec node/a -- iptables -t nat -S\n  podpath lab down",
	},
});
