/** Single connections, with the outcomes that other projects' tests and tutorials show. */
import { describe, expect, test } from "vitest";
import { asked } from "../support/policy-flows.ts";
import { NP_GUARD_CASES, NP_GUARD_NAMESPACES, NP_GUARD_PODS, npGuardPolicy } from "./cases/np-guard.ts";
import { DOCUMENTATION_AND_CYCLONUS, RECIPES } from "./cases/recipes.ts";

describe.each([...RECIPES, ...DOCUMENTATION_AND_CYCLONUS])("$source", ({ world, asks }) => {
	test.each(asks)("%s to %s, %s: %s", (from, to, what, verdict) => {
		expect(asked(world, from, to, what)).toBe(verdict);
	});
});

describe("np-guard/netpol-analyzer pkg/netpol/eval/eval_test.go", () => {
	const ASKED = ["tcp 53", "tcp 80", "tcp 81", "tcp 5000", "udp 53", "udp 80", "sctp 80"];

	test.each(NP_GUARD_CASES)("$name: $from to $to, $allowed", ({ policies, from, to, allowed }) => {
		const world = { namespaces: NP_GUARD_NAMESPACES, pods: NP_GUARD_PODS, policies: policies.map(npGuardPolicy) };
		const expected = ASKED.filter((what) => allowed === "all" || allowed.split(",").includes(what));
		expect(ASKED.filter((what) => asked(world, from, to, what) === "allowed")).toEqual(expected);
		expect(ASKED.filter((what) => asked(world, from, to, what) === "unknown")).toEqual([]);
	});
});
