/** A verdict that is asked for alone is the explanation's: nothing that the fabric remembers depends on being written down. */
import { expect, it } from "vitest";
import { clusterNetwork } from "../../src/modes/network.ts";
import { verdictOf } from "../../src/trace/explain.ts";
import type { Question } from "../../src/trace/question.ts";
import { ask, named } from "../support/fabric-questions.ts";
import { CENTOS, G8ZS7, KT7R8, trunkCluster } from "../support/terway-clusters.ts";

const PLACES = [
	`pod/${CENTOS}`,
	`pod/${KT7R8}`,
	`pod/${G8ZS7}`,
	"node/cn-hongkong.10.0.4.20",
	"node/cn-hongkong.10.0.4.22",
];

it.each(["ipvs", "iptables", "nftables"])("with kube-proxy in mode %s", (mode) => {
	const groups = [
		named(
			"SecurityGroup",
			"sg-1",
			"rules: [{ direction: ingress, protocol: tcp, portRange: 80/80, cidr: 10.0.4.0/24 }]",
		),
		named("SecurityGroup", "sg-2", "type: advanced, rules: [{ direction: egress, protocol: all, cidr: 10.0.0.0/8 }]"),
	];
	const enis = [
		named(
			"ENI",
			"eni-kt7r8",
			"type: member, trunk: eni-trunk22, vlan: 1027, addresses: [10.0.4.30], securityGroups: [sg-1]",
		),
		named(
			"ENI",
			"eni-l5vf9",
			"type: member, trunk: eni-trunk20, vlan: 1027, addresses: [10.0.4.27], securityGroups: [sg-2]",
		),
		named("ENI", "eni-p20", "type: primary, instance: node/cn-hongkong.10.0.4.20, securityGroups: [sg-2]"),
		named("ENI", "eni-p22", "type: primary, instance: node/cn-hongkong.10.0.4.22, securityGroups: [sg-1]"),
	];
	const cluster = trunkCluster(`, kubernetesVersion: "1.24", kubeProxy: { mode: ${mode} }`, ...groups, ...enis);
	const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
	const verdicts = new Set<string>();
	for (const from of PLACES) {
		for (const to of [...PLACES.map((place) => `${place}:80`), "service/trunking/nginx:80"]) {
			const question: Question = { from, to, protocol: "tcp" };
			const { verdict } = ask(subject, from, to);
			expect(`${from} ${to} ${verdictOf(subject, question)}`).toBe(`${from} ${to} ${verdict}`);
			verdicts.add(verdict);
		}
	}
	expect([...verdicts].sort()).toEqual(expect.arrayContaining(["delivered", "dropped"]));
});
