/** Runs the command line. */
import { ExitCode, run } from "@stricli/core";
import { application } from "./application.ts";
import type { CliProcess, Context } from "./cli-process.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";

/** Runs with the arguments of this process, and hears its signals. */
export async function main(nodeProcess: NodeJS.Process): Promise<void> {
	const interrupts = new Interrupts(nodeProcess);
	// `podpath … | head`: whoever reads has had enough, which is no error.
	for (const stream of [nodeProcess.stdout, nodeProcess.stderr]) {
		stream.on("error", (error: NodeJS.ErrnoException) => {
			nodeProcess.exit(error.code === "EPIPE" ? (nodeProcess.exitCode ?? EXIT.yes) : EXIT.failed);
		});
	}
	await runCommandLine(nodeProcess.argv.slice(2), interrupts.over(nodeProcess));
	interrupts.settle();
	// Standard input may still be open, and would keep the process waiting.
	nodeProcess.stdin.unref?.();
}

/** Ends the process at an interrupt: at once, or when the work that asked to be told has put things in order. */
class Interrupts {
	readonly #process: NodeJS.Process;
	readonly #stops = new Set<() => void>();
	#status: ExitStatus | null = null;

	constructor(nodeProcess: NodeJS.Process) {
		this.#process = nodeProcess;
		nodeProcess.on("SIGINT", () => this.#heard(EXIT.interrupted));
		nodeProcess.on("SIGTERM", () => this.#heard(EXIT.terminated));
	}

	/** The process as commands see it. */
	over(nodeProcess: NodeJS.Process): CliProcess {
		const { stdout, stderr, stdin, env } = nodeProcess;
		return {
			stdout,
			stderr,
			stdin,
			env,
			get exitCode(): CliProcess["exitCode"] {
				return nodeProcess.exitCode;
			},
			set exitCode(code: CliProcess["exitCode"]) {
				nodeProcess.exitCode = code;
			},
			onInterrupt: (stop) => {
				this.#stops.add(stop);
				return () => void this.#stops.delete(stop);
			},
		};
	}

	/** The command has ended: whatever it says, an interrupted one was interrupted. */
	settle(): void {
		if (this.#status !== null) this.#process.exit(this.#status);
	}

	#heard(status: ExitStatus): void {
		if (this.#stops.size === 0 || this.#status !== null) this.#process.exit(status);
		this.#status = status;
		for (const stop of this.#stops) stop();
	}
}

/** Runs one command line; its exit status is left in `cli.exitCode`. */
export async function runCommandLine(inputs: readonly string[], cli: CliProcess): Promise<void> {
	const complaints: string[] = [];
	// The library's own messages are collected: of a wrong command line one line is told, with where to find help.
	const stricliProcess: StricliProcess = {
		stdout: { write: (text) => void cli.stdout.write(text) },
		stderr: { write: (text) => void complaints.push(text) },
		env: cli.env,
	};
	const commands = application();
	const context: Context & { readonly process: StricliProcess } = {
		process: stricliProcess,
		cli,
		application: commands,
	};
	cli.exitCode = undefined;
	await run(commands, inputs, context);
	const code = Number(stricliProcess.exitCode ?? 0);
	switch (code) {
		case ExitCode.Success:
			cli.exitCode ??= EXIT.yes;
			for (const text of complaints) cli.stderr.write(text);
			break;
		case ExitCode.UnknownCommand:
		case ExitCode.InvalidArgument:
			cli.stderr.write(usageLine(complaints, inputs));
			cli.exitCode = EXIT.wrongInput;
			break;
		default:
			cli.stderr.write(`podpath: ${complaints.join("").trim()}\n`);
			cli.exitCode = EXIT.failed;
	}
}

type StricliProcess = {
	readonly stdout: { readonly write: (text: string) => void };
	readonly stderr: { readonly write: (text: string) => void };
	readonly env: CliProcess["env"];
	exitCode?: number | string | null;
};

const COMMANDS = ["explain", "atlas", "schema", "completion"];

function usageLine(complaints: readonly string[], inputs: readonly string[]): string {
	const first = complaints.join("").split("\n")[0] ?? "";
	const command = inputs[0] !== undefined && COMMANDS.includes(inputs[0]) ? `${inputs[0]} ` : "";
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
	const printable = first.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, "?");
	return `podpath: ${printable} (see "podpath ${command}--help")\n`;
}
