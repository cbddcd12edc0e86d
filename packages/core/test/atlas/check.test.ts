import { describe, expect, test } from "vitest";
import { checkScenario, formatDifference } from "../../src/atlas/check.ts";
import { parseScenarios } from "../../src/atlas/parse.ts";
import type { Scenario } from "../../src/atlas/scenario.ts";
import type { ExplainedHop, ExplainedPath, Explanation } from "../../src/trace/explanation.ts";

/** A scenario with these expectations, written as in scenarios.yaml. */
function scenario(expectations: string): Scenario {
	const text = `apiVersion: podpath.dev/v1alpha1
kind: Scenarios
mode: flannel-vpc
scenarios:
  - id: one
    title: One
    question: { from: pod/default/a, to: service/default/b:80 }
${expectations.replace(/^/gm, "    ")}`;
	const [only] = parseScenarios(text, "scenarios.yaml");
	if (only === undefined) throw new Error("no scenario");
	return only;
}

function hop(
	at: string,
	device: string,
	src: string,
	dst: string,
	more: Partial<ExplainedHop["packet"]> = {},
): ExplainedHop {
	const packet = {
		src,
		dst,
		protocol: "tcp",
		sport: 40000,
		dport: 80,
		ttl: 64,
		mark: 0,
		outer: null,
		vlan: null,
		...more,
	};
	return { at, stage: "transmit", device, packet, decision: "", code: "", origin: null };
}

const DELIVERED: ExplainedPath = {
	weight: 1,
	verdict: "delivered",
	reason: "the server answered",
	forward: {
		links: [
			{ at: "pod/default/a", device: "eth0" },
			{ at: "node/n", device: "vetha1b2" },
			{ at: "node/n", device: "eth0" },
			{ at: "vpc/v" },
		],
		hops: [
			hop("node/n", "eth0", "10.0.0.1", "10.1.0.2"),
			hop("node/n", "eth1", "10.1.0.1", "10.1.0.2", { vlan: 1027 }),
			hop("node/n", "flannel.1", "10.1.0.1", "10.1.0.2", {
				outer: { kind: "vxlan", src: "10.0.0.1", dst: "10.0.0.2", vni: 1 },
			}),
		],
	},
	reply: { links: [{ at: "node/n", device: "eth0" }], hops: [] },
	stacks: ["pod/default/a", "node/n"],
	nat: [{ at: "slb/b", kind: "dnat", from: "8.0.0.1:80", to: "10.0.0.1:30080", by: { component: "load-balancer" } }],
	conntrack: [
		{
			at: "node/n",
			protocol: "tcp",
			original: { src: "10.1.0.1", sport: 40000, dst: "10.0.0.1", dport: 30080 },
			reply: { src: "10.1.0.2", sport: 80, dst: "10.1.0.1", dport: 40000 },
		},
	],
	securityGroups: [
		{
			interface: "eni-1",
			direction: "egress",
			state: "new",
			decision: "allow",
			group: "sg-1",
			rule: "egress accept all",
		},
		{ interface: "eni-1", direction: "ingress", state: "established", decision: "allow", group: "sg-1", rule: "known" },
	],
	captures: [],
	serviceAddressSeenAt: [{ at: "pod/default/a", device: "eth0" }],
	clientAddress: { preserved: false, seen: "10.0.0.1", lostAt: "node/n", by: "masquerade" },
};

function explanation(...paths: readonly ExplainedPath[]): Explanation {
	return {
		apiVersion: "podpath.dev/v1alpha1",
		kind: "Explanation",
		question: { from: "pod/default/a", to: "service/default/b:80", protocol: "tcp" },
		verdict: "delivered",
		paths,
		findings: [],
	};
}

/** What the check says of an answer with the one path, one line a difference. */
function differences(expectations: string, ...paths: readonly ExplainedPath[]): readonly string[] {
	return checkScenario(explanation(...(paths.length === 0 ? [DELIVERED] : paths)), scenario(expectations)).map(
		({ about, expected, got }) => `${about}: ${expected} | ${got}`,
	);
}

const VERDICT = 'expect:\n  verdict: { is: delivered, source: "seed 001 L1" }';

describe("an answer that is as expected", () => {
	test.each([
		["verdict", VERDICT],
		[
			"links, with a pattern for a random name",
			`${VERDICT}\n  forward: { is: [pod/default/a eth0, node/n veth* eth0, vpc/v], source: K1 }`,
		],
		["stacks", `${VERDICT}\n  stacks: { is: [pod/default/a, node/n], source: K1 }`],
		["nat", `${VERDICT}\n  nat: { is: "slb/b dnat 8.0.0.1:80 > *:30080", source: K1 }`],
		[
			"conntrack",
			`${VERDICT}\n  conntrack: { is: { node/n: src=10.1.0.1 dport=30080 src=10.1.0.2 sport=80 }, source: K1 }`,
		],
		["no conntrack entry elsewhere", `${VERDICT}\n  conntrack: { is: { node/m: none }, source: K1 }`],
		["the lost client", `${VERDICT}\n  clientAddress: { is: lost at node/n to 10.0.0.1, source: K1 }`],
		["where the Service's address is", `${VERDICT}\n  serviceAddressSeenAt: { is: pod/default/a eth0, source: K1 }`],
		["a packet", `${VERDICT}\n  forwardHeaders: { is: { node/n eth0: "10.0.0.1:40000 > 10.1.0.2:80" }, source: K1 }`],
		[
			"an encapsulated packet",
			`${VERDICT}\n  forwardHeaders: { is: { node/n flannel.1: "vxlan 1 10.0.0.1 > 10.0.0.2 | 10.1.0.1 > 10.1.0.2" }, source: K1 }`,
		],
		[
			"a tagged packet",
			`${VERDICT}\n  forwardHeaders: { is: { node/n eth1: vlan 1027 10.1.0.1 > 10.1.0.2 }, source: K1 }`,
		],
		[
			"what security groups were asked, in order",
			`${VERDICT}\n  securityGroups: { is: [eni-1:egress:new allow sg-1, eni-1:ingress:established allow], source: K1 }`,
		],
		["what they were not asked", `${VERDICT}\n  securityGroupsNot: { is: [eni-2, eni-1:ingress:new], source: K1 }`],
		["members of the load balancer", `loadBalancerMembers: { is: ["10.0.0.1:30080"], source: K1 }\n${VERDICT}`],
	])("%s: no difference", (_, expectations) => {
		expect(differences(expectations)).toEqual([]);
	});
});

