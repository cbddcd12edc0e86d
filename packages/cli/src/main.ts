/** Runs the command line. */
import { application } from "./application.ts";
import type { CliProcess } from "./cli-process.ts";
import { runWith } from "./command-line.ts";
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
	await runWith(application(), inputs, cli);
}
