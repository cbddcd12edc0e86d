/** Where a packet is lost is a step of its own, with what decided it: whoever steps through a path ends there. */
import { describe, expect, test } from "vitest";
import { scenarioManifests } from "../../src/atlas/change.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { Explanation } from "../../src/trace/explanation.ts";
import { readAtlas } from "../support/atlas-files.ts";

function explained(mode: string, id: string): Explanation {
	const folder = readAtlas().find((each) => each.mode === mode);
	const scenario = folder?.scenarios.find((each) => each.id === id);
	if (folder === undefined || scenario === undefined) throw new Error(`the atlas has no ${mode}/${id}`);
	const cluster = loadCluster(scenarioManifests(scenario, folder.cluster));
	return explain({ cluster, network: clusterNetwork(cluster), fromSnapshot: false }, scenario.question);
}

describe("the last step of a packet that is lost", () => {
	test("is the hook at which a rule dropped it, with that rule (calico felix/rules/policy.go)", () => {
		const last = explained("calico-bgp", "policy-other-port").paths[0]?.forward.hops.at(-1);
		expect(last).toMatchObject({ at: "node/c1", stage: "forward", code: "rule-drop" });
		expect(last?.rules?.at(-1)).toMatchObject({ table: "iptables filter", chain: "cali-tw-calif932eb697ec" });
	});

	test("is the client's socket, for an answer that it does not wait for (E:t5.service)", () => {
		const { paths, findings } = explained("bifrost-macvlan", "service-without-masquerade");
		const last = paths[0]?.reply?.hops.at(-1);
		expect(last).toMatchObject({ at: "pod/default/m1", stage: "socket", code: "wrong-answer-source" });
		expect(findings.map(({ code, object }) => [code, object])).toContainEqual(["answer-untranslated", "node/n1"]);
	});

	test("is told once where the stage says it itself (K3: no endpoints in IPVS)", () => {
		const hops = explained("flannel-vpc", "001-3.1").paths[0]?.forward.hops ?? [];
		expect(hops.filter(({ code }) => code === "ipvs-no-server")).toHaveLength(1);
	});
});
