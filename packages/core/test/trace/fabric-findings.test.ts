/** Clusters in which one thing of the cloud's is wrong: the first finding names it, with what would be right. */
import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import type { Explanation, Finding } from "../../src/trace/explanation.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { ask, named, subjectOf } from "../support/fabric-questions.ts";
import { nodeYaml } from "../support/manifests.ts";
import { CENTOS, G8ZS7, KT7R8, podOf, trunkCluster } from "../support/terway-clusters.ts";

function first({ findings }: Explanation): Finding {
	const [finding] = findings;
	if (finding === undefined) throw new Error("no finding");
	return finding;
}
const subject = (cluster: Cluster): Subject => ({ cluster, network: clusterNetwork(cluster), fromSnapshot: false });

/** Seed 000's two nodes; what the pods' member ENIs and the client node's eth0 let in. */
function trunked(server: string, client: string, proxy = "ipvs", more: readonly string[] = []): Subject {
	const group = (id: string, rules: string): string => named("SecurityGroup", id, `rules: [${rules}]`);
	const member = (id: string, trunk: string, vlan: number, ip: string, sg: string): string =>
		named("ENI", id, `type: member, trunk: ${trunk}, vlan: ${vlan}, addresses: [${ip}], securityGroups: [${sg}]`);
	return subject(
		trunkCluster(
			// The seed's era: IPVS sends by eth0 (docs/lab-notes/terway.md).
			`, terway: { version: "1.4.1" }, kubernetesVersion: "1.24", kubeProxy: { mode: ${proxy} }`,
			group("sg-server", server),
			group("sg-client", client),
			group("sg-node", "{ direction: ingress, protocol: all, cidr: 10.0.0.0/8 }"),
			member("eni-kt7r8", "eni-trunk22", 1027, "10.0.4.30", "sg-server"),
			member("eni-g8zs7", "eni-trunk22", 1028, "10.0.4.24", "sg-client"),
			member("eni-l5vf9", "eni-trunk20", 1027, "10.0.4.27", "sg-client"),
			named("ENI", "eni-p20", "type: primary, instance: node/cn-hongkong.10.0.4.20, securityGroups: [sg-node]"),
			named("ENI", "eni-p22", "type: primary, instance: node/cn-hongkong.10.0.4.22, securityGroups: [sg-node]"),
			...more,
		),
	);
}
const ALL = "{ direction: ingress, protocol: all, cidr: 0.0.0.0/0 }";
const ELSEWHERE = "{ direction: ingress, protocol: tcp, portRange: 80/80, cidr: 192.168.0.0/16 }";

describe("a security group", () => {
	it("of the server that has no rule for the client is named, with the rule that it needs (T5, seed 000 L284-L299)", () => {
		const answer = ask(trunked(ELSEWHERE, ""), `pod/${CENTOS}`, `pod/${KT7R8}:80`);
		expect(answer.verdict).toBe("dropped");
		expect(first(answer)).toMatchObject({
			code: "security-group-denies",
			severity: "error",
			fix: "correct that rule, or add a rule ingress accept tcp 80/80 from 10.0.4.27 for a group of eni-kt7r8",
			object: "security-group/sg-server",
		});
	});

	it("whose rule drops is named with that rule and its line", () => {
		const drop = "{ direction: ingress, protocol: tcp, portRange: 80/80, policy: drop, cidr: 10.0.4.27/32 }";
		const finding = first(ask(trunked(`${drop}, ${ALL}`, ""), `pod/${CENTOS}`, `pod/${KT7R8}:80`));
		expect(finding.message).toContain("ingress drop tcp 80/80 from 10.0.4.27/32, priority 1 (cluster.yaml:");
		expect(finding.fix).toMatch(/^remove that rule, or give it less priority than ingress accept all from 0.0.0.0\/0/);
	});

	it("of the pod's own ENI that drops the answer, since IPVS sent the question by eth0 (T7, seed 000 L370)", () => {
		const answer = ask(trunked(ALL, ELSEWHERE), `pod/${CENTOS}`, "service/trunking/nginx:80");
		expect(answer.verdict).toBe("no-reply");
		expect(first(answer)).toMatchObject({ code: "security-group-denies-reply", object: "security-group/sg-client" });
		expect(first(answer).message).toContain("the question left by eni-p20, so eni-l5vf9 knows no connection");
		expect(first(answer).fix).toContain("or kube-proxy in iptables mode");
		expect(ask(trunked(ALL, ELSEWHERE, "iptables"), `pod/${CENTOS}`, "service/trunking/nginx:80").verdict).toBe(
			"delivered",
		);
	});

	it("of the node decides instead of the pod's own where IPVS sends by eth0 (seed 000 L334)", () => {
		const answer = ask(trunked(ALL, ALL), `pod/${CENTOS}`, "service/trunking/nginx:80");
		expect(answer.verdict).toBe("delivered");
		expect(answer.findings.map(({ code }) => code)).toContain("security-group-of-node");
	});

	it("is not asked on one node, which is said where it would have dropped the packet (T3, seed 000 L210, L226)", () => {
		const answer = ask(trunked(ELSEWHERE, ""), `pod/${G8ZS7}`, `pod/${KT7R8}:80`);
		expect(answer.verdict).toBe("delivered");
		expect(first(answer)).toMatchObject({ code: "security-group-not-applied", object: "security-group/sg-server" });
		const allowed = ask(trunked(ALL, ""), `pod/${G8ZS7}`, `pod/${KT7R8}:80`);
		expect(allowed.findings.map(({ code }) => code)).not.toContain("security-group-not-applied");
	});
});

