/** What a verdict says besides allowed and denied: by which rule, why not, and what nobody can know. */
import { describe, expect, test } from "vitest";
import { DOCUMENTED_ENFORCEMENT, type PolicyEnforcement } from "../../src/policy/enforcement.ts";
import { asked, described, type World } from "../support/policy-flows.ts";
import { netpol } from "../support/policy-matrix.ts";

const FELIX: PolicyEnforcement = { ownNode: "from", hostNetworkPods: "as-node", otherProtocols: "rules-without-ports" };

const WEB = { key: "default/web", ip: "10.244.0.2", node: "a", labels: { app: "web" }, ports: ["http:8080/TCP"] };
const CLIENT = { key: "default/client", ip: "10.244.0.3", node: "a", labels: { app: "client" } };
const AGENT = { key: "default/agent", ip: "10.0.0.1", node: "a", hostNetwork: true, labels: { app: "client" } };
const FAR_AGENT = { ...AGENT, key: "default/far-agent", ip: "10.0.0.2", node: "b" };
const OTHER = { key: "other/client", ip: "10.244.0.4", node: "b", labels: { app: "client" } };

function world(...policies: readonly string[]): World {
	return { namespaces: { default: {} }, pods: [WEB, CLIENT, AGENT, FAR_AGENT, OTHER], policies };
}

const DENY = netpol(
	"default",
	"deny",
	"{ podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress, Egress] }",
);
const FROM_CLIENTS = netpol(
	"default",
	"clients",
	"{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 9 }] }, { from: [{ podSelector: { matchLabels: { app: client } } }] }] }",
);
const EVERYBODY = netpol(
	"default",
	"all",
	"{ podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}] }",
);

describe("a verdict names", () => {
	test("every rule that lets the connection through, of every policy", () => {
		expect(described(world(DENY, FROM_CLIENTS, EVERYBODY), "ingress", "default/client", "default/web", "tcp 80")).toBe(
			"allowed by networkpolicy/default/clients ingress[1], networkpolicy/default/all ingress[0]",
		);
	});

	test("the policies that isolate the pod, where no rule does", () => {
		expect(described(world(DENY, FROM_CLIENTS), "ingress", "10.9.9.9", "default/web", "tcp 80")).toBe(
			"isolated by networkpolicy/default/deny, networkpolicy/default/clients, and no rule admits it",
		);
	});

	test("only policies of the direction: one is not isolated by the other", () => {
		const egressOnly = netpol(
			"default",
			"p",
			"{ podSelector: {}, policyTypes: [Egress], ingress: [{ ports: [{ port: 9 }] }] }",
		);
		expect(described(world(egressOnly), "ingress", "default/client", "default/web", "tcp 80")).toBe(
			"allowed: no NetworkPolicy selects the pod",
		);
	});

	test("that policies are for pods alone", () => {
		expect(described(world(DENY), "ingress", "default/client", "10.9.9.9", "tcp 80")).toBe(
			"allowed: NetworkPolicies are for pods",
		);
	});
});

describe('a pod always reaches itself (documentation, "a Pod cannot block access to itself")', () => {
	test.each(["ingress", "egress"] as const)("%s", (direction) => {
		expect(described(world(DENY), direction, "default/web", "default/web", "tcp 80")).toBe(
			"allowed: a pod always reaches itself",
		);
	});
});

describe("the pod's own node", () => {
	const NODE = "node/a 10.244.0.1";
	const FAR = "node/b 10.0.0.2";

	test.each([
		["from it, always (types.go, Ingress)", DOCUMENTED_ENFORCEMENT, NODE, "default/web", "allowed"],
		["to it, by the documentation", DOCUMENTED_ENFORCEMENT, "default/web", NODE, "allowed"],
		["from another node, as from any address", DOCUMENTED_ENFORCEMENT, FAR, "default/web", "denied"],
		["to another node", DOCUMENTED_ENFORCEMENT, "default/web", FAR, "denied"],
		["to it, where the enforcer polices that", FELIX, "default/web", NODE, "denied"],
		[
			"from it, where the enforcer polices that too",
			{ ...FELIX, ownNode: "nothing" as const },
			NODE,
			"default/web",
			"denied",
		],
	])("%s", (_, enforcement, from, to, verdict) => {
		expect(asked(world(DENY), from, to, "tcp 80", enforcement)).toBe(verdict);
	});
});

