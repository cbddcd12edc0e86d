/** The atlas proves something only where its expectations come from elsewhere: every one names a source that can be looked up. */
import { describe, expect, test } from "vitest";
import { scenarioManifests } from "../../src/atlas/change.ts";
import type { Expected, ExpectedPath, Scenario } from "../../src/atlas/scenario.ts";
import { readAtlas, readDocument } from "../support/atlas-files.ts";

const atlas = readAtlas();

function expectationsOf(scenario: Scenario): readonly Expected<unknown>[] {
	const ofPath = (path: ExpectedPath) => Object.values(path) as readonly Expected<unknown>[];
	const { loadBalancerMembers, findings } = scenario;
	return [...scenario.paths.flatMap(ofPath), loadBalancerMembers, findings].filter(
		(expected) => expected !== undefined,
	);
}

/** What docs/measurements.md has a row for: runs `E:t1.S2`, facts `K2`, differences `X1`. */
const measured = new Set([...readDocument("docs/measurements.md").matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id));

/** What docs/terway-rules.md has a row for: rules `R:own-eni`, contradictions of the seeds `C4`. */
const ruled = new Set([...readDocument("docs/terway-rules.md").matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id));

describe.each(atlas)("$mode", ({ mode, cluster, scenarios }) => {
	test("its folder is named after its mode", () => {
		expect(scenarios.every((scenario) => scenario.mode === mode)).toBe(true);
	});

	test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s names its sources", (_, scenario) => {
		const sources = expectationsOf(scenario).flatMap((expected) => expected.sources);
		expect(sources.length).toBeGreaterThan(0);
		expect(sources.filter((source) => /^(E:|[KX]\d)/.test(source) && !measured.has(source))).toEqual([]);
		expect(sources.filter((source) => /^(R:|C\d)/.test(source) && !ruled.has(source))).toEqual([]);
	});

	test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))(
		"%s changes objects that are there",
		(_, scenario) => {
			expect(scenarioManifests(scenario, cluster).length).toBeGreaterThan(0);
		},
	);
});

test("seed 001 has ten sub-scenarios (L48), one of which, 1.3, is two policies in one", () => {
	const ids = atlas.find(({ mode }) => mode === "flannel-vpc")?.scenarios.map(({ id }) => id) ?? [];
	const seed = ["1.1", "1.2", "1.3C", "1.3L", "2.1", "2.2", "2.3", "3.1", "4.A", "5.1x", "5.1l"];
	expect(seed.filter((id) => !ids.includes(`001-${id}`))).toEqual([]);
});

/** Rows of the seeds about Terway, with what they merge under one heading: `-svc` a ClusterIP, `-ext` an external IP. */
const TERWAY_ROWS: Readonly<Record<string, readonly string[]>> = {
	// Seed 000 has ten scenarios (L73-L82).
	"terway-trunk": ["T1", "T2", "T2-svc", "T2-ext", "T3", "T4", "T5", "T6", "T6-ext", "T7", "T7-ext", "T8", "T9", "T10"],
	// Seed 002 has the last three of seven (L12, L86, L158).
	"terway-eniip": ["E5", "E6", "E7"],
	"terway-vpc": ["V1", "V2"],
	"terway-eni": ["V3"],
	"terway-ipvlan": [],
	"terway-datapathv2": [],
};

test.each(Object.entries(TERWAY_ROWS))("%s has the rows of its seed", (mode, rows) => {
	const folder = atlas.find((each) => each.mode === mode);
	const ids = new Set(folder?.scenarios.map(({ id }) => id));
	expect(folder?.scenarios.length).toBeGreaterThan(0);
	expect(rows.filter((row) => !ids.has(row))).toEqual([]);
});

test("every rule and every contradiction of Terway's is named by a scenario, another rule, or is about no way of a packet", () => {
	const rules = readDocument("docs/terway-rules.md");
	const scenarios = atlas.flatMap((folder) => folder.scenarios);
	const cited = scenarios.flatMap((each) => expectationsOf(each).flatMap(({ sources }) => sources));
	const text = [...cited, ...scenarios.map(({ note = "" }) => note)].join("\n");
	const isNamed = (id: string): boolean =>
		new RegExp(`${id}(?![\\w-])`).test(text) || rules.split(`\`${id}\``).length > 2;
	const aboutNoWay = ["C1", "C10", "C12", "C20", "C21"];
	expect([...ruled].filter((id = "") => !isNamed(id) && !aboutNoWay.includes(id))).toEqual([]);
});
