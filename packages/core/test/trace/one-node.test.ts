/**
 * What one node does with a packet, from Services, EndpointSlices and a Node alone. The outcomes are those of kube-proxy's own
 * packet flow tests (kubernetes pkg/proxy/iptables/proxier_test.go and pkg/proxy/nftables/proxier_test.go, TestNodePorts,
 * TestNoEndpointsReject, TestClusterIPGeneral), asked through the front door.
 */
import { describe, expect, it } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { Explanation } from "../../src/trace/explanation.ts";

const manifests = (mode: string): string => `
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${mode}
clusterCIDR: 10.0.0.0/8
---
apiVersion: v1
kind: Node
metadata: {name: a}
status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
---
apiVersion: v1
kind: Service
metadata: {name: svc1, namespace: ns1}
spec: {type: NodePort, clusterIP: 172.30.0.41, ports: [{name: p80, port: 80, nodePort: 3001}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: svc1-x, namespace: ns1, labels: {kubernetes.io/service-name: svc1}}
addressType: IPv4
ports: [{name: p80, port: 80}]
endpoints: [{addresses: [10.180.0.1], nodeName: a}, {addresses: [10.180.0.2]}]
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: ns1}
spec: {clusterIP: 172.30.0.46, ports: [{name: p80, port: 80}]}
`;

function ask(mode: string, from: string, to: string): Explanation {
	const cluster = loadCluster([{ name: "node.yaml", text: manifests(mode) }]);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return explain(subject, { from, to, protocol: "tcp", at: "node/a" });
}

/** `10.180.0.1:80 10.180.0.2:80 masquerade`: where the packet is sent, and whether its source is rewritten. */
function outcome(explanation: Explanation): string {
	const rewrites = explanation.paths.flatMap((path) => path.nat);
	const targets = new Set(rewrites.filter(({ kind }) => kind === "dnat").map(({ to }) => to));
	const masqueraded = explanation.paths.every((path) => path.nat.some(({ kind }) => kind === "masquerade"));
	return [explanation.verdict, ...[...targets].sort(), ...(masqueraded ? ["masquerade"] : [])].join(" ");
}

const BOTH = "10.180.0.1:80 10.180.0.2:80";

describe.each(["iptables", "nftables", "ipvs"])("kube-proxy in %s mode", (mode) => {
	it.each([
		["a pod to a ClusterIP", "10.0.0.2", "172.30.0.41:80", `exits ${BOTH}`],
		["a client from outside to a ClusterIP", "203.0.113.2", "172.30.0.41:80", `exits ${BOTH} masquerade`],
		["a client from outside to a node port", "203.0.113.2", "192.168.0.2:3001", `exits ${BOTH} masquerade`],
		["the node to its own node port", "192.168.0.2", "192.168.0.2:3001", `exits ${BOTH} masquerade`],
		["a pod to a Service without endpoints", "10.0.0.2", "172.30.0.46:80", "refused"],
		["a client from outside to a Service without endpoints", "203.0.113.2", "172.30.0.46:80", "refused"],
	])("%s", (_, from, to, expected) => {
		expect(outcome(ask(mode, from, to))).toBe(expected);
	});

	it("serves node ports on 127.0.0.1 in iptables mode alone", () => {
		const expected = mode === "iptables" ? `exits ${BOTH} masquerade` : "refused";
		expect(outcome(ask(mode, "127.0.0.1", "127.0.0.1:3001"))).toBe(expected);
	});

	it("masquerades an endpoint that is sent back to itself, and no other", () => {
		const paths = ask(mode, "10.180.0.1", "172.30.0.41:80").paths;
		expect(
			paths.map(({ nat }) => nat.map(({ kind, to }) => `${kind} ${to.replace(/:4.*/, "")}`).join(" ")).sort(),
		).toEqual(["dnat 10.180.0.1:80 masquerade 192.168.0.2", "dnat 10.180.0.2:80"]);
	});
});

it("refuses a question from one family to the other: no packet has two", () => {
	expect(() => ask("iptables", "10.0.0.2", "[fd00::3]:80")).toThrow(/no IPv6 address/);
});
