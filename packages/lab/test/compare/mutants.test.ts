/**
 * A comparison that lets a wrong prediction pass proves nothing. Predictions of recorded scenarios agree with what the kernel did,
 * and each of them with one thing changed differs from it.
 */
import { describe, expect, test } from "vitest";
import { compareWay, compareWays } from "../../src/compare/compare.ts";
import { mutantsOf } from "./mutants.ts";
import { type RecordedScenario, recordedScenarios } from "./recorded-scenarios.ts";

describe.each(recordedScenarios().map((each) => [each.name, each] as const))("%s", (_name, recorded) => {
	const { ways, observation, plan } = recorded;
	const comparison = compareWays(ways, observation, plan);

	test("agrees with the kernel as it is", () => {
		expect(comparison).toMatchObject({ kind: "agrees" });
	});

	test("differs with one thing changed, whatever it is", () => {
		const way = comparison.kind === "not-compared" ? undefined : ways[comparison.way];
		if (way === undefined) throw new Error("nothing was compared");
		const mutants = mutantsOf(way);
		expect(mutants.length).toBeGreaterThan(10);
		const passed = mutants.filter((mutant) => compareWay(mutant.way, observation, plan).kind === "agrees");
		expect(passed.map(({ what }) => what).filter((what) => !isNotSeen(what, recorded))).toEqual([]);
	});
});

/**
 * A load balancer has no namespace in the lab, so that what is around it is the router before its backends: which of these the
 * packet is said to cross shows in its addresses alone.
 */
function isNotSeen(what: string, { plan, ways }: RecordedScenario): boolean {
	const balanced = ways.some(({ forward }) => forward.some(({ at }) => plan.folded.includes(at)));
	return balanced && what.startsWith("left out: ") && /\((?:slb|vpc|eni)\//.test(what);
}
