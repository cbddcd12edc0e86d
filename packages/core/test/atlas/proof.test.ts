/** The record of what a kernel has proven: which changes to a scenario make its proof one of an older form, and which do not. */
import { describe, expect, test } from "vitest";
import { parseScenarios } from "../../src/atlas/parse.ts";
import { NO_PROOFS, type ProofRecord, parseProofRecord, printProofRecord } from "../../src/atlas/proof-record.ts";
import { proofState, proofText, scenarioDigest } from "../../src/atlas/proof-state.ts";
import { type Scenario, scenarioName } from "../../src/atlas/scenario.ts";
import { InputError } from "../../src/diagnostic/diagnostic.ts";
import { readAtlas, readDocument } from "../support/atlas-files.ts";

const CLUSTER = "kind: Node\nmetadata: { name: a }\n---\nkind: Node\nmetadata: { name: b }\n";
const SCENARIOS = `apiVersion: podpath.dev/v1alpha1
kind: Scenarios
mode: flannel-vxlan
scenarios:
  - id: one
    title: Pod to pod
    question: { from: pod/default/a, to: "pod/default/b:80" }
    with: [{ remove: pod/default/c }]
    expect:
      verdict: { is: delivered, source: "rfc 7348" }
      conntrack: { is: { node/a: none }, source: "rfc 7348" }
`;

const first = ([scenario]: readonly Scenario[]): Scenario => {
	if (scenario === undefined) throw new Error("no scenario");
	return scenario;
};
const digestOf = (text: string, cluster: string): string =>
	scenarioDigest(first(parseScenarios(text, "s.yaml")), { name: "c.yaml", text: cluster });
const written = digestOf(SCENARIOS, CLUSTER);

describe("a scenario is the same for its proof", () => {
	test.each([
		["with another title", SCENARIOS.replace("Pod to pod", "From pod to pod"), CLUSTER],
		["with a note", SCENARIOS.replace("    question", "    note: Read this.\n    question"), CLUSTER],
		["with another source", SCENARIOS.replaceAll("rfc 7348", "rfc 791"), CLUSTER],
		["with a comment in the cluster", SCENARIOS, `# Two nodes.\n${CLUSTER}`],
		["with the cluster written another way", SCENARIOS, CLUSTER.replace("{ name: a }", "\n  name: a")],
		["further down in its file", SCENARIOS.replace("scenarios:", "\n\nscenarios:"), CLUSTER],
	])("%s", (_, text, cluster) => {
		expect(digestOf(text, cluster)).toBe(written);
	});
});

describe("a scenario is another one", () => {
	test.each([
		["with another question", SCENARIOS.replace(":80", ":81"), CLUSTER],
		["with another change", SCENARIOS.replace("pod/default/c", "pod/default/d"), CLUSTER],
		["with another cluster", SCENARIOS, CLUSTER.replace("name: b", "name: c")],
		["with another verdict", SCENARIOS.replace("delivered", "dropped"), CLUSTER],
		["with other connections expected", SCENARIOS.replace("node/a: none", "node/b: none"), CLUSTER],
	])("%s", (_, text, cluster) => {
		expect(digestOf(text, cluster)).not.toBe(written);
	});
});

const proof = {
	date: "2026-11-21",
	backend: "uml",
	kernel: "6.1.176",
	ways: { seen: 2, of: 2 },
	digest: written,
} as const;
const record = (digest: string): ProofRecord => ({
	...NO_PROOFS,
	scenarios: { "flannel-vxlan/one": { ...proof, digest } },
});

test.each([
	[record(written), "proven on UML 6.1.176 on 2026-11-21, 2 of 2 ways seen"],
	[record("0".repeat(64)), "proven for an older form on UML 6.1.176 on 2026-11-21, 2 of 2 ways seen"],
	[NO_PROOFS, "not proven on a kernel"],
])("in words: %#", (known, words) => {
	const scenario = first(parseScenarios(SCENARIOS, "s.yaml"));
	expect(proofText(proofState(scenario, { name: "c.yaml", text: CLUSTER }, known))).toBe(words);
});

describe("the file", () => {
	test("holds what was written, a scenario a line in the order of their names", () => {
		const both = { ...NO_PROOFS, scenarios: { b: proof, a: proof } };
		const text = printProofRecord(both);
		expect(parseProofRecord(text, "proven.json")).toEqual(both);
		expect(text.split("\n").filter((line) => line.includes(written))).toHaveLength(2);
		expect(text.indexOf('"a"')).toBeLessThan(text.indexOf('"b"'));
		expect(parseProofRecord(printProofRecord(NO_PROOFS), "proven.json")).toEqual(NO_PROOFS);
	});

	test.each([
		["no JSON", "{", 1],
		["another kind", printProofRecord(NO_PROOFS).replace("ProofRecord", "Scenarios"), 3],
		["a day that there is not", printProofRecord(record(written)).replace("2026-11-21", "2026-13-01"), 5],
		["a kernel that nobody knows", printProofRecord(record(written)).replace('"uml"', '"xen"'), 5],
	])("is refused with its line for %s", (_, text, line) => {
		const read = (): unknown => parseProofRecord(text, "proven.json");
		expect(read).toThrow(InputError);
		expect(read).toThrow(new RegExp(`^proven.json:${line}:`));
	});
});

/** A proof that has grown old is said, and stops nobody: whoever words a scenario anew may have no kernel for it. */
describe("the atlas' record", () => {
	const known = parseProofRecord(readDocument("atlas/proven.json"), "atlas/proven.json");
	const states = readAtlas().flatMap(({ cluster, scenarios }) =>
		scenarios.map((scenario) => ({ name: scenarioName(scenario), state: proofState(scenario, cluster, known) })),
	);

	test("has proofs of scenarios as they are now", () => {
		expect(states.filter(({ state }) => state.kind === "proven")).not.toEqual([]);
	});

	for (const { name, state } of states) {
		if (state.kind === "proven") continue;
		test.skip(`${name} is ${proofText(state)}: podpath atlas check --lab --record ${name} renews it`, () => {});
	}
});
