/** What an answer says of NetworkPolicies that select the pods it is about. */
import { describe, expect, test } from "vitest";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { Explanation, Finding } from "../../src/trace/explanation.ts";
import { clusterOfYaml, nodeYaml, podYaml } from "../support/manifests.ts";
import { netpol } from "../support/policy-matrix.ts";
import { G8ZS7, KT7R8, trunkCluster } from "../support/terway-clusters.ts";

const NODE = nodeYaml("a", "10.0.0.1", "10.244.0.0/24");
const PODS = [podYaml("client", "10.244.0.2").replace("app: web", "app: client"), podYaml("server", "10.244.0.3")];
const DENY = netpol("default", "deny", "{ podSelector: { matchLabels: { app: web } } }");
const ALLOW = netpol("default", "allow", "{ podSelector: { matchLabels: { app: web } }, ingress: [{}] }");
const QUIET = netpol("default", "quiet", "{ podSelector: { matchLabels: { app: client } }, policyTypes: [Egress] }");

function answer(mode: string, ...policies: readonly string[]): Explanation {
	return answerFrom("pod/default/client", mode, policies);
}

function answerFrom(from: string, mode: string, policies: readonly string[], to = "10.244.0.3:80"): Explanation {
	const kind = `apiVersion: podpath.dev/v1alpha1\nkind: Cluster\nmetadata: { name: c }\nspec: { mode: ${mode}, podCIDRs: [10.244.0.0/16] }`;
	const cluster = clusterOfYaml(...(mode === "" ? [] : [kind]), NODE, ...PODS, ...policies);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return explain(subject, { from, to, protocol: "tcp" });
}

function answerTo(to: string, mode: string, policies: readonly string[]): Explanation {
	return answerFrom("pod/default/client", mode, policies, to);
}

function policyFindings(mode: string, ...policies: readonly string[]): readonly Finding[] {
	return answer(mode, ...policies).findings.filter(({ code }) => code.startsWith("policy-"));
}

// cmd/terway-cli/policy.go initPolicy: without it calico-felix is removed, cilium-agent runs with --enable-policy=never.
describe.each(["terway-vpc, terway: { networkPolicy: false }"])("an enforcer that is switched off", (mode) => {
	test("lets it pass, and says what switches it off", () => {
		expect(answer(mode, DENY).verdict).toBe("delivered");
		expect(policyFindings(mode, DENY)).toMatchObject([
			{
				code: "policy-not-enforced",
				message: expect.stringContaining("nothing enforces that: disable_network_policy is set for terway-vpc"),
				fix: "switch the mode's own enforcer on again",
				fixKind: "action",
			},
		]);
		expect(policyFindings("terway-vpc", DENY)).toMatchObject([{ code: "policy-denied" }]);
	});
});

describe("a mode that enforces none (Flannel)", () => {
	test("lets it pass, and says that the policy exists but nothing applies it", () => {
		const { verdict } = answer("flannel-vxlan", DENY);
		expect(verdict).toBe("delivered");
		expect(policyFindings("flannel-vxlan", DENY)).toEqual([
			{
				code: "policy-not-enforced",
				severity: "warning",
				message:
					"networkpolicy/default/deny selects pod/default/server, but nothing enforces that: flannel-vxlan has no NetworkPolicy; enforced, it would stop this connection",
				fix: expect.stringContaining("run an enforcer beside it"),
				fixKind: "action",
				object: "networkpolicy/default/deny",
			},
		]);
	});

	test("says so too of a policy that would not stop it", () => {
		const [finding] = policyFindings("flannel-vxlan", ALLOW);
		expect(finding?.message).toBe(
			"networkpolicy/default/allow selects pod/default/server, but nothing enforces that: flannel-vxlan has no NetworkPolicy",
		);
	});

	test("names the policies of both ends", () => {
		expect(
			policyFindings("flannel-vxlan", DENY, ALLOW, QUIET).map(({ message }) =>
				message.split(" ").slice(0, 4).join(" "),
			),
		).toEqual([
			"networkpolicy/default/quiet selects pod/default/client, but",
			"networkpolicy/default/deny, networkpolicy/default/allow select pod/default/server,",
		]);
	});

	test("says nothing where no policy selects the pods in the direction asked about", () => {
		const ingressOfClient = netpol("default", "p", "{ podSelector: { matchLabels: { app: client } } }");
		expect(policyFindings("flannel-vxlan", ingressOfClient)).toEqual([]);
		expect(policyFindings("flannel-vxlan")).toEqual([]);
	});

	test("says which policy of another API it did not evaluate", () => {
		const foreign = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: c }";
		expect(policyFindings("flannel-vxlan", foreign)).toMatchObject([
			{ code: "policy-not-evaluated", severity: "warning", object: "CiliumNetworkPolicy/c" },
		]);
	});
});

