/** Runs the script on this machine or over ssh, and ends it whatever happens. */
import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

export interface ScriptRun {
	/** What the script wrote to standard output: an archive. Partial archives are whole files too. */
	readonly archive: Buffer;
	/** The last line of standard error that was no progress: why it failed. */
	readonly complaint: string;
	/** Null: it was killed. */
	readonly status: number | null;
	readonly timedOut: boolean;
}

export interface RunOptions {
	readonly argv: readonly [string, ...string[]];
	readonly script: string;
	/** Keep standard input open until it ends: the script takes its closing for a hint to end. */
	readonly watched: boolean;
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal | undefined;
	/** Lines that the script tells its user. */
	readonly onProgress?: ((line: string) => void) | undefined;
}

/** How long a script that was told to end may take to pack what it has. */
const GRACE_MS = 5000;
/** More than any node's state is. */
const MOST_BYTES = 2 ** 29;
const PROGRESS = "podpath: ";

/** Rejects only where the program cannot be started. */
export async function runScript(options: RunOptions): Promise<ScriptRun> {
	const { argv, script, watched, signal, timeoutMs } = options;
	const [program, ...args] = argv;
	// A process group of its own, so that an interrupt of the terminal reaches it through us and nothing of it is left.
	const child = spawn(program, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
	const chunks: Buffer[] = [];
	let size = 0;
	let timedOut = false;
	const stderr = new LineReader(options.onProgress);
	child.stdout.on("data", (chunk: Buffer) => {
		size += chunk.length;
		if (size > MOST_BYTES) kill(child.pid, "SIGKILL");
		else chunks.push(chunk);
	});
	child.stderr.on("data", (chunk: Buffer) => stderr.add(chunk.toString("utf8")));
	child.stdin.on("error", () => undefined);
	child.stdin.write(script);
	if (!watched) child.stdin.end();
	const ended = new AbortController();
	const stop = async (): Promise<void> => {
		if (watched) child.stdin.end();
		else kill(child.pid, "SIGTERM");
		await wait(GRACE_MS, undefined, { signal: ended.signal }).then(
			() => kill(child.pid, "SIGKILL"),
			() => undefined,
		);
	};
	const onAbort = (): void => void stop();
	signal?.addEventListener("abort", onAbort);
	if (signal?.aborted) onAbort();
	const late = (): void => {
		timedOut = true;
		void stop();
	};
	const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
	try {
		const status = await new Promise<number | null>((resolve, reject) => {
			child.on("error", reject);
			child.on("close", resolve);
			// What the script left in the background may hold the pipes open.
			child.stdout.on("end", () => child.stdin.end());
		});
		return { archive: Buffer.concat(chunks), complaint: stderr.complaint, status, timedOut };
	} finally {
		clearTimeout(timer);
		ended.abort();
		signal?.removeEventListener("abort", onAbort);
		kill(child.pid, "SIGKILL");
	}
}

/** The whole group; it may have ended by itself. */
function kill(pid: number | undefined, signal: NodeJS.Signals): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, signal);
	} catch {
		// Nothing is left of it.
	}
}

class LineReader {
	complaint = "";
	#rest = "";
	readonly #onProgress: ((line: string) => void) | undefined;

	constructor(onProgress: ((line: string) => void) | undefined) {
		this.#onProgress = onProgress;
	}

	add(text: string): void {
		const lines = `${this.#rest}${text}`.split("\n");
		this.#rest = lines.pop() ?? "";
		for (const line of lines) {
			if (line.startsWith(PROGRESS)) this.#onProgress?.(line.slice(PROGRESS.length));
			else if (line.trim() !== "") this.complaint = line.trim();
		}
	}
}
