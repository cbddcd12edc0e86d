/** What a prediction cannot know is compared under the names and numbers that the real network has. */
import { describe, expect, it } from "vitest";
import { rereadNetwork } from "../../src/atlas/reread.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { compareNetworks } from "../../src/diagnose/compare.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { readAtlas } from "../support/atlas-files.ts";

describe("terway's tables, numbered 1000 and the card's index (plugin/driver/utils, GetRouteTableID)", () => {
	const file = readAtlas().find(({ mode }) => mode === "terway-eniip")?.cluster;
	if (file === undefined) throw new Error("no atlas/terway-eniip");
	const expected = clusterNetwork(loadCluster([file]));
	const NODE = "node/cn-hongkong.10.0.1.82";
	const renumbered = (name: string, text: string): string => {
		if (name.startsWith("ip-address")) return text.replace(/^3: eth1/m, "7: eth1");
		return /^ip-r(oute|ule)/.test(name) ? text.replaceAll("1003", "1007") : text;
	};

	it("differ in nothing where the card has another index than was predicted", () => {
		const actual = rereadNetwork(
			expected,
			(_, files) => new Map([...files].map(([name, text]) => [name, renumbered(name, text)])),
		);
		expect(compareNetworks(expected, actual, [NODE])).toEqual([]);
	});

	it("are told by the real number where the default route is gone", () => {
		const actual = rereadNetwork(expected, (_, files) => {
			const without = (name: string, text: string): string =>
				name.startsWith("ip-route") ? text.replace(/^default via 10\.0\.1\.253 dev eth1 .*\n/m, "") : text;
			return new Map([...files].map(([name, text]) => [name, without(name, renumbered(name, text))]));
		});
		expect(compareNetworks(expected, actual, [NODE]).map(({ code, expected: entry }) => [code, entry?.text])).toEqual([
			["route-missing", "default via 10.0.1.253 dev eth1 table 1007 onlink"],
		]);
	});
});
