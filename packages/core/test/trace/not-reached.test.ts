/** Whose address a packet was for that ended on its way. */
import { describe, expect, test } from "vitest";
import { answerOf } from "../support/scenario-answers.ts";

describe("what a packet does not reach", () => {
	test.each([
		// calico felix/rules/policy.go: a policy drops it on the pod's own node.
		["a pod that its policy keeps it from", "calico-bgp/policy-denied", { at: "pod/default/a2", on: "node/c1" }],
		// Seed 003 L62: without a route of the VPC the packet is dropped there, before it comes to the pod's node.
		["a pod on a node that it does not come to", "terway-vpc/V1", { at: "pod/default/nginx-1", on: "node/k8s-1" }],
	])("is %s, with its node", (_, scenario, notReached) => {
		expect(answerOf(scenario)).toMatchObject({ reply: null, notReached });
	});

	test.each([
		["a Service that has no endpoint is no place (seed 001 L187)", "flannel-vpc/001-3.1"],
		[
			"an answer that gets lost was for the client, which is where it began",
			"bifrost-macvlan/service-without-masquerade",
		],
		["what is delivered", "flannel-vpc/001-2.2"],
	])("is nothing: %s", (_, scenario) => {
		expect(answerOf(scenario)).not.toHaveProperty("notReached");
	});
});
