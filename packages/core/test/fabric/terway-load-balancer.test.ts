/** Clients outside a Terway cluster: the load balancer leads them to the pod's own ENI (reference 6.5, rows T10 and E7). */
import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { ask, groupText, linkText, named, onlyPath } from "../support/fabric-questions.ts";
import { clusterOfYaml } from "../support/manifests.ts";
import { eniOf, KT7R8, nodeOf, podOf, SEED_VPC, trunkCluster } from "../support/terway-clusters.ts";

const CLIENT = "internet/203.0.113.9";
const OPEN = named("SecurityGroup", "sg-open", "rules: [{ direction: ingress, protocol: all, cidr: 0.0.0.0/0 }]");

function service(policy: string, namespace: string, address: string, nodePort = 30080): string {
	return `apiVersion: v1\nkind: Service\nmetadata: { name: front, namespace: ${namespace} }\nspec: { type: LoadBalancer, externalTrafficPolicy: ${policy}, clusterIP: 192.168.50.1, selector: { app: nginx }, ports: [{ port: 80, nodePort: ${nodePort} }] }\nstatus: { loadBalancer: { ingress: [{ ip: ${address} }] } }`;
}

const subjectOf = (cluster: Cluster): Subject => ({ cluster, network: clusterNetwork(cluster), fromSnapshot: false });

describe("T10: a client outside and a pod behind a trunk (seed 000 L461-L469)", () => {
	const node = "node/cn-hongkong.10.0.4.22";

	it.each(["Local", "Cluster"])("with policy %s, which makes no difference (L468)", (policy) => {
		const member = named(
			"ENI",
			"eni-kt7r8",
			"type: member, trunk: eni-trunk22, vlan: 1027, addresses: [10.0.4.30], securityGroups: [sg-open]",
		);
		const cluster = trunkCluster("", OPEN, member, service(policy, "trunking", "198.51.100.7"));
		const path = onlyPath(ask(subjectOf(cluster), CLIENT, "198.51.100.7:80"));
		expect(path.verdict).toBe("delivered");
		expect(linkText(path.forward.links)).toBe(
			`${CLIENT} eth0 > slb/front > vpc/vpc > eni/eni-kt7r8 > ${node} eth1 > ${node} cali7404cdaedc9 > pod/${KT7R8} eth0`,
		);
		expect(linkText(path.reply?.links)).toBe(
			`pod/${KT7R8} eth0 > ${node} cali7404cdaedc9 > ${node} eth1 > eni/eni-kt7r8 > vpc/vpc > slb/front > ${CLIENT} eth0`,
		);
		expect(groupText(path)).toEqual(["eni-kt7r8:ingress:new:allow", "eni-kt7r8:egress:established:allow"]);
		expect(path.stacks).toHaveLength(2);
		expect(path.serviceAddressSeenAt).toEqual([{ at: "slb/front" }]);
		expect(path.clientAddress).toMatchObject({ preserved: true });
		expect(path.forward.hops.find(({ at }) => at === "eni/eni-kt7r8")?.packet.vlan).toBe(1027);
	});
});

describe("E7: the same with a shared ENI (seed 002 L175-L195)", () => {
	it("reaches each pod by the ENI that has its address", () => {
		const cluster = clusterOfYaml(
			named("Cluster", "c", "mode: terway-eniip, serviceCIDRs: [192.168.0.0/16]"),
			SEED_VPC,
			OPEN,
			nodeOf("n1", "10.0.1.82"),
			eniOf(
				"eni-1",
				"type: secondary, instance: node/n1, device: eth1, addresses: [10.0.1.104, 10.0.1.91], securityGroups: [sg-open]",
			),
			podOf("default/nginx", "n1", "10.0.1.104", ", labels: { app: nginx }"),
			service("Cluster", "default", "10.0.3.62"),
		);
		const path = onlyPath(ask(subjectOf(cluster), CLIENT, "10.0.3.62:80"));
		expect(path.verdict).toBe("delivered");
		expect(linkText(path.forward.links)).toMatch(
			/^internet\/203\.0\.113\.9 eth0 > slb\/front > vpc\/vpc > eni\/eni-1 > node\/n1 eth1 > node\/n1 cali\w{11} > pod\/default\/nginx eth0$/,
		);
		expect(groupText(path)).toEqual(["eni-1:ingress:new:allow", "eni-1:egress:established:allow"]);
		expect(path.stacks).toHaveLength(2);
	});
});