describe("a security group whose answer depends on groups that the input does not say", () => {
	it("is named with the card that has to be described", () => {
		const hosts = [named("Host", "a", "addresses: [10.0.4.27]"), named("Host", "b", "addresses: [10.0.4.28]")];
		const subjectWith = subjectOf(
			named("VPC", "v", "cidrs: [10.0.0.0/8], vSwitches: [{ id: a, cidr: 10.0.4.0/24 }]"),
			...hosts,
			named("SecurityGroup", "sg-b", ""),
			named("ENI", "eni-b", "type: primary, instance: host/b, securityGroups: [sg-b]"),
		);
		const answer = ask(subjectWith, "host/a", "host/b:80");
		expect(answer.verdict).toBe("unknown");
		expect(first(answer)).toMatchObject({ code: "security-group-undecided", object: "eni/eni-b" });
		expect(first(answer).message).toContain("the input does not say the security groups of 10.0.4.27's card");
	});
});

describe("a route entry for a node's pod CIDR (seed 003 L40, L62, L64)", () => {
	const routed = (routes: string): Subject =>
		subjectOf(
			named("Cluster", "c", "mode: flannel-vpc, podCIDRs: [10.244.0.0/16]"),
			named(
				"VPC",
				"v",
				`cidrs: [10.0.0.0/16], managedRoutes: false, vSwitches: [{ id: a, cidr: 10.0.4.0/24 }], routes: [${routes}]`,
			),
			nodeYaml("a", "10.0.4.1", "10.244.1.0/24"),
			nodeYaml("b", "10.0.4.2", "10.244.2.0/24"),
			podOf("default/x", "a", "10.244.1.9"),
			podOf("default/y", "b", "10.244.2.9"),
		);
	const TO_A = "{ destination: 10.244.1.0/24, nextHop: node/a }";

	it("that is missing is named", () => {
		const finding = first(ask(routed(TO_A), "pod/default/x", "pod/default/y:80"));
		expect(finding).toMatchObject({
			code: "vpc-route-missing",
			message: "vpc/v (cluster.yaml:6) has no route entry for 10.244.2.0/24, the pod CIDR of node/b",
			object: "vpc/v",
		});
	});

	it("that is missing for the answer is named too", () => {
		const subjectWithout = routed("{ destination: 10.244.2.0/24, nextHop: node/b }");
		expect(first(ask(subjectWithout, "pod/default/x", "pod/default/y:80")).message).toContain("10.244.1.0/24");
	});

	it("that leads elsewhere is named with where it should", () => {
		const wrong = routed(`${TO_A}, { destination: 10.244.2.0/24, nextHop: node/a }`);
		const finding = first(ask(wrong, "pod/default/x", "pod/default/y:80"));
		expect(finding).toMatchObject({ code: "vpc-route-wrong", object: "vpc/v" });
		expect(finding.message).toContain(
			"by its entry 10.244.2.0/24 to node/a, but 10.244.2.0/24 is the pod CIDR of node/b",
		);
	});
});

describe("a load balancer's member", () => {
	const balanced = (backends: string): Subject =>
		trunked(ALL, ALL, "ipvs", [
			"apiVersion: v1\nkind: Service\nmetadata: { name: front, namespace: trunking }\nspec: { type: LoadBalancer, clusterIP: 192.168.50.1, selector: { app: nginx }, ports: [{ port: 80, nodePort: 30080 }] }\nstatus: { loadBalancer: { ingress: [{ ip: 198.51.100.7 }] } }",
			named("LoadBalancer", "front", `service: trunking/front, backends: [${backends}]`),
		]);
	const from = "internet/203.0.113.9";

	it("on an ENI that has not its address is named with the one that has", () => {
		const subjectWith = balanced("{ eni: eni-l5vf9, address: 10.0.4.30, listenerPort: 80, port: 80 }");
		expect(first(ask(subjectWith, from, "198.51.100.7:80"))).toMatchObject({
			code: "lb-member-wrong-eni",
			fix: "mount eni-kt7r8 with 10.0.4.30",
			object: "slb/front",
		});
	});

	it("that is missing is named", () => {
		expect(first(ask(balanced(""), from, "198.51.100.7:80"))).toMatchObject({
			code: "lb-member-missing",
			severity: "error",
			message:
				"slb/front (cluster.yaml:120) has not 10.0.4.30:80 as a member for port 80, though service/trunking/front has it",
		});
	});

	it("that is there is not complained of", () => {
		const subjectWith = balanced("{ eni: eni-kt7r8, address: 10.0.4.30, listenerPort: 80, port: 80 }");
		const { findings } = ask(subjectWith, from, "198.51.100.7:80");
		expect(findings.filter(({ code }) => code.startsWith("lb-"))).toEqual([]);
	});
});

describe("a member ENI's VLAN", () => {
	it("that the PodENI says otherwise than the ENI itself is named, once: the node tags by the PodENI", () => {
		const other = named("ENI", "eni-l5vf9", "type: member, trunk: eni-trunk20, vlan: 1030, addresses: [10.0.4.27]");
		const answer = ask(subject(trunkCluster("", other)), `pod/${CENTOS}`, `pod/${KT7R8}:80`);
		expect(answer.verdict).toBe("dropped");
		expect(first(answer)).toMatchObject({ code: "pod-eni-vlan", object: `podeni/${CENTOS}` });
		expect(answer.findings.map(({ code }) => code)).not.toContain("vlan-without-member");
	});
});
