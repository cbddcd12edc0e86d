/** Turns what a command throws into one line on stderr and an exit status. */
import type { CliProcess, Context } from "./cli-process.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";

/** Runs a command's body; the exit status is what it returns, or what its error means. */
export async function withStatus(context: Context, body: () => Promise<ExitStatus>): Promise<void> {
	const { cli } = context;
	try {
		cli.exitCode = await body();
	} catch (error) {
		cli.exitCode = await report(cli, error);
	}
}

async function report(cli: CliProcess, error: unknown): Promise<ExitStatus> {
	// Loaded here, so that `--help` does not pay for the engine.
	const { InputError, printable } = await import("@podpath/core");
	if (error instanceof InputError) {
		cli.stderr.write(`podpath: ${error.message}\n`);
		return EXIT.wrongInput;
	}
	// By its name: loading the lab to know its error would cost every failure what only a lab needs.
	if (error instanceof Error && error.name === "LabError") {
		cli.stderr.write(`podpath: ${error.message.split("\n").map(printable).join("\n")}\n`);
		return EXIT.failed;
	}
	const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	cli.stderr.write(`podpath: failed, which is an error of podpath or of the machine: ${printable(message)}\n`);
	// The stack helps whoever mends it, and nobody else.
	if ((cli.env.PODPATH_DEBUG ?? "") !== "" && error instanceof Error) cli.stderr.write(`${error.stack}\n`);
	return EXIT.failed;
}
