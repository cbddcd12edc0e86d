/** Every scenario of the atlas, against the engine. What they expect comes from elsewhere: see sources.test.ts. */
import { describe, expect, test } from "vitest";
import { scenarioManifests } from "../../src/atlas/change.ts";
import { checkScenario, formatDifference } from "../../src/atlas/check.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import { readAtlas } from "../support/atlas-files.ts";

describe.each(readAtlas())("$mode", ({ cluster: file, scenarios }) => {
	test.each(scenarios.map((scenario) => [scenario.id, scenario.title, scenario] as const))(
		"%s %s",
		(_id, _title, scenario) => {
			const cluster = loadCluster(scenarioManifests(scenario, file));
			const explanation = explain(
				{ cluster, network: clusterNetwork(cluster), fromSnapshot: false },
				scenario.question,
			);
			expect(checkScenario(explanation, scenario).map(formatDifference)).toEqual([]);
		},
	);
});
