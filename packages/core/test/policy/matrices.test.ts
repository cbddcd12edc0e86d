/** Who reaches whom, by the suites of Kubernetes and cyclonus: their cases, and the outcomes that they expect of every plug-in. */
import { describe, expect, test } from "vitest";
import { type MatrixCase, matricesOf } from "../support/policy-matrix.ts";
import { CONFLICTS, PEERS, PORTS, RULES_AND_TARGETS, TWO_PORTS } from "./cases/cyclonus.ts";
import { BOTH_DIRECTIONS, EGRESS } from "./cases/kubernetes-egress.ts";
import { DENIALS_AND_PORTS, SELECTORS, UPDATES } from "./cases/kubernetes-ingress.ts";

const SUITES: Readonly<Record<string, readonly MatrixCase[]>> = {
	"kubernetes: selectors": SELECTORS,
	"kubernetes: denials, ports, protocols": DENIALS_AND_PORTS,
	"kubernetes: updates": UPDATES,
	"kubernetes: egress": EGRESS,
	"kubernetes: both directions": BOTH_DIRECTIONS,
	"cyclonus: conflicts": CONFLICTS,
	"cyclonus: peers": PEERS,
	"cyclonus: rules and targets": RULES_AND_TARGETS,
	"cyclonus: ports": PORTS,
	"cyclonus: two ports": TWO_PORTS,
};

for (const [suite, cases] of Object.entries(SUITES)) {
	for (const family of [4, 6] as const) {
		describe(`${suite}, IPv${family}`, () => {
			test.each(cases.map((each) => [each.name, each] as const))("%s", (_, { steps }) => {
				for (const step of steps) {
					for (const { expected, found } of matricesOf(step, family)) {
						expect(expected).toHaveLength(72);
						expect(found).toEqual(expected);
					}
				}
			});
		});
	}
}
