/** podpath's engine as the worker runs it: loaded clusters, and the answers to calls about them. */
import {
	checkScenario,
	clusterNetwork,
	type Diagnostic,
	explain,
	findScenario,
	formatDifference,
	InputError,
	knownPlaces,
	loadCluster,
	type ManifestFile,
	modeProfiles,
	parseScenarios,
	placesLike,
	type Scenario,
	type Subject,
	scenarioEntry,
	scenarioManifests,
	stateReport,
	summaryOf,
	topologyReport,
} from "@podpath/core";
import type { Calls, EngineInput } from "./calls.ts";

interface Loaded {
	readonly files: readonly ManifestFile[];
	readonly subject: Subject;
	readonly scenario: Scenario | null;
}

/** Clusters that were asked about lately stay loaded; more would only fill memory. */
const MOST_LOADED = 4;

export class Engine {
	readonly #loaded = new Map<string, Loaded>();
	readonly #scenarios = new Map<string, readonly Scenario[]>();

	/** @throws {InputError} For input and questions that cannot be used. */
	answer<Name extends keyof Calls>(call: Name, asks: Calls[Name]["asks"]): Calls[Name]["answers"];
	answer(call: keyof Calls, asks: Calls[keyof Calls]["asks"]): Calls[keyof Calls]["answers"] {
		if (call === "modes" || asks.input === null) return modeProfiles();
		if (call === "validate") return this.#validate(asks.input);
		const loaded = this.#load(asks.input);
		const { subject } = loaded;
		switch (call) {
			case "summary":
				return summaryOf(subject.cluster);
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
			case "topology":
				return topologyReport(subject);
			case "manifests":
				return loaded.files;
			case "scenario":
				return loaded.scenario === null ? null : scenarioEntry(loaded.scenario);
			case "check":
				return differencesOf(loaded);
		}
	}

	#validate(input: EngineInput): readonly Diagnostic[] {
		try {
			return this.#load(input).subject.cluster.warnings;
		} catch (error) {
			if (error instanceof InputError) return [error.diagnostic];
			throw error;
		}
	}

	#load(input: EngineInput): Loaded {
		const key = input.kind === "scenario" ? input.name : JSON.stringify(input.files);
		const loaded = this.#loaded.get(key) ?? this.#read(input);
		// The last one asked about goes last.
		this.#loaded.delete(key);
		this.#loaded.set(key, loaded);
		const [oldest] = this.#loaded.keys();
		if (this.#loaded.size > MOST_LOADED && oldest !== undefined) this.#loaded.delete(oldest);
		return loaded;
	}

	#read(input: EngineInput): Loaded {
		if (input.kind === "manifests") return loadedFrom(input.files, null);
		const { name, files } = input;
		const scenarios = this.#scenarios.get(files.mode) ?? parseScenarios(files.scenarios.text, files.scenarios.name);
		this.#scenarios.set(files.mode, scenarios);
		const scenario = findScenario(scenarios, name);
		if (scenario === undefined) {
			throw new InputError({ code: "no-such-scenario", message: `the atlas has no scenario "${name}"` });
		}
		return loadedFrom(scenarioManifests(scenario, files.cluster), scenario);
	}
}

function loadedFrom(files: readonly ManifestFile[], scenario: Scenario | null): Loaded {
	const cluster = loadCluster(files);
	return { files, subject: { cluster, network: clusterNetwork(cluster), fromSnapshot: false }, scenario };
}

function differencesOf({ subject, scenario }: Loaded): readonly string[] {
	if (scenario === null) return [];
	return checkScenario(explain(subject, scenario.question), scenario).map(formatDifference);
}
