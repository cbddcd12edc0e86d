/** Where a finding's cause shows among the steps of a path, beside the step with which the packet is lost. */
import { describe, expect, it } from "vitest";
import { lastStepOf } from "../../src/render/ends.ts";
import { causeStepOf, stepOfFinding } from "../../src/render/finding-steps.ts";
import { type Step, stepsOf } from "../../src/render/steps.ts";
import type { Explanation } from "../../src/trace/explanation.ts";
import { explanationOf } from "../support/scenario-answers.ts";

function causeIn(answer: Explanation): Step | undefined {
	const [path] = answer.paths;
	if (path === undefined) throw new Error("no path");
	const steps = stepsOf(path);
	return steps[causeStepOf(answer, path, steps) ?? -1];
}

describe("the step at which a cause shows", () => {
	it("is the bridge that netfilter does not see, not the client that gets the answer (seed 001 L166)", () => {
		const answer = explanationOf("flannel-vpc/001-1.2-no-bridge-nf");
		expect(causeIn(answer)).toMatchObject({ direction: "reply", hop: { stage: "bridge", device: "cni0" } });
		expect(causeIn(answer)?.hop.decision).toMatch(
			/; netfilter does not see it \(net\.bridge\.bridge-nf-call-iptables is 0\), so no rule is asked/,
		);
		expect(causeIn(answer)?.hop.cites).toContainEqual({
			group: "sysctl",
			begins: "net.bridge.bridge-nf-call-iptables = ",
			holds: "",
		});
	});

	it("is where the destination was rewritten, if the answer comes back past that stack", () => {
		const answer = explanationOf("bifrost-macvlan/service-without-masquerade");
		expect(causeIn(answer)).toMatchObject({ direction: "forward", hop: { at: "node/n1", stage: "prerouting" } });
		expect(answer.findings[0]?.message).toContain(
			"past the IP stack and the connection tracking of node/n1 (by its eth0-10)",
		);
	});

	it("is no other than the last one where that is itself the cause", () => {
		const answer = explanationOf("calico-bgp/policy-other-port");
		const [path] = answer.paths;
		const [finding] = answer.findings;
		if (path === undefined || finding === undefined) throw new Error("no finding");
		const steps = stepsOf(path);
		expect(causeIn(answer)).toBeUndefined();
		expect(stepOfFinding(finding, 0, steps)).toBe(lastStepOf(path, steps));
	});

	it("is none of a path that is answered, whatever is worth knowing of it", () => {
		const answer = explanationOf("flannel-vpc/001-1.2");
		expect(causeIn(answer)).toBeUndefined();
	});

	it("is none of a path that the finding is not about", () => {
		const answer = explanationOf("flannel-vpc/001-3.1");
		const [path] = answer.paths;
		const [finding] = answer.findings;
		if (path === undefined || finding === undefined) throw new Error("no finding");
		expect(stepOfFinding(finding, 1, stepsOf(path))).toBeNull();
	});
});
