/** The answers to the atlas' own questions. */
import { scenarioManifests } from "../../src/atlas/change.ts";
import { findScenario } from "../../src/atlas/scenario.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { ExplainedPath, Explanation } from "../../src/trace/explanation.ts";
import { readAtlas } from "./atlas-files.ts";

/** Of a scenario, by its whole name. */
export function explanationOf(name: string): Explanation {
	const folder = readAtlas().find(({ mode }) => name.startsWith(`${mode}/`));
	const scenario = findScenario(folder?.scenarios ?? [], name);
	if (folder === undefined || scenario === undefined) throw new Error(`no scenario ${name}`);
	const cluster = loadCluster(scenarioManifests(scenario, folder.cluster));
	return explain({ cluster, network: clusterNetwork(cluster), fromSnapshot: false }, scenario.question);
}

/** Its first path. */
export function answerOf(name: string): ExplainedPath {
	const [path] = explanationOf(name).paths;
	if (path === undefined) throw new Error(`no path of ${name}`);
	return path;
}
