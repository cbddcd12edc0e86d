/** The end of a path in its picture: where the packet is lost, or its answer. */
import { describe, expect, it } from "vitest";
import { endsOf, lastStepOf } from "../../src/render/ends.ts";
import { stepsOf } from "../../src/render/steps.ts";
import { answerOf } from "../support/scenario-answers.ts";

/** The spots with a tone, as `place device`. */
function endsIn(name: string): Readonly<Record<string, string>> {
	return Object.fromEntries(
		[...endsOf(answerOf(name))].map(([key, tone]) => [(JSON.parse(key) as readonly string[]).join(" "), tone]),
	);
}

describe("the end of a path", () => {
	it("is where it arrives, if the answer comes back", () => {
		expect(endsIn("flannel-vpc/001-1.1")).toEqual({
			"pod/default/centos-67756b6dc8-rmmxt eth0": "start",
			"pod/default/nginx-7d6877d777-6jkfg eth0": "good",
		});
		const path = answerOf("flannel-vpc/001-1.1");
		expect(lastStepOf(path, stepsOf(path))).toBeNull();
	});

	it("is at the client, if the answer does not count there (seed 001 L166: it comes from the pod, not the Service)", () => {
		expect(endsIn("flannel-vpc/001-1.2-no-bridge-nf")).toEqual({ "pod/default/centos-67756b6dc8-rmmxt eth0": "bad" });
	});

	it("is at the card by which the answer comes, not that by which the question went", () => {
		expect(endsIn("bifrost-macvlan/service-without-masquerade")).toEqual({
			"pod/default/m1 veth0": "start",
			"pod/default/m1 eth0": "bad",
		});
	});

	it("is on the node whose rule drops the packet", () => {
		const path = answerOf("calico-bgp/policy-other-port");
		const steps = stepsOf(path);
		expect(steps[lastStepOf(path, steps) ?? -1]?.hop.at).toBe("node/c1");
		expect(Object.keys(endsIn("calico-bgp/policy-other-port")).at(-1)).toMatch(/^node\/c1 cali/);
	});

	it("is where the packet is refused, also if the refusal comes back to the client", () => {
		const path = answerOf("flannel-vpc/001-3.1");
		const steps = stepsOf(path);
		expect(steps[lastStepOf(path, steps) ?? -1]?.hop.code).toBe("ipvs-no-server");
		expect(endsIn("flannel-vpc/001-3.1")["node/ap-southeast-1.10.0.0.180 cni0"]).toBe("bad");
	});
});