describe.each(["terway-vpc", "hybridnet-vxlan", "calico-bgp"])("a mode that enforces them (%s)", (mode) => {
	test("drops it, and says which policy isolates the pod, and where that is written", () => {
		const { verdict, findings } = answer(mode, DENY);
		expect(verdict).toBe("dropped");
		expect(findings[0]).toEqual({
			code: "policy-denied",
			severity: "error",
			message:
				"ingress of pod/default/server: isolated by networkpolicy/default/deny (cluster.yaml:26), and no rule admits tcp port 80 from 10.244.0.2 to 10.244.0.3; there is no ingress rule at all",
			fix: expect.stringContaining("add to networkpolicy/default/deny an ingress rule"),
			fixKind: "action",
			object: "networkpolicy/default/deny",
			steps: [{ path: 0, direction: "forward", hop: expect.any(Number) }],
		});
	});

	test("says what is admitted there, with the rules that miss the connection in one thing before others", () => {
		const rule = (peer: string, ports: string): string => `{ from: [${peer}], ports: [${ports}] }`;
		const rules = [
			rule("{ namespaceSelector: {}, podSelector: { matchLabels: { app: other } } }", "{ port: 443 }"),
			rule("{ podSelector: { matchLabels: { app: client } } }", "{ port: http }, { port: 8000, endPort: 8080 }"),
			rule("{ ipBlock: { cidr: 192.168.1.0/24, except: [192.168.1.50/32] } }", "{ port: 80 }"),
		];
		const near = netpol(
			"default",
			"near",
			`{ podSelector: { matchLabels: { app: web } }, ingress: [${rules.join(", ")}] }`,
		);
		expect(answer(mode, near).findings[0]?.message).toContain(
			"; admitted there is tcp http, tcp 8000-8080 from pods with app=client (cluster.yaml:29); tcp 80 from 192.168.1.0/24 except 192.168.1.50/32 (cluster.yaml:29); and 1 more",
		);
	});

	test("says which rule lets it through", () => {
		expect(answer(mode, DENY, ALLOW).verdict).toBe("delivered");
		expect(policyFindings(mode, DENY, ALLOW)).toEqual([
			{
				code: "policy-allowed",
				severity: "info",
				message:
					"ingress of pod/default/server: let through by networkpolicy/default/allow ingress[0] (cluster.yaml:34)",
				object: "networkpolicy/default/allow",
				steps: [{ path: 0, direction: "forward", hop: expect.any(Number) }],
			},
		]);
	});

	test("lets the pod's own node in, and nothing out to it without a rule (felix/rules/static.go)", () => {
		expect(answerFrom("node/a", mode, [DENY]).verdict).toBe("delivered");
		expect(answerTo("10.0.0.1:10250", mode, [QUIET]).verdict).toBe("dropped");
	});

	test("does not know what policies of another API say to the pods that they may select", () => {
		const calicos = (selector: string): string =>
			`apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: { name: g }\nspec: { selector: "${selector}" }`;
		expect(answer(mode, calicos("app == 'web'")).verdict).toBe("unknown");
		expect(answer(mode, calicos("projectcalico.org/namespace == 'default'")).verdict).toBe("unknown");
		expect(answer(mode, calicos("pcns.team == 'a'")).verdict).toBe("unknown");
		expect(answer(mode, calicos("app == 'other'")).verdict).toBe("delivered");
		const elsewhere = calicos("all()").replace("Global", "").replace("name: g", "name: g, namespace: other");
		expect(answer(mode, elsewhere).verdict).toBe("delivered");
	});

	test("does not know whether a rule means pods of a namespace that the input does not hold", () => {
		const team = netpol(
			"default",
			"team",
			"{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: a } } }] }] }",
		);
		expect(answer(mode, team).verdict).toBe("unknown");
	});
});

test("without a mode nobody knows whether anything enforces them", () => {
	const { findings } = answerFrom("node/a", "", [DENY]);
	expect(findings.filter(({ code }) => code.startsWith("policy-"))).toMatchObject([
		{ code: "policy-not-evaluated", severity: "warning", object: "networkpolicy/default/deny" },
	]);
});

// cmd/terway-cli/policy.go: felix works at the veth pairs; a member's VLAN device (vlan_strip_type vlan) has none.
describe("an enforcer that does not reach the pod (terway-trunk with VLAN devices)", () => {
	const deny = netpol("trunking", "deny", "{ podSelector: {}, policyTypes: [Ingress] }");
	const question = { from: `pod/${G8ZS7}`, to: "10.0.0.0:80", protocol: "tcp" } as const;

	function answerOf(settings: string): Explanation {
		const cluster = trunkCluster(settings, deny);
		const to = `${cluster.pod(KT7R8)?.podIPs[0]?.text}:80`;
		return explain({ cluster, network: clusterNetwork(cluster), fromSnapshot: false }, { ...question, to });
	}

	test("lets it pass, and says so", () => {
		const { verdict, findings } = answerOf(", terway: { vlanStripType: vlan }");
		expect(verdict).toBe("delivered");
		expect(findings.filter(({ code }) => code.startsWith("policy-"))).toMatchObject([
			{
				code: "policy-left-out",
				message: expect.stringContaining("terway-trunk does not enforce it there"),
				object: `pod/${KT7R8}`,
			},
		]);
	});

	test("with veth pairs the policy decides", () => {
		expect(answerOf(", terway: { vlanStripType: filter }").verdict).toBe("dropped");
	});
});
