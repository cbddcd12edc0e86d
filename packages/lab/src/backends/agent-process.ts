/** A process tree with the agent at its end, and the line to it: one request in flight, JSON a line. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { Duplex, Readable, Writable } from "node:stream";
import type { Listener } from "../observation.ts";
import { LabError } from "./lab-error.ts";

/** How a kind of backend is started. */
export interface Launch {
	readonly argv: readonly [command: string, ...words: string[]];
	readonly env?: Readonly<Record<string, string>>;
	/** `stdio`: requests on stdin, answers on stdout. `serial`: both on descriptor 3, the console on stdout. */
	readonly line: "stdio" | "serial";
	/** Where requests go that the line cannot carry; absent when it carries everything. */
	readonly longRequests?: { readonly file: string; readonly above: number };
	/** Time from start to the agent's first word, in milliseconds. */
	readonly startLimitMs: number;
	/** A request that takes longer than this is taken for a kernel that hangs. Default: a minute. */
	readonly requestLimitMs?: number;
	/** What on the console means that the kernel is dead, though its process may go on. */
	readonly fatal?: RegExp;
}

export interface LaunchOptions {
	readonly onLog?: (text: string) => void;
	readonly signal?: AbortSignal;
}

/** A request that the agent refused. */
export interface Refusal {
	readonly error: string;
	/** Index of the step that failed. */
	readonly step?: number;
	readonly output?: { readonly stdout: string; readonly stderr: string; readonly status: number };
	/** The program that is not installed. */
	readonly absent?: { readonly program: string; readonly folders: string };
	/** The listener that could not be made, with the address that it was tried at. */
	readonly listener?: Listener & { readonly address: string };
}

export type Answer =
	| { readonly kind: "value"; readonly value: unknown }
	| { readonly kind: "refused"; readonly refusal: Refusal };

const REQUEST_LIMIT_MS = 60_000;
const LOG_KEPT = 4_000;

interface Waiting {
	readonly resolve: (message: Message) => void;
	readonly reject: (error: Error) => void;
}

interface Message {
	readonly id?: number;
	readonly kernel?: string;
	readonly value?: unknown;
	readonly error?: string;
	readonly step?: number;
	readonly output?: Refusal["output"];
	readonly absent?: Refusal["absent"];
	readonly listener?: Refusal["listener"];
}

export class AgentProcess {
	/** Settles when the process tree is gone. */
	readonly ended: Promise<void>;
	readonly #child: ChildProcess;
	readonly #launch: Launch;
	readonly #writer: Writable;
	readonly #onLog: (text: string) => void;
	readonly #signal: AbortSignal | undefined;
	#log = "";
	#unread = "";
	#waiting: Waiting | undefined;
	#queue: Promise<unknown> = Promise.resolve();
	#lastId = 0;
	/** Why no further request can be answered. */
	#end: LabError | undefined;

