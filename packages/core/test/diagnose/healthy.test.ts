/** Clusters that are as they should be: whatever mode, printed as their tools print them and read back, nothing is found. */
import { describe, expect, it } from "vitest";
import { rereadNetwork } from "../../src/atlas/reread.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { compareNetworks } from "../../src/diagnose/compare.ts";
import { diagnoseAgainst } from "../../src/diagnose/diagnose.ts";
import { withKnownPrograms } from "../../src/diagnose/programs.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { readAtlas } from "../support/atlas-files.ts";

describe.each(readAtlas())("a healthy cluster of $mode", ({ cluster: file, scenarios }) => {
	const cluster = loadCluster([file]);
	const expected = clusterNetwork(cluster);
	const actual = rereadNetwork(expected);

	it("differs in nothing from itself", () => {
		expect(compareNetworks(expected, withKnownPrograms(actual, expected))).toEqual([]);
	});

	it("gives a packet that arrives no finding above info", () => {
		const question = scenarios.find(({ changes, paths }) => {
			return changes.length === 0 && paths.every(({ verdict }) => verdict.is === "delivered");
		})?.question;
		if (question === undefined) return;
		const { verdict, findings } = diagnoseAgainst(expected, { cluster, network: actual, fromSnapshot: true }, question);
		expect(verdict).toBe("delivered");
		expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
	});
});
