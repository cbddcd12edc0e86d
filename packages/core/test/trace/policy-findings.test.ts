/** What an answer says of NetworkPolicies that select the pods it is about. */
import { describe, expect, test } from "vitest";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { Explanation, Finding } from "../../src/trace/explanation.ts";
import { clusterOfYaml, nodeYaml, podYaml } from "../support/manifests.ts";
import { netpol } from "../support/policy-matrix.ts";

const NODE = nodeYaml("a", "10.0.0.1", "10.244.0.0/24");
const PODS = [podYaml("client", "10.244.0.2").replace("app: web", "app: client"), podYaml("server", "10.244.0.3")];
const DENY = netpol("default", "deny", "{ podSelector: { matchLabels: { app: web } } }");
const ALLOW = netpol("default", "allow", "{ podSelector: { matchLabels: { app: web } }, ingress: [{}] }");
const QUIET = netpol("default", "quiet", "{ podSelector: { matchLabels: { app: client } }, policyTypes: [Egress] }");

function answer(mode: string, ...policies: readonly string[]): Explanation {
	return answerFrom("pod/default/client", mode, policies);
}

function answerFrom(from: string, mode: string, policies: readonly string[]): Explanation {
	const kind = `apiVersion: podpath.dev/v1alpha1\nkind: Cluster\nmetadata: { name: c }\nspec: { mode: ${mode} }`;
	const cluster = clusterOfYaml(...(mode === "" ? [] : [kind]), NODE, ...PODS, ...policies);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return explain(subject, { from, to: "10.244.0.3:80", protocol: "tcp" });
}

function policyFindings(mode: string, ...policies: readonly string[]): readonly Finding[] {
	return answer(mode, ...policies).findings.filter(({ code }) => code.startsWith("policy-"));
}

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

describe("a mode whose enforcer is documented (Terway)", () => {
	test("says what is left out, where the path does not hold what policies say", () => {
		expect(policyFindings("terway-vpc", DENY)).toMatchObject([
			{
				code: "policy-left-out",
				message:
					"ingress of pod/default/server: isolated by networkpolicy/default/deny, and no rule admits it; this answer was found without that",
			},
		]);
	});

	test("says nothing where they agree", () => {
		expect(policyFindings("terway-vpc", DENY, ALLOW)).toEqual([]);
	});
});

test("without a mode nobody knows whether anything enforces them", () => {
	const { findings } = answerFrom("node/a", "", [DENY]);
	expect(findings.filter(({ code }) => code.startsWith("policy-"))).toMatchObject([
		{ code: "policy-not-evaluated", severity: "warning", object: "networkpolicy/default/deny" },
	]);
});
