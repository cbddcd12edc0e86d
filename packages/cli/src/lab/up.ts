/** `podpath lab up`, and the process that keeps what it built. */
import { printable, worded } from "@podpath/core";
import { LabFolder, placesFor, realize, runKeeper, startLab } from "@podpath/lab";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { DEFAULT_LAB } from "./default-lab.ts";
import { loadLabSubject } from "./input.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";
import type { UpFlags } from "./routes.ts";

export async function raise(cli: CliProcess, flags: UpFlags): Promise<ExitStatus> {
	const { name, backend } = flags;
	const folder = new LabFolder(name);
	const { manifests, subject, question } = await loadLabSubject(flags, cli.stdin);
	const plan = realize(subject.network, placesFor(subject, question));
	const progress = progressOn(cli.stderr);
	progress(`building ${plan.namespaces.length} namespaces`);
	const record = {
		name,
		input: { manifests },
		plan,
		startedAt: new Date().toISOString(),
		...(backend === undefined ? {} : { kind: backend }),
	};
	await untilInterrupted(cli, (signal) => startLab(folder, record, keeperCommand, signal)).finally(() => progress(""));
	const standing = folder.standing();
	cli.stdout.write(`lab ${name}: ${plan.namespaces.length} namespaces on ${standing?.backend} ${standing?.kernel}\n`);
	for (const { name: namespace, place } of plan.namespaces)
		cli.stdout.write(`  ${namespace.padEnd(4)} ${printable(place)}\n`);
	for (const left of plan.omitted) cli.stderr.write(`podpath: not built: ${printable(worded(left))}\n`);
	const which = name === DEFAULT_LAB ? "" : ` --name ${name}`;
	cli.stdout.write(
		`\npodpath lab explain FROM TO${which}    podpath lab exec PLACE${which} -- ip route    podpath lab down ${name}\n`,
	);
	return EXIT.yes;
}

/** The same program, with the flags that this process was started with. */
function keeperCommand(name: string): readonly [string, ...string[]] {
	return [process.execPath, ...process.execArgv, process.argv[1] ?? "", "__lab-keeper", name];
}

/** The keeper's process; it ends with its lab. */
export async function keep(name: string): Promise<ExitStatus> {
	await runKeeper(new LabFolder(name));
	return EXIT.yes;
}
