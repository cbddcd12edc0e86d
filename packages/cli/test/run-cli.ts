/** Runs the command line in this process, or the built one in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../src/main.ts";

export interface Ran {
	readonly status: unknown;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	readonly stdin?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** A person is at standard input. */
	readonly asks?: boolean;
	/** Columns of the terminal that stdout is; absent: it is none. */
	readonly terminal?: number;
}

export async function podpath(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
	const { stdin = "", env = {}, terminal, asks } = options;
	const stdout: string[] = [];
	const stderr: string[] = [];
	const cli = {
		stdout: {
			write: (text: string) => void stdout.push(text),
			isTTY: terminal !== undefined,
			columns: terminal,
		},
		stderr: { write: (text: string) => void stderr.push(text) },
		stdin: Object.assign(streamOf(stdin), { isTTY: asks }),
		env,
		exitCode: undefined,
	};
	await runCommandLine(args, cli);
	return { status: cli.exitCode, stdout: stdout.join(""), stderr: stderr.join("") };
}

async function* streamOf(text: string): AsyncGenerator<string> {
	yield text;
}

/** The built command line (`npm run build` comes before the tests). */
export const BUILT: string = fileURLToPath(new URL("../bin/podpath.js", import.meta.url));

export function startBuilt(args: readonly string[]): ChildProcess {
	return spawn(process.execPath, [BUILT, ...args], { stdio: ["pipe", "pipe", "pipe"] });
}

/** Waits for a process to end. */
export function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly stderr: string }> {
	let stderr = "";
	child.stderr?.on("data", (chunk) => {
		stderr += String(chunk);
	});
	return new Promise((resolve) => child.once("close", (code) => resolve({ code, stderr })));
}
