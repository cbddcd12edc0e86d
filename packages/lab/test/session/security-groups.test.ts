/**
 * Security groups on a kernel: each card is a namespace with connection tracking of its own. What is proven is that the
 * engine's prediction, with its session tables, goes the way that Linux goes with these rules.
 */
import { type Cluster, clusterNetwork, type Question, type Verdict } from "@podpath/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterOfYaml, ownYaml } from "../../../core/test/support/manifests.ts";
import { CENTOS, eniOf, KT7R8, nodeOf, podEniOf, podOf, SEED_VPC } from "../../../core/test/support/terway-clusters.ts";
import { type Backend, Lab, openBackend, realize, verdictOfLab } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

const NODES = ["20", "22"];
const SERVICE =
	"apiVersion: v1\nkind: Service\nmetadata: { name: nginx, namespace: trunking }\nspec: { clusterIP: 192.168.81.92, selector: { app: nginx }, ports: [{ port: 80 }] }";

/** Seed 000's two nodes with a pod each on a member ENI, all cards in one group with this spec. */
function clusterWith(group: string, kubeProxy = "ipvs"): Cluster {
	// The era of the seeds: from 1.5 on the rule for what a pod sends has no iif, and IPVS' packets follow it.
	const terway = 'mode: terway-trunk, terway: { version: "1.4.1" }';
	return clusterOfYaml(
		ownYaml("Cluster", `${terway}, serviceCIDRs: [192.168.0.0/16], kubeProxy: { mode: ${kubeProxy} }`),
		SEED_VPC,
		`apiVersion: podpath.dev/v1alpha1\nkind: SecurityGroup\nmetadata: { name: sg }\nspec: { ${group} }`,
		...NODES.map((n) => nodeOf(`cn-hongkong.10.0.4.${n}`, `10.0.4.${n}`)),
		podOf(KT7R8, "cn-hongkong.10.0.4.22", "10.0.4.30", ", labels: { app: nginx }"),
		podOf(CENTOS, "cn-hongkong.10.0.4.20", "10.0.4.27"),
		...NODES.flatMap((n) => [
			eniOf(`eni-primary${n}`, `type: primary, instance: node/cn-hongkong.10.0.4.${n}, securityGroups: [sg]`),
			eniOf(
				`eni-trunk${n}`,
				`type: trunk, instance: node/cn-hongkong.10.0.4.${n}, device: eth1, vSwitch: vsw-4, securityGroups: [sg]`,
			),
		]),
		podEniOf(KT7R8, "10.0.4.30", "eni-kt7r8", 1027, "eni-trunk22", "sg"),
		podEniOf(CENTOS, "10.0.4.27", "eni-l5vf9", 1027, "eni-trunk20", "sg"),
		SERVICE,
	);
}

const accept = (rest: string): string => `{ direction: ingress, protocol: tcp, policy: accept, ${rest} }`;
const drop = (rest: string): string => `{ direction: ingress, protocol: tcp, policy: drop, ${rest} }`;
const PORT_80 = accept('portRange: "80/80", cidr: 10.0.0.0/16');
const DIRECT: Question = { from: `pod/${CENTOS}`, to: `pod/${KT7R8}:80`, protocol: "tcp" };
const SERVED: Question = { from: `pod/${CENTOS}`, to: "service/trunking/nginx:80", protocol: "tcp" };

const CASES: readonly (readonly [what: string, group: string, question: Question, verdict: Verdict])[] = [
	["members of a basic group reach each other (seed 000 L261)", "type: basic", DIRECT, "delivered"],
	[
		"a rule for somebody else admits nobody (seed 000 L284, L299)",
		`type: basic, innerAccess: drop, rules: [${accept("cidr: 192.168.0.0/16")}]`,
		DIRECT,
		"dropped",
	],
	[
		"a rule for the port does, and the answer is of its session",
		`type: basic, innerAccess: drop, rules: [${PORT_80}]`,
		DIRECT,
		"delivered",
	],
	[
		"the answer to what IPVS sent by eth0 comes by the pod's own card, which has no session (seed 000 L335, L370)",
		`type: basic, innerAccess: drop, rules: [${PORT_80}]`,
		SERVED,
		"no-reply",
	],
	[
		"unless a rule lets the answer in",
		`type: basic, innerAccess: drop, rules: [${PORT_80}, ${accept("cidr: 10.0.4.30/32")}]`,
		SERVED,
		"delivered",
	],
	[
		"of rules with one priority the one that drops comes first",
		`type: basic, innerAccess: drop, rules: [${PORT_80}, ${drop("cidr: 10.0.4.0/24")}]`,
		DIRECT,
		"dropped",
	],
	[
		"a rule with a smaller number comes before",
		`type: basic, innerAccess: drop, rules: [${drop("cidr: 10.0.4.0/24, priority: 2")}, ${PORT_80}]`,
		DIRECT,
		"delivered",
	],
	["an advanced group lets nothing out by itself", `type: advanced, rules: [${PORT_80}]`, DIRECT, "dropped"],
];

onEachKernel(["veth", "vlan", "iptables", "conntrack", "ipvs", "dummy", "ipset"], ({ kind }) => {
	let backend: Backend;
	beforeAll(async () => {
		const network = clusterNetwork(clusterWith("type: basic"));
		backend = await openBackend({ kind, needs: realize(network, network.places()).needs });
	}, 30_000);
	afterAll(() => backend.close());

	describe("security groups of member ENIs", () => {
		test.each(CASES)(
			"%s",
			async (_what, group, question, verdict) => {
				const cluster = clusterWith(group);
				const network = clusterNetwork(cluster);
				const plan = realize(network, network.places());
				const lab = await Lab.build(plan, backend);
				const answer = await lab.ask({ cluster, network, fromSnapshot: false }, question);
				await lab.clear();
				expect(plan.omitted).toEqual([]);
				expect(answer.ways.map((way) => way.verdict)).toEqual([verdict]);
				expect(verdictOfLab(answer)).toEqual({ kind: "proven" });
			},
			30_000,
		);
	});
});
