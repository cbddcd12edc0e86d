/** Asks the engine in this browser, which runs in a worker so that the page never waits for it. */
import type {
	AtlasFiles,
	Diagnostic,
	Explanation,
	InputSummary,
	KnownPlace,
	Language,
	ManifestFile,
	ModeProfile,
	Question,
	ScenarioEntry,
	StateReport,
	TopologyReport,
} from "@podpath/core";
import type { Calls, EngineInput, Request, Response } from "../engine/calls.ts";
import { type AtlasBackend, type Input, ProblemError, type ScenarioCheck } from "./backend.ts";
import { fetchJson } from "./http.ts";

interface Waiting {
	readonly resolve: (value: Calls[keyof Calls]["answers"]) => void;
	readonly reject: (error: Error) => void;
}

export class WorkerBackend implements AtlasBackend {
	readonly #waiting = new Map<number, Waiting>();
	readonly #files = new Map<string, Promise<AtlasFiles>>();
	#modes: Promise<readonly ModeProfile[]> | null = null;
	#worker: Worker | null = null;
	#last = 0;

	async summary(input: Input): Promise<InputSummary> {
		return this.#call("summary", { input: await this.#engineInput(input) });
	}

	async explain(input: Input, question: Question, language: Language): Promise<Explanation> {
		return this.#call("explain", { input: await this.#engineInput(input), question, language });
	}

	async state(input: Input, place: string): Promise<StateReport> {
		return this.#call("state", { input: await this.#engineInput(input), place });
	}

	async topology(input: Input): Promise<TopologyReport> {
		return this.#call("topology", { input: await this.#engineInput(input) });
	}

	async places(input: Input, typed: string, most: number): Promise<readonly KnownPlace[]> {
		return this.#call("places", { input: await this.#engineInput(input), typed, most });
	}

	async manifests(input: Input): Promise<readonly ManifestFile[]> {
		return this.#call("manifests", { input: await this.#engineInput(input) });
	}

	validate(files: readonly ManifestFile[]): Promise<readonly Diagnostic[]> {
		return this.#call("validate", { input: { kind: "manifests", files } });
	}

	async scenario(name: string): Promise<ScenarioEntry | null> {
		return this.#call("scenario", { input: await this.#engineInput({ kind: "scenario", name }) });
	}

	async check(scenario: string): Promise<ScenarioCheck> {
		const input = await this.#engineInput({ kind: "scenario", name: scenario });
		return { differences: await this.#call("check", { input }) };
	}

	modes(): Promise<readonly ModeProfile[]> {
		this.#modes ??= this.#call("modes", { input: null });
		this.#modes.catch(() => {
			this.#modes = null;
		});
		return this.#modes;
	}

	files(mode: string): Promise<AtlasFiles> {
		const known = this.#files.get(mode) ?? fetchJson<AtlasFiles>(`atlas/${encodeURIComponent(mode)}.json`);
		this.#files.set(mode, known);
		// A server that was away may come back.
		known.catch(() => this.#files.delete(mode));
		return known;
	}

	async #engineInput(input: Input): Promise<EngineInput> {
		switch (input.kind) {
			case "scenario":
				return { kind: "scenario", name: input.name, files: await this.files(input.name.split("/")[0] ?? "") };
			case "manifests":
				return input;
			case "served":
				throw new ProblemError({ code: "no-input", message: "there is no input besides the atlas" });
		}
	}

	#call<Name extends keyof Calls>(call: Name, asks: Calls[Name]["asks"]): Promise<Calls[Name]["answers"]> {
		const worker = this.#start();
		const request: Request<Name> = { id: ++this.#last, call, asks };
		return new Promise((resolve, reject) => {
			this.#waiting.set(request.id, { resolve, reject });
			worker.postMessage(request);
		});
	}

	/** Started at the first call: a page that asks its server alone never loads the engine. */
	#start(): Worker {
		if (this.#worker !== null) return this.#worker;
		const worker = new Worker(new URL("engine-worker.js", document.baseURI), { type: "module" });
		worker.addEventListener("message", (event: MessageEvent<Response>) => this.#settle(event.data));
		worker.addEventListener("error", () => this.#fail());
		this.#worker = worker;
		return worker;
	}

	#settle(response: Response): void {
		const waiting = this.#waiting.get(response.id);
		this.#waiting.delete(response.id);
		if ("problem" in response) waiting?.reject(new ProblemError(response.problem));
		else waiting?.resolve(response.answers);
	}

	/** The worker could not be loaded, or broke: whoever waits is told, and the next call starts another. */
	#fail(): void {
		this.#worker?.terminate();
		this.#worker = null;
		for (const { reject } of this.#waiting.values()) {
			reject(new ProblemError({ code: "server-away", message: "the engine could not be loaded" }));
		}
		this.#waiting.clear();
	}
}