	private constructor(launch: Launch, options: LaunchOptions) {
		this.#launch = launch;
		this.#onLog = options.onLog ?? (() => {});
		this.#signal = options.signal;
		const [command, ...words] = launch.argv;
		const serial = launch.line === "serial";
		const child = spawn(command, words, {
			stdio: serial ? ["ignore", "pipe", "pipe", "pipe"] : ["pipe", "pipe", "pipe"],
			env: { ...process.env, ...launch.env },
			// A session of its own: the terminal's Ctrl-C goes to us alone, and we end the lab in order.
			detached: true,
		});
		this.#child = child;
		this.#writer = (serial ? child.stdio[3] : child.stdio[0]) as Writable;
		const reader = (serial ? child.stdio[3] : child.stdio[1]) as Readable | Duplex;
		// Writing to a process that is gone: its exit tells.
		this.#writer.on("error", () => {});
		reader.on("error", () => {});
		reader.setEncoding("utf8");
		reader.on("data", (text: string) => this.#read(text));
		child.stderr?.on("data", (data: Buffer) => this.#console(data.toString()));
		if (serial) child.stdout?.on("data", (data: Buffer) => this.#console(data.toString()));
		const onAbort = () => this.kill("the lab was aborted");
		this.#signal?.addEventListener("abort", onAbort, { once: true });
		this.ended = new Promise((resolve) => {
			const gone = (why: string) => {
				this.#signal?.removeEventListener("abort", onAbort);
				this.#fail(why);
				resolve();
			};
			child.once("error", (error) => gone(`${command} cannot be started: ${error.message}`));
			child.once("close", (code, signal) => gone(`the lab's kernel ended (${signal ?? `status ${code}`})`));
		});
	}

	/** Starts the tree and waits for the agent. Resolves with it and the kernel's release. */
	static async start(launch: Launch, options: LaunchOptions): Promise<{ agent: AgentProcess; kernel: string }> {
		if (options.signal?.aborted) throw new LabError("the lab was aborted");
		const agent = new AgentProcess(launch, options);
		try {
			const hello = await agent.#next(
				launch.startLimitMs,
				`the lab's kernel said nothing for ${launch.startLimitMs} ms`,
			);
			return { agent, kernel: hello.kernel ?? "" };
		} catch (error) {
			await agent.ended;
			throw error;
		}
	}

	/** Sends a request when those before it are answered; it may take `moreMs` beyond the usual. Rejects with a LabError when the lab has ended. */
	request(operation: Readonly<Record<string, unknown>>, moreMs = 0): Promise<Answer> {
		const limitMs = (this.#launch.requestLimitMs ?? REQUEST_LIMIT_MS) + moreMs;
		const answered = this.#queue.then(() => this.#exchange(operation, limitMs));
		this.#queue = answered.catch(() => {});
		return answered;
	}

	/** Ends everything at once. Pending and later requests are rejected with this reason. */
	kill(why: string): void {
		this.#fail(why);
		// PID 1 of the lab first: unshare, which waits for it, ends when all processes there are gone. Ending unshare
		// would take them along too, but later than we would hear of it.
		const inner = childOf(this.#child);
		try {
			if (inner !== undefined) process.kill(inner, "SIGKILL");
			else this.#child.kill("SIGKILL");
		} catch {
			// It has ended in this moment, and unshare with it.
		}
	}

	async #exchange(operation: Readonly<Record<string, unknown>>, limitMs: number): Promise<Answer> {
		if (this.#end !== undefined) throw this.#end;
		this.#lastId++;
		const { longRequests } = this.#launch;
		let text = JSON.stringify({ id: this.#lastId, ...operation });
		if (longRequests !== undefined && text.length > longRequests.above) {
			writeFileSync(longRequests.file, text);
			text = JSON.stringify({ file: longRequests.file });
		}
		const coming = this.#next(limitMs, `the lab's kernel did not answer within ${limitMs} ms`);
		this.#writer.write(`${text}\n`);
		const message = await coming;
		if (message.id !== this.#lastId) {
			this.kill(`the lab's agent answered request ${message.id} instead of ${this.#lastId}`);
			throw this.#end;
		}
		if (message.error === undefined) return { kind: "value", value: message.value };
		const { error, step, output, absent, listener } = message;
		const refusal: Refusal = {
			error,
			...(step !== undefined && { step }),
			...(output && { output }),
			...(absent && { absent }),
			...(listener && { listener }),
		};
		return { kind: "refused", refusal };
	}

	#next(limitMs: number, late: string): Promise<Message> {
		return new Promise((resolve, reject) => {
			if (this.#end !== undefined) return reject(this.#end);
			const timer = setTimeout(() => this.kill(late), limitMs);
			this.#waiting = {
				resolve: (message) => {
					clearTimeout(timer);
					resolve(message);
				},
				reject: (error) => {
					clearTimeout(timer);
					reject(error);
				},
			};
		});
	}

	#read(text: string): void {
		this.#unread += text;
		// Long answers come in many pieces: they are searched once.
		if (!text.includes("\n")) return;
		const lines = this.#unread.split("\n");
		this.#unread = lines.pop() ?? "";
		for (const line of lines) {
			const message = parseMessage(line);
			if (message === undefined) this.#console(`${line}\n`);
			else {
				const waiting = this.#waiting;
				this.#waiting = undefined;
				waiting?.resolve(message);
			}
		}
	}

	#console(text: string): void {
		// What unshare says about having been ended is no news.
		if (this.#end !== undefined) return;
		this.#log = (this.#log + text).slice(-LOG_KEPT);
		this.#onLog(text);
		const last = this.#launch.fatal?.exec(this.#log)?.[0];
		if (last === undefined) return;
		// What follows is the kernel's stack, which says nothing to a reader.
		this.#log = "";
		this.kill(`the lab's kernel panicked: ${last}`);
	}

	#fail(why: string): void {
		if (this.#end !== undefined) return;
		const said = this.#log.trim();
		this.#end = new LabError(said === "" ? why : `${why}\n${said}`);
		this.#waiting?.reject(this.#end);
		this.#waiting = undefined;
	}
}

function childOf(parent: ChildProcess): number | undefined {
	if (parent.exitCode !== null || parent.signalCode !== null) return undefined;
	try {
		const children = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, "utf8").trim();
		return /^\d+$/.test(children) ? Number(children) : undefined;
	} catch {
		return undefined;
	}
}

function parseMessage(line: string): Message | undefined {
	try {
		const message: unknown = JSON.parse(line);
		return typeof message === "object" && message !== null ? message : undefined;
	} catch {
		return undefined;
	}
}
