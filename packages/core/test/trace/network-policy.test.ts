/** NetworkPolicies on a packet's way, where a network mode documents that they are enforced: at the pod's device on its node. */
import { describe, expect, test } from "vitest";
import type { Protocol } from "../../src/packet/packet.ts";
import type { AddressEnforcement } from "../../src/policy/stage.ts";
import { verdictOf } from "../../src/trace/explain.ts";
import type { ExplainedPath } from "../../src/trace/explanation.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { BOTH_DIRECTIONS, EGRESS } from "../policy/cases/kubernetes-egress.ts";
import { DENIALS_AND_PORTS, SELECTORS, UPDATES } from "../policy/cases/kubernetes-ingress.ts";
import { clusterOfYaml, podYaml } from "../support/manifests.ts";
import { type MatrixCase, matrixCluster, netpol, pairsOf } from "../support/policy-matrix.ts";
import { CILIUM, enforcingNode, FELIX } from "../support/policy-network.ts";
import { ask, onlyPath, type StackFiles } from "../support/stacks.ts";

const PODS = [podYaml("client", "10.244.0.2").replace("app: web", "app: client"), podYaml("server", "10.244.0.3")];

function onNode(policies: readonly string[], enforcement: AddressEnforcement, files: StackFiles = {}): Subject {
	return enforcingNode(clusterOfYaml(...PODS, ...policies), enforcement, files);
}

function path(
	policies: readonly string[],
	enforcement: AddressEnforcement,
	to = "10.244.0.3:80",
	from = "pod/default/client",
	protocol: "tcp" | "udp" | "icmp" = "tcp",
): ExplainedPath {
	return onlyPath(ask(onNode(policies, enforcement), { from, to, protocol: protocol satisfies Protocol }));
}

const DENY_SERVER = netpol("default", "deny", "{ podSelector: { matchLabels: { app: web } } }");
const DENY_CLIENT = netpol(
	"default",
	"quiet",
	"{ podSelector: { matchLabels: { app: client } }, policyTypes: [Egress] }",
);
const FROM_CLIENTS = netpol(
	"default",
	"clients",
	"{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 80 }], from: [{ podSelector: { matchLabels: { app: client } } }] }] }",
);
const BOTH_CLOSED = netpol("default", "closed", "{ podSelector: {}, policyTypes: [Ingress, Egress] }");
const CLIENT_MAY_ASK = netpol(
	"default",
	"ask",
	"{ podSelector: { matchLabels: { app: client } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }] }] }",
);