describe('pods of a node\'s network (documentation, "NetworkPolicy and hostNetwork pods")', () => {
	const asPod: PolicyEnforcement = { ...FELIX, hostNetworkPods: "as-pod" };

	test.each([
		["as its node, a client is not selected", FELIX, "default/far-agent", "default/web", "denied"],
		["as its node, one beside the pod is the pod's own node", FELIX, "default/agent", "default/web", "allowed"],
		["as a pod, a client is selected", asPod, "default/far-agent", "default/web", "allowed"],
		["undefined: nobody knows", DOCUMENTED_ENFORCEMENT, "default/far-agent", "default/web", "unknown"],
		["undefined, and either way allowed", DOCUMENTED_ENFORCEMENT, "default/agent", "default/web", "allowed"],
	])("%s", (_, enforcement, from, to, verdict) => {
		expect(asked(world(FROM_CLIENTS), from, to, "tcp 80", enforcement)).toBe(verdict);
	});

	test("are isolated only where they are treated as pods", () => {
		const denyAgents = netpol("default", "p", "{ podSelector: { matchLabels: { app: client } } }");
		const verdict = (enforcement: PolicyEnforcement): string =>
			asked(world(denyAgents), "default/web", "default/far-agent", "tcp 80", enforcement);
		expect([verdict(FELIX), verdict(asPod), verdict(DOCUMENTED_ENFORCEMENT)]).toEqual(["allowed", "denied", "unknown"]);
	});

	test("are reached by their node's address alone as the node", () => {
		expect(asked(world(FROM_CLIENTS), "10.0.0.2", "default/web", "tcp 80")).toBe("denied");
	});
});

describe('protocols that no rule can name (documentation, on "deny all")', () => {
	const withoutPorts = netpol(
		"default",
		"p",
		"{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }] }] }",
	);
	const tcpOnly = netpol("default", "p", "{ podSelector: {}, ingress: [{ ports: [{ protocol: TCP }] }] }");
	const allowing: PolicyEnforcement = { ...FELIX, otherProtocols: "allowed" };

	test.each([
		["are undefined to an isolated pod", DOCUMENTED_ENFORCEMENT, withoutPorts, "unknown"],
		["pass by rules that restrict no ports", FELIX, withoutPorts, "allowed"],
		["are stopped by rules with ports", FELIX, tcpOnly, "denied"],
		["pass where the enforcer lets them", allowing, tcpOnly, "allowed"],
	])("%s", (_, enforcement, policy, verdict) => {
		expect(asked(world(policy), "default/client", "default/web", "icmp 0", enforcement)).toBe(verdict);
	});

	test("reach a pod that nothing isolates", () => {
		expect(asked(world(DENY), "default/web", "default/client", "icmp 0", FELIX)).toBe("denied");
		expect(asked(world(), "default/web", "default/client", "icmp 0")).toBe("allowed");
	});
});

describe("named ports", () => {
	const egressByName = netpol(
		"default",
		"p",
		"{ podSelector: { matchLabels: { app: client } }, policyTypes: [Egress], egress: [{ ports: [{ port: http }] }] }",
	);

	test.each([
		["are the destination pod's, also on the way out", "default/web", "tcp 8080", "allowed"],
		["are numbers there", "default/web", "tcp 80", "denied"],
		["have a protocol", "default/web", "udp 8080", "denied"],
		["are none's that declares none", "other/client", "tcp 8080", "denied"],
		["are none's that is no pod", "10.9.9.9", "tcp 8080", "denied"],
	])("%s", (_, to, what, verdict) => {
		expect(asked(world(egressByName), "default/client", to, what)).toBe(verdict);
	});
});

describe("what is not known is not called allowed or denied", () => {
	const byTeam = (selector: string): string =>
		netpol(
			"default",
			"p",
			`{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ namespaceSelector: ${selector} }] }] }`,
		);
	const verdict = (...policies: readonly string[]): string =>
		asked(world(...policies), "other/client", "default/web", "tcp 80");

	test("labels of a namespace that the input does not hold", () => {
		expect(verdict(byTeam("{ matchLabels: { team: x } }"))).toBe("unknown");
		expect(
			described(world(byTeam("{ matchLabels: { team: x } }")), "ingress", "other/client", "default/web", "tcp 80"),
		).toBe(
			"cannot be evaluated: networkpolicy/default/p ingress[0] asks for labels of namespace/other, which the input does not hold",
		);
	});

	test.each([
		["its name is known", byTeam("{ matchLabels: { kubernetes.io/metadata.name: other } }"), "allowed"],
		["another name than its own", byTeam("{ matchLabels: { kubernetes.io/metadata.name: mine } }"), "denied"],
		["every namespace", byTeam("{}"), "allowed"],
		[
			"both its name and a label",
			byTeam("{ matchLabels: { kubernetes.io/metadata.name: other, team: x } }"),
			"unknown",
		],
	])("%s", (_, policy, expected) => {
		expect(verdict(policy)).toBe(expected);
	});

	test("a rule that surely lets it through settles it", () => {
		expect(verdict(byTeam("{ matchLabels: { team: x } }"), EVERYBODY)).toBe("allowed");
	});

	test("policies of another API", () => {
		const foreign = "apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: { name: g }";
		expect(described(world(foreign, EVERYBODY), "ingress", "default/client", "default/web", "tcp 80")).toBe(
			'cannot be evaluated: GlobalNetworkPolicy "g" (crd.projectcalico.org/v1, policies.yaml:1)',
		);
		expect(asked(world(foreign), "10.9.9.9", "10.9.9.8", "tcp 80")).toBe("allowed");
	});
});
