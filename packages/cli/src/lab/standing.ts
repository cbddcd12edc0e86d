/** Commands about labs that stand. */
import { setTimeout as wait } from "node:timers/promises";
import { printable, stringifyJson } from "@podpath/core";
import {
	connectLab,
	decodeCaptured,
	isAlive,
	Lab,
	LabFolder,
	type LabPlan,
	labFolders,
	packetText,
	takeDownLab,
} from "@podpath/lab";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { untilInterrupted } from "./interrupt.ts";
import type { CaptureFlags } from "./routes.ts";

/** How often frames are fetched, in milliseconds. */
const FETCH_EVERY_MS = 100;

export async function capture(cli: CliProcess, flags: CaptureFlags, place: string | undefined): Promise<ExitStatus> {
	const folder = new LabFolder(flags.name);
	const backend = await connectLab(folder);
	const { plan } = folder.record();
	const lab = Lab.over(plan, backend);
	const only = place === undefined ? undefined : lab.nameOf(place);
	const until = flags.seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + flags.seconds * 1000;
	await backend.drain();
	await untilInterrupted(cli, async (signal) => {
		while (!signal.aborted && performance.now() < until) {
			for (const frame of await backend.drain()) {
				if (only !== undefined && frame.namespace !== only) continue;
				if (flags.device !== undefined && frame.device !== flags.device) continue;
				cli.stdout.write(`${printable(lineOf(frame, plan))}\n`);
			}
			await wait(FETCH_EVERY_MS);
		}
	});
	await backend.close();
	return EXIT.yes;
}

function lineOf(frame: Parameters<typeof decodeCaptured>[0], plan: LabPlan): string {
	const { namespaces } = plan;
	const place = namespaces.find(({ name }) => name === frame.namespace)?.place ?? frame.namespace;
	const { content, vlans } = decodeCaptured(frame);
	const what = content.kind === "ip" ? packetText(content.packet, vlans[0] ?? null) : content.kind;
	return `${place} ${frame.device} ${frame.direction}: ${what}`;
}

export async function showStatus({ stdout }: CliProcess, output: "text" | "json"): Promise<ExitStatus> {
	const labs = await Promise.all(
		labFolders().map(async (folder) => {
			const alive = await isAlive(folder);
			const { plan, startedAt } = folder.record();
			const standing = folder.standing();
			return {
				name: folder.name,
				state: alive ? "stands" : folder.keeper() === null ? "left behind" : "is being built",
				backend: standing?.backend ?? null,
				kernel: standing?.kernel ?? null,
				startedAt,
				namespaces: plan.namespaces,
			};
		}),
	);
	if (output === "json") {
		stdout.write(stringifyJson({ apiVersion: "podpath.dev/v1alpha1", kind: "LabList", items: labs }));
		return EXIT.yes;
	}
	if (labs.length === 0) stdout.write("no lab stands\n");
	for (const { name, state, backend, kernel, startedAt, namespaces } of labs) {
		stdout.write(
			`${name}  ${state}  ${backend ?? ""} ${kernel ?? ""}  since ${startedAt}  ${namespaces.length} namespaces\n`,
		);
		for (const each of namespaces) stdout.write(`  ${each.name.padEnd(4)} ${printable(each.place)}\n`);
	}
	return EXIT.yes;
}

export async function takeDown({ stdout }: CliProcess, name: string | undefined, all: boolean): Promise<ExitStatus> {
	const folders = all ? labFolders() : [new LabFolder(name ?? "default")];
	for (const folder of folders) {
		if (!folder.exists()) {
			stdout.write(`lab ${folder.name}: there is none\n`);
			continue;
		}
		const stood = await takeDownLab(folder);
		stdout.write(`lab ${folder.name}: ${stood ? "taken down" : "had ended; its traces are removed"}\n`);
	}
	return EXIT.yes;
}
