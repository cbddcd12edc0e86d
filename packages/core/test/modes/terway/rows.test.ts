/**
 * The scenarios of seeds 000, 002 and 003 as rows of the reference (terway.md 6.5) have them, asked through the front door:
 * links there and back, which security groups are asked and whether they know the session, NAT and what the server sees.
 */
import { describe, expect, it } from "vitest";
import type { Cluster } from "../../../src/cluster/cluster.ts";
import { clusterNetwork } from "../../../src/modes/network.ts";
import { explain } from "../../../src/trace/explain.ts";
import type { ExplainedLink, ExplainedPath, Explanation } from "../../../src/trace/explanation.ts";
import type { Question } from "../../../src/trace/question.ts";
import { clusterOfYaml, ownYaml } from "../../support/manifests.ts";
import {
	CENTOS,
	eniOf,
	G8ZS7,
	KT7R8,
	nodeOf,
	podEniOf,
	podOf,
	SEED_VPC,
	trunkCluster,
} from "../../support/terway-clusters.ts";

const N20 = "node/cn-hongkong.10.0.4.20";
const N22 = "node/cn-hongkong.10.0.4.22";

function ask(cluster: Cluster, from: string, to: string, more: Partial<Question> = {}): Explanation {
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	return explain(subject, { from, to, protocol: "tcp", ...more });
}
function pathOf(explanation: Explanation): ExplainedPath {
	const [path, second] = explanation.paths;
	if (path === undefined || second !== undefined) throw new Error(`${explanation.paths.length} paths`);
	return path;
}
/** `pod1/eth0 cali… eth0@2 eni-1 vpc/vpc`: as the reference writes a data link, nodes by what is given for them. */
function links(found: readonly ExplainedLink[] | undefined, names: Readonly<Record<string, string>>): string {
	return (found ?? [])
		.map(({ at, device }) => (device === undefined ? at.replace(/^eni\//, "") : `${names[at] ?? at}/${device}`))
		.join(" ");
}
const groupsAsked = (path: ExplainedPath): readonly string[] =>
	path.securityGroups.map(({ interface: eni, direction, state }) => `${eni}:${direction}:${state}`);

/** Everything may, so that what is asked can be seen without anything being refused. */
const OPEN = `apiVersion: podpath.dev/v1alpha1
kind: SecurityGroup
metadata: { name: sg-open }
spec: { type: basic, rules: [{ direction: ingress, protocol: all, policy: accept, cidr: 0.0.0.0/0 }] }`;

/** The last version whose rule for what a pod sends has an iif: with later ones IPVS' packets follow it (docs/lab-notes/terway.md). */
const OF_THE_SEEDS = 'terway: { version: "1.4.1" }';

describe("mode terway-trunk (seed 000)", () => {
	const names = {
		[`pod/${CENTOS}`]: "pod1",
		[`pod/${G8ZS7}`]: "near",
		[`pod/${KT7R8}`]: "pod2",
		[N20]: "ecs1",
		[N22]: "ecs2",
	};
	const cluster = (mode: string, ...more: readonly string[]): Cluster =>
		trunkCluster(`, ${OF_THE_SEEDS}, kubernetesVersion: "1.24", kubeProxy: { mode: ${mode} }`, ...more);
	const ipvs = cluster("ipvs");

	it("T1: a node reaches its pods by their veth, and no ENI sees it (seed 000 L133-L135)", () => {
		const path = pathOf(ask(ipvs, N22, `pod/${KT7R8}:80`));
		expect(links(path.forward.links, names)).toBe("ecs2/cali7404cdaedc9 pod2/eth0");
		expect(links(path.reply?.links, names)).toBe("pod2/eth0 ecs2/cali7404cdaedc9");
		expect(path.stacks).toHaveLength(2);
		expect(path.securityGroups).toEqual([]);
	});

	it("T2, T3: pods of one node reach each other by their veths, whatever their security groups (seed 000 L185-L190, L222-L227)", () => {
		const path = pathOf(ask(ipvs, `pod/${G8ZS7}`, `pod/${KT7R8}:80`));
		expect(links(path.forward.links, names)).toBe("near/eth0 ecs2/calia47654df859 ecs2/cali7404cdaedc9 pod2/eth0");
		expect(path.stacks).toHaveLength(3);
		expect(path.securityGroups).toEqual([]);
	});

	it.each(["ipvs", "iptables", "nftables"])(
		"T2-svc: the same by a ClusterIP (%s), which the server does not see (seed 000 L190)",
		(mode) => {
			const path = pathOf(ask(cluster(mode), `pod/${G8ZS7}`, "service/trunking/nginx:80"));
			expect(links(path.forward.links, names)).toBe("near/eth0 ecs2/calia47654df859 ecs2/cali7404cdaedc9 pod2/eth0");
			expect(path.serviceAddressSeenAt.map(({ device }) => device)).toEqual(["eth0", "calia47654df859"]);
			expect(path.clientAddress).toMatchObject({ preserved: true });
		},
	);

	it("T4, T5: across nodes by the members of both pods (seed 000 L260, L261, L299)", () => {
		const path = pathOf(ask(ipvs, `pod/${CENTOS}`, `pod/${KT7R8}:80`));
		expect(links(path.forward.links, names)).toBe(
			"pod1/eth0 ecs1/cali7d5bd3feb5f ecs1/eth1 eni-l5vf9 vpc/vpc eni-kt7r8 ecs2/eth1 ecs2/cali7404cdaedc9 pod2/eth0",
		);
		expect(links(path.reply?.links, names)).toBe(
			"pod2/eth0 ecs2/cali7404cdaedc9 ecs2/eth1 eni-kt7r8 vpc/vpc eni-l5vf9 ecs1/eth1 ecs1/cali7d5bd3feb5f pod1/eth0",
		);
		expect(path.stacks).toHaveLength(4);
	});

	it("T4: the frames on the trunks have the members' VLANs (seed 000 L115)", () => {
		const path = pathOf(ask(ipvs, `pod/${CENTOS}`, `pod/${KT7R8}:80`));
		const tagged = path.forward.hops.filter(({ packet }) => packet.vlan !== null);
		expect(new Set(tagged.map(({ at, packet }) => `${at} ${packet.vlan}`))).toContain(`${N20} 1027`);
	});

	it("T6, T7: with IPVS a ClusterIP on another node leaves by eth0 and its answer comes by the pod's member (seed 000 L330-L335)", () => {
		const path = pathOf(ask(ipvs, `pod/${CENTOS}`, "service/trunking/nginx:80"));
		expect(links(path.forward.links, names)).toBe(
			"pod1/eth0 ecs1/cali7d5bd3feb5f ecs1/eth0 vpc/vpc eni-kt7r8 ecs2/eth1 ecs2/cali7404cdaedc9 pod2/eth0",
		);
		expect(links(path.reply?.links, names)).toBe(
			"pod2/eth0 ecs2/cali7404cdaedc9 ecs2/eth1 eni-kt7r8 vpc/vpc eni-l5vf9 ecs1/eth1 ecs1/cali7d5bd3feb5f pod1/eth0",
		);
		expect(path.nat.map(({ kind }) => kind)).toEqual(["dnat"]);
		expect(path.serviceAddressSeenAt.map(({ device }) => device)).toEqual(["eth0", "cali7d5bd3feb5f"]);
	});

	it.each(["iptables", "nftables"])("T6 in mode %s: both ways by the pod's own member (reference 6.3)", (mode) => {
		const path = pathOf(ask(cluster(mode), `pod/${CENTOS}`, "service/trunking/nginx:80"));
		expect(links(path.forward.links, names)).toContain("ecs1/eth1 eni-l5vf9 vpc/vpc eni-kt7r8");
		expect(links(path.reply?.links, names)).toContain("eni-kt7r8 vpc/vpc eni-l5vf9 ecs1/eth1");
	});

	describe("by the Service's external address, policy Cluster", () => {
		const external = (mode: string): Cluster =>
			cluster(
				mode,
				"apiVersion: v1\nkind: Service\nmetadata: { name: out, namespace: trunking }\nspec: { type: LoadBalancer, clusterIP: 192.168.81.93, selector: { app: nginx }, ports: [{ port: 80, nodePort: 30080 }] }\nstatus: { loadBalancer: { ingress: [{ ip: 8.210.162.178 }] } }",
			);

		it("T8, T9: with the node's address, and back by eth0 (reference C4, seed 002 L54, L62)", () => {
			const path = pathOf(ask(external("ipvs"), `pod/${CENTOS}`, "service/trunking/out:80", { via: "load-balancer" }));
			expect(links(path.forward.links, names)).toBe(
				"pod1/eth0 ecs1/cali7d5bd3feb5f ecs1/eth0 vpc/vpc eni-kt7r8 ecs2/eth1 ecs2/cali7404cdaedc9 pod2/eth0",
			);
			expect(links(path.reply?.links, names)).toBe(
				"pod2/eth0 ecs2/cali7404cdaedc9 ecs2/eth1 eni-kt7r8 vpc/vpc ecs1/eth0 ecs1/cali7d5bd3feb5f pod1/eth0",
			);
			expect(path.nat.map(({ kind, to }) => `${kind} ${to.split(":")[0]}`)).toEqual([
				"dnat 10.0.4.30",
				"masquerade 10.0.4.20",
			]);
			expect(path.clientAddress).toMatchObject({ preserved: false });
		});
	});

	describe("security groups", () => {
		const guarded = trunkClusterWithGroups();
		it("T4: of both members, the second and third time by their sessions", () => {
			const path = pathOf(ask(guarded, `pod/${CENTOS}`, `pod/${KT7R8}:80`));
			expect(groupsAsked(path)).toEqual([
				"eni-l5vf9:egress:new",
				"eni-kt7r8:ingress:new",
				"eni-kt7r8:egress:established",
				"eni-l5vf9:ingress:established",
			]);
		});

		it("T6, T7: of eth0 and the server's member, and on the way back of the client's member, which has no session (seed 000 L335, L370)", () => {
			const path = pathOf(ask(guarded, `pod/${CENTOS}`, "service/trunking/nginx:80"));
			expect(groupsAsked(path)).toEqual([
				"eni-primary20:egress:new",
				"eni-kt7r8:ingress:new",
				"eni-kt7r8:egress:established",
				"eni-l5vf9:ingress:new",
			]);
		});
	});
});

function trunkClusterWithGroups(): Cluster {
	return clusterOfYaml(
		ownYaml(
			"Cluster",
			`mode: terway-trunk, ${OF_THE_SEEDS}, serviceCIDRs: [192.168.0.0/16], kubernetesVersion: "1.24", kubeProxy: { mode: ipvs }`,
		),
		SEED_VPC,
		OPEN,
		nodeOf("cn-hongkong.10.0.4.22", "10.0.4.22"),
		nodeOf("cn-hongkong.10.0.4.20", "10.0.4.20"),
		podOf(KT7R8, "cn-hongkong.10.0.4.22", "10.0.4.30", ", labels: { app: nginx }"),
		podOf(CENTOS, "cn-hongkong.10.0.4.20", "10.0.4.27"),
		...["22", "20"].flatMap((n) => [
			eniOf(`eni-primary${n}`, `type: primary, instance: node/cn-hongkong.10.0.4.${n}, securityGroups: [sg-open]`),
			eniOf(
				`eni-trunk${n}`,
				`type: trunk, instance: node/cn-hongkong.10.0.4.${n}, device: eth1, vSwitch: vsw-4, securityGroups: [sg-open]`,
			),
		]),
		podEniOf(KT7R8, "10.0.4.30", "eni-kt7r8", 1027, "eni-trunk22", "sg-open"),
		podEniOf(CENTOS, "10.0.4.27", "eni-l5vf9", 1027, "eni-trunk20", "sg-open"),
		"apiVersion: v1\nkind: Service\nmetadata: { name: nginx, namespace: trunking }\nspec: { clusterIP: 192.168.81.92, selector: { app: nginx }, ports: [{ port: 80 }] }",
	);
}
