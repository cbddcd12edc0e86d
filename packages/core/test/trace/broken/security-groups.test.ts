/** Security groups of which one thing was broken in a cluster of the atlas: the first finding names it. */
import { describe } from "vitest";
import {
	accept,
	DIRECT,
	type ExpectedFinding,
	eachBroken,
	groupRules,
	SERVED,
	SHARED,
	SHARED_ENI,
} from "../../support/broken-clusters.ts";

describe("a security group", () => {
	const denies = (says: readonly string[], fix: string): ExpectedFinding => ({
		code: "security-group-denies",
		object: "security-group/sg-j6cf3sxrlbuwxxxxx",
		says,
		fix,
	});
	eachBroken([
		[
			"whose members no longer reach each other",
			"terway-trunk",
			groupRules([]),
			DIRECT,
			denies(["but its innerAccess is drop"], "add a rule ingress accept tcp 80/80 from 10.0.4.27"),
		],
		[
			"of type advanced, whose members never do",
			"terway-trunk",
			groupRules([], { type: "advanced", innerAccess: null }),
			DIRECT,
			denies(["members of an advanced group need a rule to reach each other"], "add a rule egress accept"),
		],
		[
			"with another port range",
			"terway-trunk",
			groupRules([accept({ portRange: "8080/8090", cidr: "10.0.0.0/8" })]),
			DIRECT,
			denies(
				['rule "ingress accept tcp 8080/8090 from 10.0.0.0/8, priority 1" (broken.yaml', "is about other ports"],
				"correct that rule, or add",
			),
		],
		[
			"with a narrower source",
			"terway-trunk",
			groupRules([accept({ portRange: "80/80", cidr: "10.0.4.0/28" })]),
			DIRECT,
			denies(
				['rule "ingress accept tcp 80/80 from 10.0.4.0/28, priority 1"', "is about other sources"],
				"correct that",
			),
		],
		[
			"with another protocol",
			"terway-trunk",
			groupRules([accept({ protocol: "udp", portRange: "80/80", cidr: "10.0.0.0/8" })]),
			DIRECT,
			denies(['rule "ingress accept udp 80/80 from 10.0.0.0/8, priority 1"', "is about udp"], "correct that rule"),
		],
		[
			"whose rule is for another group",
			"terway-trunk",
			groupRules([accept({ portRange: "80/80", securityGroup: "sg-nodes" })]),
			DIRECT,
			denies(['rule "ingress accept tcp 80/80 from sg-nodes, priority 1"', "is about other sources"], "correct that"),
		],
		[
			"with a drop rule ahead",
			"terway-trunk",
			groupRules([
				accept({ portRange: "80/80", cidr: "10.0.0.0/8", priority: 10 }),
				accept({ protocol: "all", policy: "drop", cidr: "10.0.4.0/24", priority: 5 }),
			]),
			DIRECT,
			denies(
				["ingress drop all from 10.0.4.0/24, priority 5 (broken.yaml", "would, but comes after it"],
				"less priority than ingress accept tcp 80/80 from 10.0.0.0/8, priority 10",
			),
		],
		[
			"with a drop rule of the same priority, which comes first",
			"terway-trunk",
			groupRules([
				accept({ portRange: "80/80", cidr: "10.0.0.0/8" }),
				accept({ protocol: "all", policy: "drop", cidr: "10.0.4.0/24" }),
			]),
			DIRECT,
			denies(["ingress drop all from 10.0.4.0/24, priority 1"], "remove that rule"),
		],
		[
			"that does not let its own pods out",
			"terway-trunk",
			groupRules([accept({ direction: "egress", protocol: "all", policy: "drop", cidr: "10.0.4.30/32" })]),
			DIRECT,
			denies(["of eni-centos-l5vf9 does not let tcp 80 from 10.0.4.27 to 10.0.4.30 out"], "remove that rule"),
		],
		[
			"of the node's eth0, by which IPVS sends (T6)",
			"terway-trunk",
			{
				"securitygroup/sg-nodes": {
					spec: { rules: [accept({ direction: "egress", protocol: "all", policy: "drop", cidr: "10.0.4.30/32" })] },
				},
			},
			SERVED,
			{
				code: "security-group-denies",
				object: "security-group/sg-nodes",
				says: ["sg-nodes of eni-n20-eth0 does not let tcp 80 from 10.0.4.27 to 10.0.4.30 out", "(broken.yaml"],
				fix: "remove that rule",
			},
		],
		[
			"that one node's ENI is not in, as the others are",
			"terway-eniip",
			{ [SHARED_ENI]: { spec: { securityGroups: ["sg-client"] } } },
			SHARED,
			{
				code: "security-group-denies",
				object: "security-group/sg-client",
				says: ["sg-client of eni-j6c4qxbpnkg5o7uog5kr", "eni-n82-eth1 is in sg-nodes, which would let it pass"],
				fix: "add eni-j6c4qxbpnkg5o7uog5kr to sg-nodes",
			},
		],
		[
			"of the client's ENI, which does not know the answer (T7)",
			"terway-eniip",
			{ "eni/eni-n82-eth1": { spec: { securityGroups: ["sg-pods"] } } },
			{ from: SHARED.from, to: "service/default/nginx1:80" },
			{
				code: "security-group-denies-reply",
				object: "security-group/sg-pods",
				says: ["the question left by eni-n82-eth0, so eni-n82-eth1 knows no connection"],
				fix: "or kube-proxy in iptables mode",
			},
		],
		[
			"of a pod's own ENI, where its node asks for it",
			"terway-eni",
			{
				"securitygroup/sg-pods": {
					spec: { rules: [accept({ portRange: "80/80", cidr: "172.16.2.20/32" })] },
				},
			},
			{ from: "pod/default/centos-1", to: "service/default/nginx:80" },
			{
				code: "security-group-denies",
				object: "security-group/sg-pods",
				says: ["sg-pods of eni-nginx-2 does not let tcp 80 from 172.16.1.10 to 172.16.1.104 in"],
				fix: "correct that rule, or add a rule ingress accept tcp 80/80 from 172.16.1.10",
			},
		],
		[
			"of a node, where its pods have addresses of no ENI",
			"terway-vpc",
			{
				"vpc/vpc-1": { spec: { managedRoutes: true } },
				"securitygroup/sg-nodes": { spec: { rules: [accept({ protocol: "all", cidr: "172.16.1.0/24" })] } },
			},
			{ from: "pod/default/centos-1", to: "pod/default/nginx-2:80" },
			{
				code: "security-group-denies",
				object: "security-group/sg-nodes",
				says: ["sg-nodes of eni-k8s-2 does not let tcp 80 from 172.20.0.3 to 172.20.1.4 in"],
				fix: "correct that rule",
			},
		],
	]);
});
