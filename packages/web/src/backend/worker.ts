/** Asks an engine in this browser, which runs in a worker so that the page never waits for it. */
import {
	type AtlasFiles,
	atlasNameOf,
	type Diagnosis,
	type Explanation,
	type InputSummary,
	type KnownPlace,
	type Language,
	type ManifestFile,
	type ModeProfile,
	type Question,
	type StateReport,
	type ToldDiagnostic,
	type TopologyReport,
} from "@podpath/core";
import type { Asked, Calls, EngineInput, News, Request, Response } from "../engine/calls.ts";
import { type AtlasBackend, type DiagnosisWatch, type Input, ProblemError, type ScenarioCheck } from "./backend.ts";
import { fetchJson } from "./http.ts";
import { spokenLanguage } from "./spoken.ts";

interface Waiting {
	readonly resolve: (value: Calls[keyof Calls]["answers"]) => void;
	readonly reject: (error: Error) => void;
	readonly onNews: ((news: News) => void) | undefined;
}

export class WorkerBackend implements AtlasBackend {
	readonly #waiting = new Map<number, Waiting>();
	readonly #files = new Map<string, Promise<AtlasFiles>>();
	readonly #faultFiles = new Map<string, Promise<ManifestFile>>();
	readonly #script: () => string;
	#running = "";
	#modes: Promise<readonly ModeProfile[]> | null = null;
	#worker: Worker | null = null;
	#last = 0;

	/** Another script than before starts another worker. */
	constructor(script: () => string) {
		this.#script = script;
	}

	async summary(input: Input): Promise<InputSummary> {
		return this.#call("summary", { input: await this.#engineInput(input) });
	}

	async explain(input: Input, question: Question, language: Language): Promise<Explanation> {
		return this.#call("explain", { input: await this.#engineInput(input), question, language });
	}

	async state(input: Input, place: string): Promise<StateReport> {
		return this.#call("state", { input: await this.#engineInput(input), place });
	}

	async diagnose(
		input: Input,
		question: Question | null,
		language: Language,
		watch: DiagnosisWatch,
	): Promise<Diagnosis> {
		const asks = { input: await this.#engineInput(input), question, language };
		const onNews = (news: News): void => {
			if (news.kind === "progress") watch.onProgress(news.progress);
			else watch.onFound(news.diagnosis);
		};
		return this.#call("diagnose", asks, { signal: watch.signal, onNews });
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

	validate(files: readonly ManifestFile[]): Promise<readonly ToldDiagnostic[]> {
		return this.#call("validate", { input: { kind: "manifests", files } });
	}

	async scenario(name: string): Promise<Asked | null> {
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

	async files(mode: string): Promise<AtlasFiles> {
		return fetched(this.#files, mode, atlasFile("atlas", mode));
	}

	async #faults(mode: string): Promise<ManifestFile> {
		return fetched(this.#faultFiles, mode, atlasFile("faults", mode));
	}

	async #engineInput(input: Input): Promise<EngineInput> {
		switch (input.kind) {
			case "scenario":
				return this.#atlasInput(input.name);
			case "manifests":
				return input;
			case "served":
				throw new ProblemError({ code: "no-input", message: "there is no input besides the atlas" });
		}
	}

	async #atlasInput(name: string): Promise<EngineInput> {
		const { kind, mode } = atlasNameOf(name);
		if (kind !== "fault") return { kind, name, files: await this.files(mode) };
		const [files, faults] = await Promise.all([this.files(mode), this.#faults(mode)]);
		return { kind, name, files, faults };
	}

	#call<Name extends keyof Calls>(
		call: Name,
		asks: Calls[Name]["asks"],
		long: { readonly signal: AbortSignal; readonly onNews: (news: News) => void } | null = null,
	): Promise<Calls[Name]["answers"]> {
		const worker = this.#start();
		const request: Request<Name> = { id: ++this.#last, call, asks, language: spokenLanguage() };
		long?.signal.addEventListener("abort", () => worker.postMessage({ stop: request.id }));
		return new Promise((resolve, reject) => {
			this.#waiting.set(request.id, { resolve, reject, onNews: long?.onNews });
			worker.postMessage(request);
		});
	}

	/** Started at the first call: a page that asks its server alone never loads the engine. */
	#start(): Worker {
		const script = this.#script();
		if (this.#worker !== null && this.#running === script) return this.#worker;
		const worker = new Worker(new URL(script, document.baseURI), { type: "module" });
		this.#running = script;
		worker.addEventListener("message", (event: MessageEvent<Response>) => this.#settle(event.data));
		worker.addEventListener("error", () => this.#fail());
		this.#worker = worker;
		return worker;
	}

	#settle(response: Response): void {
		const waiting = this.#waiting.get(response.id);
		if ("news" in response) {
			waiting?.onNews?.(response.news);
			return;
		}
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

/** @throws {ProblemError} For a name that no mode has: whoever gives files out would only call the file wrong. */
function atlasFile(folder: "atlas" | "faults", mode: string): string {
	if (/^[a-z0-9-]+$/.test(mode)) return `${folder}/${mode}.json`;
	throw new ProblemError({ code: "no-such-mode", message: `the atlas has no mode "${mode}"` });
}

/** Fetched once, unless it failed: a server that was away may come back. */
function fetched<T>(known: Map<string, Promise<T>>, key: string, path: string): Promise<T> {
	const before = known.get(key);
	if (before !== undefined) return before;
	const fetching = fetchJson<T>(path);
	known.set(key, fetching);
	fetching.catch(() => known.delete(key));
	return fetching;
}
