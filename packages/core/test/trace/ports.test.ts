/** Which port a question asks for, and what the answer says where the port is a guess or no pod declares it. */
import { describe, expect, test } from "vitest";
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { Explanation } from "../../src/trace/explanation.ts";
import { clusterOfYaml, nodeYaml, ownYaml } from "../support/manifests.ts";

const WEB = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  nodeName: a
  containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }, { name: dns, containerPort: 53, protocol: UDP }] }]
status: { podIP: 10.244.1.2 }`;
const BARE = `apiVersion: v1
kind: Pod
metadata: { name: bare }
spec: { nodeName: a, containers: [{ name: bare }] }
status: { podIP: 10.244.1.3 }`;

const cluster = clusterOfYaml(
	ownYaml("Cluster", "mode: flannel-vxlan, podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]"),
	ownYaml("Segment", "cidrs: [10.9.0.0/24]"),
	nodeYaml("a", "10.9.0.1", "10.244.1.0/24"),
	WEB,
	BARE,
);
const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };

function ask(to: string, protocol: "tcp" | "udp" | "icmp" = "tcp"): Explanation {
	return explain(subject, { from: "node/a", to, protocol });
}

function portOf(explanation: Explanation): number | undefined {
	return explanation.paths[0]?.forward.hops[0]?.packet.dport;
}

function codesOf(explanation: Explanation): readonly string[] {
	return explanation.findings.map(({ code }) => code);
}

describe("a question for a pod", () => {
	test("takes the port that it names, by number or by the pod's own name for it", () => {
		expect(portOf(ask("pod/default/web:8080"))).toBe(8080);
		expect(portOf(ask("pod/default/web:http"))).toBe(8080);
		expect(portOf(ask("pod/default/web:dns", "udp"))).toBe(53);
	});

	test("without a port takes the first that the pod declares for the protocol", () => {
		expect(portOf(ask("pod/default/web"))).toBe(8080);
		expect(portOf(ask("pod/default/web", "udp"))).toBe(53);
	});

	test("says which port it asked for where nobody names one", () => {
		expect(ask("pod/default/bare").findings).toContainEqual({
			code: "port-assumed",
			severity: "info",
			message: "the question names no port and its target declares none: tcp port 80 was asked for",
			fix: "say which: TO:PORT",
			fixKind: "action",
		});
		expect(codesOf(ask("pod/default/web"))).not.toContain("port-assumed");
		expect(codesOf(ask("pod/default/bare", "icmp"))).not.toContain("port-assumed");
	});

	test("says that a listener is taken for granted on a port that the pod does not declare", () => {
		expect(codesOf(ask("pod/default/web:9999"))).toContain("port-not-declared");
		expect(codesOf(ask("pod/default/web:8080"))).not.toContain("port-not-declared");
	});

	test("with a port that is none names those that the pod has", () => {
		expect(() => ask("pod/default/web:htp")).toThrow(
			'"htp" in "pod/default/web:htp" is no port (a number from 1 to 65535 or http)',
		);
	});
});