describe("a difference says what was expected and what was got", () => {
	test.each([
		[
			'expect:\n  verdict: { is: refused, source: "seed 001 L191" }',
			"verdict: refused | delivered: the server answered",
		],
		[`${VERDICT}\n  weight: { is: 1/2, source: K1 }`, "share: 0.5 | 1"],
		[
			`${VERDICT}\n  forward: { is: [pod/default/a eth0, node/n veth* cni0 eth0, vpc/v], source: K1 }`,
			"forward: pod/default/a eth0 > node/n veth* cni0 eth0 > vpc/v | pod/default/a eth0 > node/n vetha1b2 eth0 > vpc/v",
		],
		[`${VERDICT}\n  reply: { is: none, source: K1 }`, "reply: none | node/n eth0"],
		[`${VERDICT}\n  nat: { is: none, source: K1 }`, "nat: none | slb/b dnat 8.0.0.1:80 > 10.0.0.1:30080"],
		[
			`${VERDICT}\n  conntrack: { is: { node/n: none }, source: K1 }`,
			"conntrack of node/n: none | src=10.1.0.1 dst=10.0.0.1 sport=40000 dport=30080 src=10.1.0.2 dst=10.1.0.1 sport=80 dport=40000",
		],
		[`${VERDICT}\n  clientAddress: { is: kept, source: K1 }`, "client address: kept | lost at node/n to 10.0.0.1"],
		[
			`${VERDICT}\n  forwardHeaders: { is: { node/n eth0: "10.0.0.9 > 10.1.0.2" }, source: K1 }`,
			"forward packet at node/n eth0: 10.0.0.9 > 10.1.0.2 | 10.0.0.1:40000 > 10.1.0.2:80",
		],
		[
			`${VERDICT}\n  replyHeaders: { is: { node/n cni0: "10.0.0.9 > 10.1.0.2" }, source: K1 }`,
			"reply packet at node/n cni0: 10.0.0.9 > 10.1.0.2 | no packet there",
		],
		[
			`${VERDICT}\n  forwardHeaders: { is: { node/n eth1: 10.1.0.1 > 10.1.0.2 }, source: K1 }`,
			"forward packet at node/n eth1: 10.1.0.1 > 10.1.0.2 | vlan 1027 10.1.0.1:40000 > 10.1.0.2:80",
		],
		[
			`${VERDICT}\n  securityGroups: { is: [eni-1:egress:new deny, eni-1:ingress:established allow], source: K1 }`,
			"security groups: eni-1:egress:new deny, eni-1:ingress:established allow | eni-1:egress:new allow sg-1, eni-1:ingress:established allow sg-1",
		],
		[
			`${VERDICT}\n  securityGroupsNot: { is: [eni-2, eni-1:egress], source: K1 }`,
			"security groups not asked: none of eni-2, eni-1:egress | eni-1:egress:new allow sg-1",
		],
		[`findings: { is: [some-finding], source: K1 }\n${VERDICT}`, "findings: some-finding | none"],
	])("%s", (expectations, difference) => {
		expect(differences(expectations)).toEqual([difference]);
	});

	test("with the sources of the expectation", () => {
		const [difference] = checkScenario(
			explanation(DELIVERED),
			scenario('expect:\n  verdict: { is: refused, source: "seed 001 L191, E:t1.S3" }'),
		);
		expect(difference === undefined ? "" : formatDifference(difference)).toBe(
			"verdict (seed 001 L191, E:t1.S3)\n  expected refused\n  got      delivered: the server answered",
		);
	});
});

describe("several paths", () => {
	const refused: ExplainedPath = { ...DELIVERED, verdict: "refused", weight: 0.25, reason: "refused" };
	const delivered: ExplainedPath = { ...DELIVERED, weight: 0.75 };
	const both = `expect:
  - verdict: { is: delivered, source: K1 }
    weight: { is: 3/4, source: K1 }
  - verdict: { is: refused, source: K1 }`;

	test("may come in any order", () => {
		expect(differences(both, refused, delivered)).toEqual([]);
		expect(differences(both, delivered, refused)).toEqual([]);
	});

	test("one that is missing is a difference", () => {
		expect(differences(both, delivered)).toEqual(["path 2 of 2: path: refused | no such path"]);
	});

	test("one more is a difference", () => {
		expect(differences(VERDICT, delivered, refused)).toHaveLength(1);
	});

	test("unless the scenario looks at some of them only", () => {
		expect(differences(`otherPaths: true\n${VERDICT}`, refused, delivered)).toEqual([]);
	});
});
