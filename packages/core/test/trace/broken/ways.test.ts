/** Route entries, source/destination checks and private addresses of which one thing was broken in a cluster of the atlas: the first finding names it. */
import { describe, expect, test } from "vitest";
import {
	askBroken,
	type Breakage,
	DIRECT,
	eachBroken,
	type Row,
	SERVED,
	SHARED,
	SHARED_ENI,
} from "../../support/broken-clusters.ts";

describe("a route entry", () => {
	const PODS = { from: "pod/default/centos-1", to: "pod/default/nginx-2:80" };
	const TO_1 = { destination: "172.20.0.0/24", nextHop: "node/k8s-1" };
	const TO_2 = { destination: "172.20.1.0/24", nextHop: "node/k8s-2" };
	const routed = (...routes: readonly object[]): Breakage => ({ "vpc/vpc-1": { spec: { routes } } });
	eachBroken([
		[
			"that is missing",
			"terway-vpc",
			routed(TO_1),
			PODS,
			{
				code: "vpc-route-missing",
				object: "vpc/vpc-1",
				says: ["vpc/vpc-1 (broken.yaml", "has no route entry for 172.20.1.0/24, the pod CIDR of node/k8s-2"],
				fix: "add the entry 172.20.1.0/24 -> i-k8s-2",
			},
		],
		[
			"that is missing for the answer",
			"terway-vpc",
			routed(TO_2),
			PODS,
			{
				code: "vpc-route-missing",
				object: "vpc/vpc-1",
				says: ["has no route entry for 172.20.0.0/24, the pod CIDR of node/k8s-1"],
				fix: "add the entry 172.20.0.0/24 -> i-k8s-1",
			},
		],
		[
			"to the wrong instance",
			"terway-vpc",
			routed(TO_1, { ...TO_2, nextHop: "node/k8s-1" }),
			PODS,
			{
				code: "vpc-route-wrong",
				object: "vpc/vpc-1",
				says: ["by its entry 172.20.1.0/24 to node/k8s-1, but 172.20.1.0/24 is the pod CIDR of node/k8s-2", "(broken"],
				fix: "the entry should be 172.20.1.0/24 -> i-k8s-2",
			},
		],
		[
			"that is more specific than the right one",
			"terway-vpc",
			routed(TO_1, TO_2, { destination: "172.20.1.4/32", nextHop: "host/ecs-2" }),
			PODS,
			{
				code: "vpc-route-wrong",
				object: "vpc/vpc-1",
				says: ["by its entry 172.20.1.4/32 to host/ecs-2"],
				fix: "the entry should be 172.20.1.0/24 -> i-k8s-2",
			},
		],
		...["terway-eniip", "terway-ipvlan", "terway-datapathv2"].map(
			(mode): Row => [
				`past the ENI that has the address (${mode})`,
				mode,
				routed({ destination: "10.0.3.58/32", nextHop: "node/cn-hongkong.10.0.1.47" }),
				SHARED,
				{
					code: "vpc-route-wrong",
					object: "vpc/vpc-1",
					says: ["by its entry 10.0.3.58/32 to node/cn-hongkong.10.0.1.47, but eni-j6c4qxbpnkg5o7uog5kr of node/"],
					fix: "remove the entry 10.0.3.58/32",
				},
			],
		),
	]);
});

describe("a source/destination check that is on", () => {
	eachBroken([
		[
			"at the eth0 by which IPVS sends a pod's packet (seed 000 L334)",
			"terway-trunk",
			{ "eni/eni-n20-eth0": { spec: { sourceDestCheck: true } } },
			SERVED,
			{
				code: "source-dest-check",
				object: "eni/eni-n20-eth0",
				says: ["eni/eni-n20-eth0 (broken.yaml", "drops a packet with source 10.0.4.27"],
				fix: "SourceDestCheck false for eni-n20-eth0",
			},
		],
		[
			"at a node whose pods have addresses of no ENI",
			"terway-vpc",
			{
				"vpc/vpc-1": { spec: { managedRoutes: true } },
				"eni/eni-k8s-2": { spec: { sourceDestCheck: true } },
			},
			{ from: "pod/default/centos-1", to: "pod/default/nginx-2:80" },
			{
				code: "source-dest-check",
				object: "eni/eni-k8s-2",
				says: ["drops a packet with destination 172.20.1.4"],
				fix: "SourceDestCheck false for eni-k8s-2",
			},
		],
	]);

	test("has nothing against packets of the ENI's own addresses", () => {
		const checked = { "eni/eni-n20-eth0": { spec: { sourceDestCheck: true } } };
		expect(askBroken("terway-trunk", checked, DIRECT).verdict).toBe("delivered");
	});
});

describe("a private address", () => {
	const moved: Breakage = {
		[SHARED_ENI]: { spec: { addresses: ["10.0.3.149", "10.0.3.59"] } },
		"eni/eni-n82-eth1": { spec: { vSwitch: "vsw-3", addresses: ["10.0.3.182", "10.0.3.58", "10.0.3.91"] } },
	};
	eachBroken([
		...["terway-eniip", "terway-ipvlan", "terway-datapathv2"].flatMap((mode): Row[] => [
			[
				`that was moved to another node's ENI (${mode})`,
				mode,
				moved,
				{ from: "node/cn-hongkong.10.0.1.47", to: SHARED.to },
				{
					code: "eni-of-another-node",
					object: "eni/eni-n82-eth1",
					says: [
						"has 10.0.3.58",
						"is attached to node/cn-hongkong.10.0.1.82, but the pod runs on node/cn-hongkong.10.0.3.49",
					],
					fix: "assign 10.0.3.58 to an ENI of node/cn-hongkong.10.0.3.49",
				},
			],
			[
				`that no ENI has any more (${mode})`,
				mode,
				{ [SHARED_ENI]: { spec: { addresses: ["10.0.3.149", "10.0.3.59"] } } },
				SHARED,
				{
					code: "pod-address-on-no-eni",
					object: "pod/default/nginx-7d6877d777-h4jtf",
					says: ["10.0.3.58", "which no ENI of the input has"],
					fix: "DescribeNetworkInterfaces",
				},
			],
		]),
		[
			"of an ENI for a single pod, which is attached to another node",
			"terway-eni",
			{ "eni/eni-nginx-2": { spec: { instance: "node/k8s-1" } } },
			{ from: "host/ecs-1", to: "pod/default/nginx-2:80" },
			{
				code: "eni-of-another-node",
				object: "eni/eni-nginx-2",
				says: ["has 172.16.1.104", "is attached to node/k8s-1, but the pod runs on node/k8s-2"],
				fix: "assign 172.16.1.104 to an ENI of node/k8s-2",
			},
		],
	]);
});
