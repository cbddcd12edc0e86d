/** `podpath lab exec`: a program in a namespace of a lab, as if it ran here. */
import { constants } from "node:os";
import { type Conversation, connectLab, Lab, LabFolder } from "@podpath/lab";
import type { CliProcess, Context } from "../cli-process.ts";
import { runWith } from "../command-line.ts";
import type { ExitStatus } from "../exit-status.ts";

export async function execute(
	{ cli, application }: Context,
	name: string,
	place: string,
	argv: readonly string[],
): Promise<ExitStatus> {
	const [program, ...args] = argv;
	const folder = new LabFolder(name);
	const backend = await connectLab(folder);
	try {
		// It is not started in the lab: a guest would take minutes for it, and write where nobody finds it. It runs here, and reads there.
		if (program === "podpath") {
			const inside: CliProcess = { ...cli, exitCode: undefined, standsIn: { lab: name, place } };
			await runWith(application, args, inside);
			return Number(inside.exitCode) as ExitStatus;
		}
		const lab = Lab.over(folder.record().plan, backend);
		// The program's own status, as kubectl exec has it.
		return (await converse(cli, lab, place, argv)) as ExitStatus;
	} finally {
		await backend.close();
	}
}

/** With a person at a terminal the program has one too, which sees the keys as they are pressed, Ctrl-C among them. */
async function converse(cli: CliProcess, lab: Lab, place: string, argv: readonly string[]): Promise<number> {
	const { stdin, stdout, stderr, env } = cli;
	const isTerminal = stdin.isTTY === true && stdout.isTTY === true && stdin.setRawMode !== undefined;
	const size = { rows: stdout.rows || 24, columns: stdout.columns || 80, kind: env.TERM ?? "dumb" };
	const program = await lab.start(place, argv, isTerminal ? size : undefined);
	const release = cli.onInterrupt?.(() => program.signal(constants.signals.SIGINT));
	if (isTerminal) stdin.setRawMode?.(true);
	try {
		// A failure to read is the end of what there is to read.
		void pass(stdin, program).catch(() => program.end());
		return await program.listen((output, stream) => void (stream === "stdout" ? stdout : stderr).write(output));
	} finally {
		if (isTerminal) stdin.setRawMode?.(false);
		release?.();
	}
}

async function pass(stdin: CliProcess["stdin"], program: Conversation): Promise<void> {
	for await (const chunk of stdin) await program.write(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
	program.end();
}
