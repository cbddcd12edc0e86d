/** The gallery's search, and that what the page refers to is in the atlas. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { atlasIndex, faultName, parseFaults, parseScenarios, SOURCE_FORMS } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { isMeasured, matching, nearest, withVerdict } from "../src/views/atlas/search.ts";
import { EXAMPLES } from "../src/views/compare/sides.ts";

const ATLAS = new URL("../../../atlas/", import.meta.url);

const index = atlasIndex(
	readdirSync(ATLAS).flatMap((mode) => {
		const file = `${mode}/scenarios.yaml`;
		return !existsSync(new URL(file, ATLAS))
			? []
			: { mode, scenarios: parseScenarios(readFileSync(new URL(file, ATLAS), "utf8"), file) };
	}),
);
const scenarios = index.modes.flatMap((mode) => mode.scenarios);

const faults = readdirSync(new URL("faults", ATLAS)).flatMap((file) =>
	parseFaults(readFileSync(new URL(`faults/${file}`, ATLAS), "utf8"), file).map((fault) => ({
		...fault,
		name: faultName(fault),
	})),
);

test("every scenario and every fault has a title in Chinese", () => {
	const without = [...scenarios, ...faults].filter(({ titleZh = "" }) => !/\p{Script=Han}/u.test(titleZh));
	expect(without.map(({ name }) => name)).toEqual([]);
});

test("every note has its Chinese", () => {
	const noted = scenarios.filter(({ note, noteZh }) => note !== undefined || noteZh !== undefined);
	const without = noted.filter(({ note, noteZh = "" }) => note === undefined || !/\p{Script=Han}/u.test(noteZh));
	expect(without.map(({ name }) => name)).toEqual([]);
});

test.each(EXAMPLES)("the example $name compares scenarios that there are", ({ left, right }) => {
	const names = scenarios.map(({ name }) => name);
	expect(names).toContain(left);
	expect(names).toContain(right);
});

describe("the search", () => {
	test("wants every word, in any order and wherever it stands", () => {
		const found = matching(scenarios, "IPTABLES flannel-vpc refused");
		expect(found.length).toBeGreaterThan(0);
		for (const { name, verdicts } of found) {
			expect(name).toMatch(/^flannel-vpc/);
			expect(verdicts).toContain("refused");
		}
	});

	// connect(2): ETIMEDOUT, ECONNREFUSED, EHOSTUNREACH; what curl and a person say of them.
	test.each([
		["timeout", ["dropped", "no-reply", "loop"]],
		["timed out", ["dropped", "no-reply"]],
		["connection refused", ["refused"]],
		["ECONNREFUSED", ["refused"]],
		["no route to host", ["unreachable"]],
		["unreachable", ["unreachable"]],
		["超时", ["dropped", "no-reply", "loop"]],
		["拒绝", ["refused"]],
	])("finds what ends as somebody says who has waited for it: %s", (said, meant) => {
		const found = new Set(matching(scenarios, said));
		const ending = scenarios.filter(({ verdicts }) => verdicts.some((verdict) => meant.includes(verdict)));
		expect(ending.length).toBeGreaterThan(0);
		for (const scenario of ending) expect([scenario.name, found.has(scenario)]).toEqual([scenario.name, true]);
		// Whoever asks for what fails is not shown what works, unless it is called so.
		const working = matching(scenarios, said).filter(({ verdicts }) => verdicts.every((each) => each === "delivered"));
		expect(working.length).toBeLessThan(ending.length);
	});

	test.each([
		"service",
		"pod",
		"policy",
		"NetworkPolicy",
		"ClusterIP",
		"NodePort",
		"SNAT",
		"masquerade",
		"security group",
		"br_netfilter",
		"no-reply",
	])("finds what people call %s", (word) => {
		expect(matching(scenarios, word).length).toBeGreaterThan(0);
	});

	test("offers those that hold the most words where none holds all", () => {
		expect(matching(scenarios, "hairpin flannel-vpc zeppelin")).toEqual([]);
		const near = nearest(scenarios, "hairpin flannel-vpc zeppelin");
		expect(near).toEqual(matching(scenarios, "hairpin flannel-vpc"));
		expect(near.length).toBeGreaterThan(0);
		expect(nearest(scenarios, "zeppelin")).toEqual([]);
	});

	test("is narrowed to a verdict", () => {
		const refused = withVerdict(scenarios, "refused");
		expect(refused.length).toBeGreaterThan(0);
		expect(refused.every(({ verdicts }) => verdicts.includes("refused"))).toBe(true);
		expect(withVerdict(scenarios, "")).toEqual(scenarios);
	});

	test("for nothing finds everything", () => {
		expect(matching(scenarios, "  ")).toEqual(scenarios);
	});
});

/** docs/measurements.md: E, K and X are runs on a real kernel; seeds, RFCs and other projects' files are not. */
test.each([
	["E:t1.S1c", true],
	["K1", true],
	["X12", true],
	["seed 001 L95", false],
	["rfc 7348", false],
	["kubernetes pkg/proxy/ipvs/proxier.go", false],
])("the source %s is a measurement: %s", (source, measured) => {
	expect(SOURCE_FORMS.some((form) => form.test(source))).toBe(true);
	expect(isMeasured(source)).toBe(measured);
});
