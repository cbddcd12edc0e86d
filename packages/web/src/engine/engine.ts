/** podpath's engine as the worker runs it: loaded clusters, and the answers to calls about them. */
import {
	clusterNetwork,
	type Diagnosis,
	type Diagnostic,
	diagnosticIn,
	explain,
	findScenario,
	InputError,
	knownPlaces,
	type Language,
	loadCluster,
	type ManifestFile,
	type ModeProfile,
	parseScenarios,
	phrase,
	placesLike,
	type Scenario,
	type Subject,
	scenarioEntry,
	scenarioManifests,
	stateReport,
	summaryOf,
	type ToldDiagnostic,
	topologyReport,
} from "@podpath/core";
import type { Asked, Calls, EngineInput, News, Request } from "./calls.ts";

export interface Loaded {
	readonly files: readonly ManifestFile[];
	readonly subject: Subject;
	/** Of a scenario or a fault: what is asked there. */
	readonly asked: Asked | null;
	readonly scenario: Scenario | null;
}

/** What only one of the workers can do, since it makes the engine larger. */
export interface Skills {
	readonly diagnosisOf: (subject: Subject, asks: Calls["diagnose"]["asks"], watch: Watch) => Promise<Diagnosis>;
	readonly modeProfiles: () => readonly ModeProfile[];
	readonly faultyCluster: (input: EngineInput & { readonly kind: "fault" }) => Loaded;
	readonly differencesOf: (loaded: Loaded) => readonly string[];
}

/** Who waits for a call that takes a while. */
export interface Watch {
	readonly stopped: () => boolean;
	readonly onNews: (news: News) => void;
}

/** Clusters that were asked about lately stay loaded; more would only fill memory. */
const MOST_LOADED = 4;

export class Engine {
	readonly #loaded = new Map<string, Loaded>();
	readonly #scenarios = new Map<string, readonly Scenario[]>();
	readonly #skills: Skills | null;

	constructor(skills: Skills | null) {
		this.#skills = skills;
	}

	/** @throws {InputError} For input and questions that cannot be used. */
	async answer({ call, asks, language }: Request, watch: Watch): Promise<Calls[keyof Calls]["answers"]> {
		if (call === "modes" || asks.input === null) return this.#known().modeProfiles();
		if (call === "validate") return this.#validate(asks.input, language);
		const loaded = this.#load(asks.input);
		const { subject } = loaded;
		switch (call) {
			case "summary":
				return summaryOf(subject.cluster, language);
			case "explain": {
				const { question, language } = asks as Calls["explain"]["asks"];
				return explain(subject, question, language);
			}
			case "places": {
				const { typed, most } = asks as Calls["places"]["asks"];
				return placesLike(knownPlaces(subject.cluster), typed, most);
			}
			case "state":
				return stateReport(subject, (asks as Calls["state"]["asks"]).place);
			case "diagnose":
				return this.#known().diagnosisOf(subject, asks as Calls["diagnose"]["asks"], watch);
			case "topology":
				return topologyReport(subject);
			case "manifests":
				return loaded.files;
			case "scenario":
				return loaded.asked;
			case "check":
				return this.#known().differencesOf(loaded);
		}
	}

	#known(): Skills {
		if (this.#skills === null) throw new Error("this worker has the smaller engine");
		return this.#skills;
	}

	#validate(input: EngineInput, language: Language): readonly ToldDiagnostic[] {
		const told = (each: Diagnostic): ToldDiagnostic => diagnosticIn(each, language);
		try {
			return this.#load(input).subject.cluster.warnings.map(told);
		} catch (error) {
			if (error instanceof InputError) return [told(error.diagnostic)];
			throw error;
		}
	}

	#load(input: EngineInput): Loaded {
		const key = input.kind === "manifests" ? JSON.stringify(input.files) : input.name;
		const loaded = this.#loaded.get(key) ?? this.#read(input);
		// The last one asked about goes last.
		this.#loaded.delete(key);
		this.#loaded.set(key, loaded);
		const [oldest] = this.#loaded.keys();
		if (this.#loaded.size > MOST_LOADED && oldest !== undefined) this.#loaded.delete(oldest);
		return loaded;
	}

	#read(input: EngineInput): Loaded {
		switch (input.kind) {
			case "manifests":
				return loadedFrom(input.files, null);
			case "mode":
				return loadedFrom([input.files.cluster], null);
			case "fault":
				return this.#known().faultyCluster(input);
			case "scenario":
				return this.#readScenario(input);
		}
	}

	#readScenario({ name, files }: EngineInput & { readonly kind: "scenario" }): Loaded {
		const scenarios = this.#scenarios.get(files.mode) ?? parseScenarios(files.scenarios.text, files.scenarios.name);
		this.#scenarios.set(files.mode, scenarios);
		const scenario = findScenario(scenarios, name);
		if (scenario === undefined) {
			throw new InputError({ code: "no-such-scenario", message: phrase("no-scenario", { name }) });
		}
		const loaded = loadedFrom(scenarioManifests(scenario, files.cluster), scenario);
		return { ...loaded, asked: scenarioEntry(scenario, files.proofs) };
	}
}

function loadedFrom(files: readonly ManifestFile[], scenario: Scenario | null): Loaded {
	const cluster = loadCluster(files);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return { files, subject, asked: scenario === null ? null : scenarioEntry(scenario), scenario };
}
