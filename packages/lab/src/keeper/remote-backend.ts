/** A kernel that a keeper holds, seen from another process. */
import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Backend, BackendKind, LabProgramStart, ProgramSaid, ProgramTalk, StepOutput } from "../backend.ts";
import { LabError } from "../backends/lab-error.ts";
import type { Feature, LabStep } from "../lab-plan.ts";
import type { CapturedFrame, Listener, Observation, Probe } from "../observation.ts";
import type { LabFolder } from "./lab-folder.ts";
import type { Request, Response } from "./wire.ts";

/** Connects to the keeper of a lab. Rejects with a LabError where the lab does not stand. */
export async function connectLab(folder: LabFolder): Promise<RemoteBackend> {
	const standing = folder.standing();
	if (standing === null) throw new LabError(`the lab "${folder.name}" does not stand`);
	const socket = createConnection(folder.socket);
	await new Promise<void>((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("error", () => reject(new LabError(`the lab "${folder.name}" has ended without being taken down`)));
	});
	return new RemoteBackend(socket, standing.backend, standing.kernel);
}

export class RemoteBackend implements Backend {
	readonly kind: BackendKind;
	readonly kernel: string;
	/** A standing lab has what it needs; nobody asks it for more. */
	readonly features: ReadonlySet<Feature> = new Set();
	readonly #socket: Socket;
	readonly #waiting = new Map<
		number,
		{ readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
	>();
	#next = 1;

	constructor(socket: Socket, kind: BackendKind, kernel: string) {
		this.#socket = socket;
		this.kind = kind;
		this.kernel = kernel;
		createInterface({ input: socket }).on("line", (line) => this.#heard(JSON.parse(line) as Response));
		socket.on("error", () => socket.destroy());
		socket.on("close", () => {
			for (const { reject } of this.#waiting.values()) reject(new LabError("the lab's keeper has gone"));
			this.#waiting.clear();
		});
	}

	addNamespaces(): Promise<void> {
		return Promise.reject(new LabError("a standing lab gets no more namespaces"));
	}

	removeNamespaces(): Promise<void> {
		return Promise.reject(new LabError("a standing lab is taken down as a whole"));
	}

	run(steps: readonly LabStep[]): Promise<readonly StepOutput[]> {
		return this.#ask("run", steps) as Promise<readonly StepOutput[]>;
	}

	start(program: LabProgramStart): Promise<number> {
		return this.#ask("start", program) as Promise<number>;
	}

	talk(talk: ProgramTalk): Promise<ProgramSaid> {
		return this.#ask("talk", talk) as Promise<ProgramSaid>;
	}

	async capture(names: readonly string[]): Promise<void> {
		await this.#ask("capture", names);
	}

	drain(): Promise<readonly CapturedFrame[]> {
		return this.#ask("drain") as Promise<readonly CapturedFrame[]>;
	}

	async listen(listeners: readonly Listener[]): Promise<void> {
		await this.#ask("listen", listeners);
	}

	probe(probe: Probe): Promise<Observation> {
		return this.#ask("probe", probe) as Promise<Observation>;
	}

	probes(probes: readonly Probe[]): Promise<readonly Observation[]> {
		return this.#ask("probes", probes) as Promise<readonly Observation[]>;
	}

	/** Takes the lab down, keeper included; resolves when nothing of it is left. */
	async takeDown(): Promise<void> {
		await this.#ask("close");
		this.#socket.destroy();
	}

	/** Lets go of the lab, which goes on standing. */
	close(): Promise<void> {
		this.#socket.destroy();
		return Promise.resolve();
	}

	#ask(method: Request["method"], argument?: unknown): Promise<unknown> {
		const id = this.#next++;
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#socket.write(`${JSON.stringify({ id, method, argument } satisfies Request)}\n`);
		});
	}

	#heard(response: Response): void {
		const waiting = this.#waiting.get(response.id);
		this.#waiting.delete(response.id);
		if ("value" in response) waiting?.resolve(response.value);
		else waiting?.reject(response.lab ? new LabError(response.error) : new Error(response.error));
	}
}
