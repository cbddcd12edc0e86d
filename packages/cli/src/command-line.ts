/** One command line, by the commands that there are: what the library says of wrong ones becomes one line. */
import { type Application, ExitCode, run } from "@stricli/core";
import type { CliProcess, Context } from "./cli-process.ts";
import { EXIT } from "./exit-status.ts";

/** Runs one of the commands; its exit status is left in `cli.exitCode`. */
export async function runWith(
	commands: Application<Context>,
	inputs: readonly string[],
	cli: CliProcess,
): Promise<void> {
	const complaints: string[] = [];
	// The library's own messages are collected: of a wrong command line one line is told, with where to find help.
	const stricliProcess: StricliProcess = {
		stdout: { write: (text) => void cli.stdout.write(text) },
		stderr: { write: (text) => void complaints.push(text) },
		env: cli.env,
	};
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
