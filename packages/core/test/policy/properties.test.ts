/** What holds of all NetworkPolicies: the evaluator says what the API's text says, and policies only add up. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { compilePolicies } from "../../src/policy/compile.ts";
import type { PolicyDirection } from "../../src/policy/flow.ts";
import { connectionVerdict, policyVerdict } from "../../src/policy/verdict.ts";
import { allFlows, anyPods, anyPolicy, policyCluster } from "../support/any-policies.ts";
import { referenceVerdict } from "../support/policy-reference.ts";

const anyPolicies = fc.array(anyPolicy, { maxLength: 4 });
const DIRECTIONS: readonly PolicyDirection[] = ["ingress", "egress"];

/** What one direction says of every flow. */
function verdicts(cluster: Cluster, direction: PolicyDirection): readonly string[] {
	const policies = compilePolicies(cluster);
	return allFlows(cluster).map((flow) => {
		const verdict = policyVerdict(policies, flow, direction);
		return verdict.kind === "allowed" ? verdict.why : verdict.kind;
	});
}

test("the evaluator agrees with the API's text on every connection", () => {
	fc.assert(
		fc.property(anyPods, anyPolicies, (pods, policies) => {
			const cluster = policyCluster(pods, policies);
			const compiled = compilePolicies(cluster);
			const flows = allFlows(cluster);
			expect(flows.map((flow) => connectionVerdict(compiled, flow).kind)).toEqual(
				flows.map((flow) => referenceVerdict(cluster, flow)),
			);
		}),
		{ numRuns: 150 },
	);
});

describe("policies", () => {
	test("do not depend on their order", () => {
		fc.assert(
			fc.property(anyPods, anyPolicies, (pods, policies) => {
				for (const direction of DIRECTIONS) {
					const forward = verdicts(policyCluster(pods, policies), direction);
					expect(verdicts(policyCluster(pods, policies.toReversed()), direction)).toEqual(forward);
				}
			}),
			{ numRuns: 40 },
		);
	});

	test("only widen what an isolated pod may do, and only narrow what was not isolated", () => {
		fc.assert(
			fc.property(anyPods, anyPolicies, anyPolicy, (pods, policies, added) => {
				for (const direction of DIRECTIONS) {
					const before = verdicts(policyCluster(pods, policies), direction);
					const after = verdicts(policyCluster(pods, [...policies, added]), direction);
					before.forEach((each, index) => {
						if (each === "rule") expect(after[index]).toBe("rule");
						if (each === "denied") expect(["rule", "denied"]).toContain(after[index]);
						if (each === "itself" || each === "not-a-pod") expect(after[index]).toBe(each);
					});
				}
			}),
			{ numRuns: 40 },
		);
	});

	test("of one direction alone change nothing in the other", () => {
		fc.assert(
			fc.property(anyPods, anyPolicies, anyPolicy, (pods, policies, added) => {
				for (const direction of DIRECTIONS) {
					const type = direction === "ingress" ? "Egress" : "Ingress";
					const other = { ...added, spec: { ...added.spec, policyTypes: [type] } };
					const before = verdicts(policyCluster(pods, policies), direction);
					expect(verdicts(policyCluster(pods, [...policies, other]), direction)).toEqual(before);
				}
			}),
			{ numRuns: 40 },
		);
	});

	test("that no rule follows deny everything to those that they select, and nothing else", () => {
		fc.assert(
			fc.property(anyPods, (pods) => {
				const deny = { namespace: "x", spec: { podSelector: {}, policyTypes: ["Ingress"] } };
				const cluster = policyCluster(pods, [deny]);
				const found = verdicts(cluster, "ingress");
				allFlows(cluster).forEach(({ from, to }, index) => {
					const isolated = to.kind === "pod" && to.pod.namespace === "x";
					const itself = from.kind === "pod" && to.kind === "pod" && from.pod === to.pod;
					expect(found[index] === "denied").toBe(isolated && !itself);
				});
			}),
			{ numRuns: 20 },
		);
	});
});
