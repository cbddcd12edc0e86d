/** A diagnosis is handed from a worker to the page: data alone can be (HTML, StructuredSerialize: functions cannot). */
import { expect, test } from "vitest";
import { scenarioManifests } from "../../src/atlas/change.ts";
import { findScenario } from "../../src/atlas/scenario.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { readAtlas } from "../support/atlas-files.ts";

test.each(["flannel-vpc/001-3.1", "calico-bgp/policy-other-port", "flannel-vpc/001-1.2-no-bridge-nf"])(
	"the diagnosis of %s is plain data",
	(name) => {
		const folder = readAtlas().find(({ mode }) => name.startsWith(`${mode}/`));
		const scenario = findScenario(folder?.scenarios ?? [], name);
		if (folder === undefined || scenario === undefined) throw new Error(`no scenario ${name}`);
		const cluster = loadCluster(scenarioManifests(scenario, folder.cluster));
		const diagnosis = diagnose({ cluster, network: clusterNetwork(cluster), fromSnapshot: false }, scenario.question);
		expect(diagnosis.findings).not.toEqual([]);
		expect(structuredClone(diagnosis)).toEqual(diagnosis);
	},
);
