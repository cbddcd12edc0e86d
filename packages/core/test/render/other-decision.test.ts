/**
 * Two walks of one course that something else decides. Names are as kube-proxy (pkg/proxy/iptables/proxier.go,
 * servicePortChainName; pkg/proxy/nftables/proxier.go, hashAndTruncate) and Calico (felix/rules/rule_defs.go) make them.
 */
import { describe, expect, test } from "vitest";
import { firstOtherDecision } from "../../src/render/other-decision.ts";
import type { Step } from "../../src/render/steps.ts";
import type { ExplainedRule } from "../../src/trace/explanation.ts";

interface Decided {
	readonly at?: string;
	readonly src?: string;
	readonly decision?: string;
	readonly rule?: Partial<ExplainedRule> & { readonly object?: string };
}

function step({ at = "node/a", src = "10.0.0.1", decision = "it is accepted", rule }: Decided): Step {
	const packet = {
		src,
		dst: "10.0.0.2",
		protocol: "tcp",
		sport: 40000,
		dport: 80,
		ttl: 63,
		mark: 0,
		outer: null,
		vlan: null,
	};
	const { object, ...own } = rule ?? {};
	const origin = { component: "felix", ...(object === undefined ? {} : { object }) };
	const rules =
		rule === undefined
			? {}
			: { rules: [{ table: "iptables filter", chain: "FORWARD", position: 1, text: "", origin, ...own }] };
	const hop = { at, stage: "forward", device: "eth0", packet, decision, code: "rule-accept", origin: null, ...rules };
	return { direction: "forward", hop, before: null, position: { kind: "at", spot: "" } };
}

const FIRST = step({ decision: "a process sends it" });
const differs = (one: Decided, other: Decided): boolean =>
	firstOtherDecision([FIRST, step(one)], [FIRST, step(other)]) === 1;

const POLICY_A = {
	chain: "cali-pi-_aXPcGnZLnhHWDSdKu4qu",
	object: "networkpolicy/default/allow-web",
	text: "-m mark --mark 0x10000/0x10000 -j RETURN",
};
const POLICY_B = { ...POLICY_A, chain: "cali-pi-_bYQdHoAMoiIXETeLv5rv", object: "networkpolicy/default/allow-all" };

describe("where the same packet is in the same place, it is another decision", () => {
	test.each([
		["when another policy lets it in", { rule: POLICY_A }, { rule: POLICY_B }],
		[
			"when a rule has other values",
			{ rule: { text: "-s 10.0.0.0/8 -j ACCEPT" } },
			{ rule: { text: "-s 10.0.0.0/16 -j ACCEPT" } },
		],
		["when another chain decides", { rule: { chain: "FORWARD" } }, { rule: { chain: "KUBE-FORWARD" } }],
		[
			"when another route or another group's entry does, which the sentence tells",
			{ decision: "Route 10.0.0.0/24 dev eth0 (table main, rule 32766)" },
			{ decision: "Route default via 10.0.0.253 dev eth0 (table main, rule 32766)" },
		],
	])("%s", (_, one, other) => {
		expect(differs(one, other)).toBe(true);
		expect(differs(one, one)).toBe(false);
	});

	test.each([
		[
			"hashes in the names of chains",
			{ rule: { chain: "KUBE-SVC-NPX46M4PTMTKRN6Y", text: "-j KUBE-SEP-IT2ZTR26TO4XFPTO" } },
			{ rule: { chain: "KUBE-SVC-TCOU7JCQXEZGVUNU", text: "-j KUBE-SEP-57KPRZ3JQVENLNBR" } },
		],
		["chains of policies by their hash alone", { rule: POLICY_A }, { rule: { ...POLICY_A, chain: POLICY_B.chain } }],
		["devices of pods", { decision: "out by veth0a1b2c3d" }, { decision: "out by veth99887766" }],
		[
			"comments and counters",
			{ rule: { text: '-m comment --comment "cali:6gwbT8clXdHdC1b1" -j ACCEPT' } },
			{ rule: { text: '-m comment --comment "cali:S93hcgKJrXEqnTfs" -j ACCEPT' } },
		],
	])("but not by what is generated: %s", (_, one, other) => {
		expect(differs(one, other)).toBe(false);
	});
});

describe("where the clusters are different ones, the form of the last rule counts", () => {
	const elsewhere = (decided: Decided): Decided => ({ ...decided, at: "node/worker-7", src: "172.16.3.4" });

	test.each([
		["another target", { rule: { text: "-s 10.0.0.1/32 -j ACCEPT" } }, { rule: { text: "-s 10.0.0.1/32 -j RETURN" } }],
		["another match", { rule: { text: "-p tcp --dport 80 -j ACCEPT" } }, { rule: { text: "-p tcp -j ACCEPT" } }],
		["another state", { rule: { text: "--ctstate NEW -j DROP" } }, { rule: { text: "--ctstate INVALID -j DROP" } }],
		["a rule of somebody else", { rule: { chain: "FORWARD" } }, { rule: { chain: "KUBE-FORWARD" } }],
		[
			"a policy of the whole cluster instead of a namespace",
			{ rule: POLICY_A },
			{ rule: { ...POLICY_B, object: "globalnetworkpolicy/allow-all" } },
		],
	])("%s is another decision", (_, one, other) => {
		expect(differs(one, elsewhere(other))).toBe(true);
	});

	test.each([
		["addresses", { rule: { text: "-s 10.0.0.1/32 -j ACCEPT" } }, { rule: { text: "-s fd00:10::1/128 -j ACCEPT" } }],
		["ports", { rule: { text: "-p tcp --dport 80 -j ACCEPT" } }, { rule: { text: "-p tcp --dport 8080 -j ACCEPT" } }],
		["names of policies", { rule: POLICY_A }, { rule: POLICY_B }],
		[
			"names of Services in nftables' chains",
			{ rule: { chain: "service-ULMVA6XW-ns1/svc1/tcp/p80" } },
			{ rule: { chain: "service-42NFTM6N-web/shop/tcp/http" } },
		],
		["devices", { rule: { text: "-i eth0 -j ACCEPT" } }, { rule: { text: "-i ens192 -j ACCEPT" } }],
		["sentences", { decision: "Route 10.0.0.0/24 dev eth0" }, { decision: "Route 172.16.0.0/16 dev ens192" }],
	])("%s are none", (_, one, other) => {
		expect(differs(one, elsewhere(other))).toBe(false);
	});
});
