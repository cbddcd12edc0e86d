/** `podpath atlas`: its commands. */
import { buildCommand, buildRouteMap, type RouteMap } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";

const LIST_FORMATS = ["text", "json"] as const;
const text = (input: string): string => input;

const list = buildCommand<{ readonly output: (typeof LIST_FORMATS)[number] }, [], Context>({
	func: async function (this: Context, { output }) {
		await withStatus(this, async () => (await import("./run.ts")).listScenarios(this.cli, output));
	},
	parameters: {
		flags: { output: { kind: "enum", values: LIST_FORMATS, default: "text", brief: "Output format" } },
		aliases: { o: "output" },
	},
	docs: {
		brief: "List the scenarios",
		fullDescription:
			"Lists the scenarios of the atlas.\n\nEXAMPLES\n  podpath atlas list\n  podpath atlas list -o json",
	},
});

const show = buildCommand<Record<never, never>, [name: string], Context>({
	func: async function (this: Context, _flags, name) {
		await withStatus(this, async () => (await import("./run.ts")).showScenario(this.cli, name));
	},
	parameters: {
		positional: {
			kind: "tuple",
			parameters: [{ brief: "The scenario", placeholder: "MODE/ID", parse: text }],
		},
	},
	docs: {
		brief: "Show a scenario with what it expects and where that comes from",
		fullDescription:
			"Shows a scenario as it is written: its question, what it expects, and where each expectation comes from.\n\nEXAMPLES\n  podpath atlas show flannel-vpc/001-2.2",
	},
});

/** Faults have no record, and what the engine alone says is no proof. */
async function nothingToRecord(lab: boolean): Promise<Error> {
	const { InputError } = await import("@podpath/core");
	return new InputError({
		code: "nothing-to-record",
		message: lab ? "--record is about scenarios, not about faults" : "--record writes down what a kernel proved",
		hint: lab ? "leave it out" : "give --lab too",
	});
}

const check = buildCommand<{ readonly lab: boolean; readonly record: boolean }, [name?: string], Context>({
	func: async function (this: Context, { lab, record }, name) {
		await withStatus(this, async () => {
			const isFault = name === "faults" || name?.startsWith("faults/") === true;
			if (record && (!lab || isFault)) throw await nothingToRecord(lab);
			if (isFault) {
				const { checkFaults, proveFaults } = await import("./faults.ts");
				return lab ? proveFaults(this.cli, name) : checkFaults(this.cli, name);
			}
			if (lab) return (await import("./prove.ts")).proveScenarios(this.cli, name, { record });
			return (await import("./run.ts")).checkScenarios(this.cli, name);
		});
	},
	parameters: {
		positional: {
			kind: "tuple",
			parameters: [
				{
					brief: "One mode, one scenario, or faults",
					placeholder: "MODE[/ID]|faults[/MODE[/ID]]",
					parse: text,
					optional: true,
				},
			],
		},
		flags: {
			lab: { kind: "boolean", default: false, withNegated: false, brief: "Against a real kernel too" },
			record: {
				kind: "boolean",
				default: false,
				withNegated: false,
				brief: "With --lab: write what was proven to atlas/proven.json",
			},
		},
	},
	docs: {
		brief: "Check the engine's answers against what the scenarios expect",
		fullDescription:
			"Asks the engine every scenario's question and compares the answer with what the scenario expects. The last line is\n`N passed, N failed`; the exit status is 0 only when none failed.\n\nWith --lab each scenario's network is also built on a real Linux kernel (an unprivileged user namespace, or User-Mode\nLinux where the kernel lacks something), the packet is sent, and what every device showed is compared with the answer.\n\n--record keeps what was proven, on which kernel and when, in atlas/proven.json, which atlas list and atlas show tell.\n\nThe faults are changes to healthy clusters: podpath diagnose has to find each first, and with --lab the kernel has to lose the\npacket as predicted.\n\nEXAMPLES\n  podpath atlas check\n  podpath atlas check flannel-vpc\n  podpath atlas check flannel-vpc/001-2.2\n  podpath atlas check --lab\n  podpath atlas check --lab --record\n  podpath atlas check faults",
	},
});

export const atlasRoutes: RouteMap<Context> = buildRouteMap({
	routes: { list, show, check },
	docs: {
		brief: "Scenarios of known networks, and the check of the engine against them",
		fullDescription:
			"Scenarios of known networks: clusters, questions about them, and what the answers have to be.\n\nEXAMPLES\n  podpath atlas list\n  podpath atlas show flannel-vpc/001-2.2\n  podpath atlas check flannel-vpc",
	},
});
