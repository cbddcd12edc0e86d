import { describe, expect, test } from "vitest";
import { parseScenarios } from "../../src/atlas/parse.ts";
import { findScenario, scenarioName } from "../../src/atlas/scenario.ts";

const HEAD = "apiVersion: podpath.dev/v1alpha1\nkind: Scenarios\nmode: flannel-vpc\nscenarios:\n";

function parse(scenarios: string): ReturnType<typeof parseScenarios> {
	return parseScenarios(HEAD + scenarios, "atlas/flannel-vpc/scenarios.yaml");
}

const MINIMAL = `  - id: 001-1.1
    title: Pod to pod
    question: { from: pod/default/a, to: pod/default/b:80 }
    expect:
      verdict: { is: delivered, source: "seed 001 L95, E:t1.S1c" }
`;

test("a scenario needs a question, a verdict and where the verdict comes from", () => {
	expect(parse(MINIMAL)).toEqual([
		{
			mode: "flannel-vpc",
			id: "001-1.1",
			title: "Pod to pod",
			question: { from: "pod/default/a", to: "pod/default/b:80", protocol: "tcp" },
			changes: [],
			paths: [{ verdict: { is: "delivered", sources: ["seed 001 L95", "E:t1.S1c"] } }],
			otherPaths: false,
			source: { file: "atlas/flannel-vpc/scenarios.yaml", line: 5, column: 5 },
		},
	]);
});

test("a scenario is found by mode and id", () => {
	const scenarios = parse(MINIMAL);
	const found = findScenario(scenarios, "flannel-vpc/001-1.1");
	expect(found === undefined ? "" : scenarioName(found)).toBe("flannel-vpc/001-1.1");
	expect(findScenario(scenarios, "flannel-vpc/001-9")).toBeUndefined();
});

describe("what is wrong is said with file and line", () => {
	test.each([
		["an expectation without a source", MINIMAL.replace(/, source: ".*"/, ""), /scenarios.yaml:9:\d+: .*source/],
		[
			"a source of no known form",
			MINIMAL.replace("E:t1.S1c", "our own output"),
			/scenarios.yaml:9:\d+: .*must name sources/,
		],
		["no such verdict", MINIMAL.replace("delivered", "arrived"), /scenarios.yaml:9:\d+: .*verdict/],
		["the same id twice", MINIMAL + MINIMAL, /scenarios.yaml:10:\d+: scenario "001-1.1" is there twice/],
		["no such field", `${MINIMAL}      links: { is: none, source: K1 }\n`, /scenarios.yaml:\d+:\d+: .*links/],
		[
			"text that is not in the notation",
			`${MINIMAL}      forward: { is: eth0, source: K1 }\n`,
			/scenarios.yaml:5:5: .*"eth0" must be/,
		],
		["text that is not YAML", `${MINIMAL}      forward: { is: [\n`, /scenarios.yaml:\d+:\d+: /],
	])("%s", (_, text, message) => {
		expect(() => parse(text)).toThrow(message);
	});
});
