/**
 * Who reaches whom through whole networks whose mode enforces policies: the cases and outcomes of the suites of Kubernetes and cyclonus,
 * as `podpath explain` decides them. Calico's are decided by Felix's chains and sets, those of the other modes by what is documented.
 */
import { describe, expect, test } from "vitest";
import type { Family } from "../../src/address/address.ts";
import { enforcedMatrices, nodesOf } from "../support/policy-enforced.ts";
import type { MatrixCase } from "../support/policy-matrix.ts";
import { CONFLICTS, PEERS, PORTS, RULES_AND_TARGETS, TWO_PORTS } from "./cases/cyclonus.ts";
import { BOTH_DIRECTIONS, EGRESS } from "./cases/kubernetes-egress.ts";
import { DENIALS_AND_PORTS, SELECTORS, UPDATES } from "./cases/kubernetes-ingress.ts";

const CASES: readonly MatrixCase[] = [
	...[...SELECTORS, ...DENIALS_AND_PORTS, ...UPDATES, ...EGRESS, ...BOTH_DIRECTIONS],
	...[...CONFLICTS, ...PEERS, ...RULES_AND_TARGETS, ...PORTS, ...TWO_PORTS.filter((_, index) => index % 4 === 0)],
];

/** All are asked of Calico's chains in IPv4; of the others, which read the same policies, every so manieth. */
const ASKED: readonly (readonly [mode: string, family: Family, step: number])[] = [
	["calico-bgp", 4, 1],
	["calico-bgp", 6, 4],
	["calico-vxlan", 4, 9],
	["hybridnet-vxlan", 4, 5],
	["hybridnet-vxlan", 6, 9],
	["terway-vpc", 4, 7],
	["terway-datapathv2", 4, 5],
	["terway-ipvlan", 4, 7],
];

describe.each(ASKED)("%s, IPv%i", (mode, family, step) => {
	const surroundings = nodesOf(mode);
	const cases = CASES.filter((_, index) => index % step === 0);

	test.each(cases.map((each) => [each.name, each] as const))("%s", (_, { steps }) => {
		for (const { expected, found } of steps.flatMap((each) => enforcedMatrices(each, family, surroundings))) {
			expect(expected).toHaveLength(72);
			expect(found).toEqual(expected);
		}
	});
});
