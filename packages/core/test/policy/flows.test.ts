/** Single connections, with the outcomes that other projects' tests and tutorials show. */
import { describe, expect, test } from "vitest";
import { asked, type World } from "../support/policy-flows.ts";
import { worldSubject, worldVerdict } from "../support/policy-worlds.ts";
import { NP_GUARD_CASES, NP_GUARD_NAMESPACES, NP_GUARD_PODS, npGuardPolicy } from "./cases/np-guard.ts";
import { DOCUMENTATION_AND_CYCLONUS, RECIPES } from "./cases/recipes.ts";

/** Hosts of the ends that are no pods: `worldSubject` makes them. */
const addressesIn = (world: World, ends: readonly string[]): readonly string[] =>
	ends.filter((end) => !world.pods.some(({ key }) => key === end));

describe.each([...RECIPES, ...DOCUMENTATION_AND_CYCLONUS])("$source", ({ world, asks }) => {
	test.each(asks)("%s to %s, %s: %s", (from, to, what, verdict) => {
		expect(asked(world, from, to, what)).toBe(verdict);
	});

	test("and a packet passes or is dropped by it", () => {
		const subject = worldSubject(
			world,
			addressesIn(
				world,
				asks.flatMap((ask) => ask.slice(0, 2)),
			),
		);
		for (const [from, to, what, verdict] of asks) {
			const expected = `${from} to ${to}, ${what}: ${verdict === "allowed" ? "delivered" : "dropped"}`;
			expect(`${from} to ${to}, ${what}: ${worldVerdict(subject, from, to, what)}`).toBe(expected);
		}
	});
});

describe("np-guard/netpol-analyzer pkg/netpol/eval/eval_test.go", () => {
	const ASKED = ["tcp 53", "tcp 80", "tcp 81", "tcp 5000", "udp 53", "udp 80", "sctp 80"];

	test.each(NP_GUARD_CASES)("$name: $from to $to, $allowed", ({ policies, from, to, allowed }) => {
		const world = { namespaces: NP_GUARD_NAMESPACES, pods: NP_GUARD_PODS, policies: policies.map(npGuardPolicy) };
		const expected = ASKED.filter((what) => allowed === "all" || allowed.split(",").includes(what));
		expect(ASKED.filter((what) => asked(world, from, to, what) === "allowed")).toEqual(expected);
		expect(ASKED.filter((what) => asked(world, from, to, what) === "unknown")).toEqual([]);
		const subject = worldSubject(world, addressesIn(world, [from, to]));
		expect(ASKED.map((what) => `${what}: ${worldVerdict(subject, from, to, what)}`)).toEqual(
			ASKED.map((what) => `${what}: ${expected.includes(what) ? "delivered" : "dropped"}`),
		);
	});
});
