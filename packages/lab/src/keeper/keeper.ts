/** The process that holds a lab: it builds it, answers for its kernel, and takes it down. */
import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Backend } from "../backend.ts";
import { LabError } from "../backends/lab-error.ts";
import { openBackend } from "../backends/open.ts";
import { Lab } from "../session/lab.ts";
import type { LabFolder } from "./lab-folder.ts";
import { callBackend, REMOTE_METHODS, type RemoteMethod, type Request, type Response } from "./wire.ts";

/** Builds the lab that is written down in the folder; resolves when it stands. `ended` is told when it is gone. */
export async function keepLab(folder: LabFolder, ended: () => void): Promise<void> {
	const { plan, kind } = folder.record();
	folder.keptBy(process.pid);
	const backend = await openBackend({ needs: plan.needs, ...(kind && { kind }) });
	try {
		await Lab.build(plan, backend);
		const keeper = new Keeper(folder, backend, ended);
		await keeper.listen();
	} catch (error) {
		await backend.close();
		throw error;
	}
	folder.stands({ pid: process.pid, backend: backend.kind, kernel: backend.kernel });
}

class Keeper {
	readonly #folder: LabFolder;
	readonly #backend: Backend;
	readonly #ended: () => void;
	readonly #server: Server;
	/** Requests of all who are connected, one after the other. */
	#queue: Promise<unknown> = Promise.resolve();

	constructor(folder: LabFolder, backend: Backend, ended: () => void) {
		this.#folder = folder;
		this.#backend = backend;
		this.#ended = ended;
		this.#server = createServer((socket) => this.#serve(socket));
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void this.#close());
	}

	async listen(): Promise<void> {
		rmSync(this.#folder.socket, { force: true });
		await new Promise<void>((resolve, reject) => {
			this.#server.once("error", reject);
			this.#server.listen(this.#folder.socket, resolve);
		});
	}

	#serve(socket: Socket): void {
		socket.on("error", () => socket.destroy());
		const started = new Set<number>();
		createInterface({ input: socket }).on("line", (line) => {
			this.#queue = this.#queue.then(() => this.#answer(socket, line, started));
		});
		// Whoever started a program and goes takes it along.
		socket.once("close", () => {
			this.#queue = this.#queue.then(() => this.#hangUp(started));
		});
	}

	async #hangUp(started: ReadonlySet<number>): Promise<void> {
		for (const program of started) {
			// One that has ended by itself is no longer known.
			await this.#backend.talk({ program, signal: constants.signals.SIGKILL }).catch(() => {});
			await this.#backend.talk({ program }).catch(() => {});
		}
	}

	async #answer(socket: Socket, line: string, started: Set<number>): Promise<void> {
		const request = JSON.parse(line) as Request;
		const response = await this.#respond(request);
		if (request.method === "start" && "value" in response) started.add(Number(response.value));
		await new Promise<void>((resolve) => socket.write(`${JSON.stringify(response)}\n`, () => resolve()));
		if (request.method === "close") this.#end();
	}

	async #respond({ id, method, argument }: Request): Promise<Response> {
		try {
			if (method === "close") {
				await this.#backend.close();
				// Before anybody hears of it: whoever does may raise another lab in the same folder.
				this.#folder.remove();
				return { id, value: null };
			}
			if (!REMOTE_METHODS.includes(method)) throw new LabError(`a keeper does not know "${method}"`);
			return { id, value: (await callBackend(this.#backend, method as RemoteMethod, argument)) ?? null };
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			return { id, error: message, lab: error instanceof LabError };
		}
	}

	async #close(): Promise<void> {
		await this.#backend.close();
		this.#folder.remove();
		this.#end();
	}

	#end(): void {
		this.#server.close();
		this.#ended();
	}
}
