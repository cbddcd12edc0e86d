/** Scenarios of the atlas as a lab's kernel answered them (fixtures/scenarios.json), beside what the engine says of them. */
import { readFileSync } from "node:fs";
import { clusterNetwork, loadCluster, type PredictedWay, predict, scenarioManifests } from "@podpath/core";
import { readAtlas } from "../../../core/test/support/atlas-files.ts";
import type { LabPlan } from "../../src/lab-plan.ts";
import type { Observation } from "../../src/observation.ts";
import { realize } from "../../src/realize/realize.ts";

export interface RecordedScenario {
	readonly name: string;
	readonly ways: readonly PredictedWay[];
	readonly observation: Observation;
	readonly plan: LabPlan;
}

interface Recording {
	readonly scenarios: Readonly<Record<string, { readonly sourcePort: number; readonly observation: Observation }>>;
}

const { scenarios } = JSON.parse(
	readFileSync(new URL("fixtures/scenarios.json", import.meta.url), "utf8"),
) as Recording;

/** The prediction is today's; the plan is that by which the lab was built. */
export function recordedScenarios(): readonly RecordedScenario[] {
	const atlas = readAtlas();
	return Object.entries(scenarios).map(([name, { sourcePort, observation }]) => {
		const [mode, id] = name.split("/");
		const folder = atlas.find((each) => each.mode === mode);
		const scenario = folder?.scenarios.find((each) => each.id === id);
		if (folder === undefined || scenario === undefined) throw new Error(`the atlas has no ${name}: record another`);
		const cluster = loadCluster(scenarioManifests(scenario, folder.cluster));
		const network = clusterNetwork(cluster);
		const { question } = scenario;
		const clients = [question.from, question.to].filter((place) => place.startsWith("internet/"));
		return {
			name,
			ways: predict({ cluster, network, fromSnapshot: false }, { ...question, sourcePort }),
			observation,
			plan: realize(network, [...network.places(), ...clients]),
		};
	});
}