describe.each([
	["among the node's rules, as felix", FELIX],
	["in the device's programs, as cilium-agent", CILIUM],
])("%s", (_, enforcement) => {
	test("without a policy everything passes", () => {
		expect(path([], enforcement).verdict).toBe("delivered");
	});

	test("what no rule of the server's policies admits is dropped, in silence, and the answer says by which", () => {
		const dropped = path([DENY_SERVER], enforcement);
		expect(dropped.verdict).toBe("dropped");
		expect(dropped.reason).toBe(
			`Dropped by NetworkPolicies, ingress of pod/default/server: isolated by networkpolicy/default/deny, and no rule admits it, by ${enforcement.component} for pod/default/server (at node/a)`,
		);
	});

	test("so is what the client's policies do not let out", () => {
		const dropped = path([DENY_CLIENT, FROM_CLIENTS], enforcement);
		expect(dropped.verdict).toBe("dropped");
		expect(dropped.reason).toContain("egress of pod/default/client: isolated by networkpolicy/default/quiet");
	});

	test("a rule admits the connection, and its answers pass closed doors", () => {
		const open = path([BOTH_CLOSED, FROM_CLIENTS, CLIENT_MAY_ASK], enforcement);
		expect(open.verdict).toBe("delivered");
		expect(open.forward.hops.filter(({ stage }) => stage === "network-policy").map(({ decision }) => decision)).toEqual(
			[
				expect.stringContaining("egress of pod/default/client: networkpolicy/default/ask egress[0]"),
				expect.stringContaining("ingress of pod/default/server: networkpolicy/default/clients ingress[0]"),
			],
		);
	});

	test("the other way round is a connection of its own", () => {
		expect(path([DENY_SERVER], enforcement, "10.244.0.2:80", "pod/default/server").verdict).toBe("delivered");
		expect(
			path([BOTH_CLOSED, FROM_CLIENTS, CLIENT_MAY_ASK], enforcement, "10.244.0.2:80", "pod/default/server").verdict,
		).toBe("dropped");
	});

	test("the port counts", () => {
		expect(path([FROM_CLIENTS], enforcement, "10.244.0.3:81").verdict).toBe("dropped");
		expect(path([FROM_CLIENTS], enforcement, "10.244.0.3:80", "pod/default/client", "udp").verdict).toBe("dropped");
	});

	test("the node reaches its own pods whatever they say", () => {
		expect(path([BOTH_CLOSED], enforcement, "10.244.0.3:80", "node/a").verdict).toBe("delivered");
	});

	test("a pod's way to its own node is judged, unless the enforcer lets it", () => {
		expect(path([DENY_CLIENT], enforcement, "10.0.0.1:80").verdict).toBe("dropped");
		expect(path([DENY_CLIENT], { ...enforcement, ownNode: "from-and-to" }, "10.0.0.1:80").verdict).toBe("delivered");
	});

	test("what nobody defines is unknown", () => {
		const undefinedProtocols: AddressEnforcement = { ...enforcement, otherProtocols: "undefined" };
		const asked = path([FROM_CLIENTS], undefinedProtocols, "10.244.0.3", "pod/default/client", "icmp");
		expect(asked.verdict).toBe("unknown");
		expect(asked.reason).toContain("what networkpolicy/default/clients does with protocol icmp");
	});
});

test("IPVS sends by OUTPUT: the client's and the server's policies are asked about the real server", () => {
	const ipvs = { "ipvsadm-save": "-A -t 10.0.0.1:8080 -s rr\n-a -t 10.0.0.1:8080 -r 10.244.0.3:80 -m -w 1" };
	const asked = (policies: readonly string[]): ExplainedPath =>
		onlyPath(ask(onNode(policies, FELIX, ipvs), { from: "pod/default/client", to: "10.0.0.1:8080" }));
	expect(asked([BOTH_CLOSED, FROM_CLIENTS, CLIENT_MAY_ASK]).verdict).toBe("delivered");
	expect(asked([DENY_SERVER]).verdict).toBe("dropped");
	expect(asked([DENY_CLIENT]).verdict).toBe("dropped");
});

describe("the reachability matrices of kubernetes' own suite, packet by packet", () => {
	const suites = [...SELECTORS, ...DENIALS_AND_PORTS, ...UPDATES, ...EGRESS, ...BOTH_DIRECTIONS];

	/** Lines `x/a -> y/b: delivered`. */
	function walked({ steps }: MatrixCase, enforcement: AddressEnforcement): { found: string[]; expected: string[] } {
		const found: string[] = [];
		const expected: string[] = [];
		for (const step of steps) {
			const subject = enforcingNode(matrixCluster(step, 4), enforcement);
			const cluster = matrixCluster(step, 4);
			for (const probe of step.probes) {
				for (const { from, to, reaches } of pairsOf(cluster, probe)) {
					const line = `${from.namespace}/${from.name} -> ${to.namespace}/${to.name}`;
					const question = { from: `pod/${from.namespace}/${from.name}`, to: `${to.podIPs[0]?.text}:${probe.port}` };
					found.push(`${line}: ${verdictOf(subject, { ...question, protocol: probe.protocol })}`);
					expected.push(`${line}: ${reaches ? "delivered" : "dropped"}`);
				}
			}
		}
		return { found, expected };
	}

	test.each(suites.map((each) => [each.name, each] as const))("%s", (_, each) => {
		for (const enforcement of [FELIX, CILIUM]) {
			const { found, expected } = walked(each, enforcement);
			expect(found).toEqual(expected);
		}
	});
});
