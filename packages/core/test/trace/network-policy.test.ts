/** NetworkPolicies on a packet's way, where a network mode documents that they are enforced: at the pod's device on its node. */
import { describe, expect, test } from "vitest";
import type { Protocol } from "../../src/packet/packet.ts";
import { type AddressEnforcement, PolicyStages } from "../../src/policy/stage.ts";
import type { TcFilter } from "../../src/state/tc.ts";
import type { ExplainedPath } from "../../src/trace/explanation.ts";
import { clusterOfYaml, podYaml } from "../support/manifests.ts";
import { netpol } from "../support/policy-matrix.ts";
import { ask, card, onlyPath, stack, subjectOf } from "../support/stacks.ts";

const FELIX: AddressEnforcement = {
	ownNode: "from",
	hostNetworkPods: "as-node",
	otherProtocols: "rules-without-ports",
	hook: "filter",
	component: "calico-felix",
};
const CILIUM: AddressEnforcement = { ...FELIX, hook: "program", component: "cilium-agent" };

const PODS = [podYaml("client", "10.244.0.2").replace("app: web", "app: client"), podYaml("server", "10.244.0.3")];

function podStack(name: string, address: string, index: number): ReturnType<typeof stack> {
	return stack(`pod/default/${name}`, {
		"ip-address": card(index, "eth0", [`${address}/32`]),
		"ip-route": "default via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link",
	});
}

/** Two pods with a device each on their node, which routes between them and answers for 169.254.1.1. */
function onNode(policies: readonly string[], enforcement: AddressEnforcement, more: Parameters<typeof stack>[1] = {}) {
	const cluster = clusterOfYaml(...PODS, ...policies);
	const stages = new PolicyStages(cluster, enforcement);
	const node = stack("node/a", {
		"ip-address": [card(3, "cali1", []), card(4, "cali2", []), card(5, "eth0", ["10.0.0.1/24"])].join("\n"),
		"ip-route":
			"default via 10.0.0.254 dev eth0\n10.244.0.2 dev cali1 scope link\n10.244.0.3 dev cali2 scope link\n10.0.0.0/24 dev eth0 scope link src 10.0.0.1",
		sysctl: "net.ipv4.ip_forward = 1\nnet.ipv4.conf.cali1.proxy_arp = 1\nnet.ipv4.conf.cali2.proxy_arp = 1",
		...more,
	});
	const policyStages = cluster.pods.flatMap((pod) => stages.of(pod, pod.name === "client" ? "cali1" : "cali2") ?? []);
	const tcFilters = enforcement.hook === "program" ? ["cali1", "cali2"].flatMap(programsAt) : [];
	return subjectOf({
		namespaces: [
			podStack("client", "10.244.0.2", 2),
			podStack("server", "10.244.0.3", 2),
			{ ...node, policyStages, tcFilters },
		],
		machines: [["node/a"], ["pod/default/client"], ["pod/default/server"]],
		wires: [
			{
				from: { place: "pod/default/client", device: "eth0" },
				to: { kind: "device", place: "node/a", device: "cali1" },
			},
			{
				from: { place: "pod/default/server", device: "eth0" },
				to: { kind: "device", place: "node/a", device: "cali2" },
			},
		],
	});
}

function programsAt(device: string): readonly TcFilter[] {
	return (["ingress", "egress"] as const).map((direction) => ({
		device,
		direction,
		priority: 1,
		protocol: "all",
		actions: [{ kind: "program", name: `cil_${direction}`, effect: { services: [], answers: false, redirects: [] } }],
		origin: { component: "cilium-agent" },
	}));
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
