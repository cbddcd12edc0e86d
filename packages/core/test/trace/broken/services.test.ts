/** Services and load balancers of which one thing was broken in a cluster of the atlas: the first finding names it. */
import { describe, expect, test } from "vitest";
import {
	askBroken,
	BALANCER,
	type Breakage,
	DIRECT,
	EXTERNAL,
	type ExpectedFinding,
	eachBroken,
	NGINX,
	NGINX_ENI,
	OUTSIDE,
	PODENI,
	pending,
	SERVED,
	SHARED,
} from "../../support/broken-clusters.ts";

describe("a Service", () => {
	const SERVICE = "service/trunking/nginx";
	eachBroken([
		[
			"whose selector has a slip",
			"terway-trunk",
			{ [SERVICE]: { spec: { selector: { app: "ngnix" } } } },
			SERVED,
			{
				code: "service-no-endpoints",
				object: SERVICE,
				says: ["(broken.yaml", "no pod has labels app=ngnix"],
				fix: "kubectl -n trunking get pods -l app=ngnix",
			},
		],
		[
			"whose pod is not ready",
			"terway-trunk",
			{ [NGINX]: { status: { conditions: [{ type: "Ready", status: "False" }] } } },
			SERVED,
			{
				code: "service-no-ready-endpoint",
				object: SERVICE,
				says: [`not ready is ${NGINX} (broken.yaml`],
				fix: "kubectl -n trunking describe pod nginx-6f545cb57c-kt7r8",
			},
		],
		[
			"whose targetPort no pod declares",
			"terway-trunk",
			{ [SERVICE]: { spec: { ports: [{ port: 80, targetPort: 8080, protocol: "TCP", nodePort: 30192 }] } } },
			SERVED,
			{
				code: "port-not-declared",
				object: NGINX,
				says: ["declares no tcp port 8080"],
				fix: `targetPort of ${SERVICE}`,
			},
		],
		[
			"with policy Local and no endpoint on the client's node (E6)",
			"terway-trunk",
			{
				[SERVICE]: { spec: { externalTrafficPolicy: "Local" } },
				"cluster/ack": { spec: { kubeProxy: { version: "1.18" } } },
			},
			EXTERNAL,
			{
				code: "external-ip-local-no-endpoint",
				object: SERVICE,
				says: ["externalTrafficPolicy Local and no endpoint on node/cn-hongkong.10.0.4.20"],
				fix: "use its ClusterIP",
			},
		],
		[
			"whose pod has no room on any node",
			"terway-trunk",
			{
				[NGINX]: pending,
				[PODENI]: null,
				...Object.fromEntries(
					[["20", 1] as const, ["22", 2] as const, ["244", 3] as const].map(([node, members]) => [
						`node/cn-hongkong.10.0.4.${node}`,
						{
							metadata: { labels: { "node.kubernetes.io/instance-type": "ecs.g7.xlarge" } },
							status: { allocatable: { "aliyun/member-eni": `${members}` } },
						},
					]),
				),
			},
			SERVED,
			{
				code: "eni-quota-reached",
				object: NGINX,
				says: ["node/cn-hongkong.10.0.4.22: members of the trunk: 2 of 2 used"],
				fix: "add a node",
			},
		],
	]);
});

describe("a load balancer", () => {
	const PLACE = "slb/lb-j6cmv8aaojf7nqdai2a6a";
	const member = { eni: NGINX_ENI, address: "10.0.4.30", listenerPort: 80, port: 80 };
	const mounting = (...backends: readonly object[]): Breakage => ({ [BALANCER]: { spec: { backends } } });
	const said = (code: string, says: readonly string[], fix: string): ExpectedFinding => ({
		code,
		object: PLACE,
		says,
		fix,
	});
	eachBroken([
		[
			"without the member",
			"terway-trunk",
			mounting(),
			OUTSIDE,
			said("lb-member-missing", [`${PLACE} (broken.yaml`, "has not 10.0.4.30:80"], "kubectl describe service"),
		],
		[
			"with the member on another ENI",
			"terway-trunk",
			mounting({ ...member, eni: "eni-busybox-g8zs7" }),
			OUTSIDE,
			said("lb-member-wrong-eni", [`10.0.4.30:80 as a member on eni-busybox-g8zs7`], `mount ${NGINX_ENI}`),
		],
		[
			"with the member at another port",
			"terway-trunk",
			mounting({ ...member, port: 8080 }),
			OUTSIDE,
			said("lb-member-wrong-port", ["10.0.4.30:8080", "service/trunking/nginx is at 10.0.4.30:80"], "with port 80"),
		],
		[
			"with a member that is no endpoint",
			"terway-trunk",
			mounting({ ...member, eni: "eni-busybox-g8zs7", address: "10.0.4.24" }),
			OUTSIDE,
			said("lb-member-not-endpoint", ["10.0.4.24:80", "no endpoint of service/trunking/nginx"], "mount 10.0.4.30:80"),
		],
		[
			"whose member fails its health check",
			"terway-trunk",
			mounting({ ...member, healthy: false }),
			OUTSIDE,
			said("lb-member-unhealthy", ["10.0.4.30:80", "fails its health check"], "does not answer the health check"),
		],
		[
			"whose member has weight 0",
			"terway-trunk",
			mounting({ ...member, weight: 0 }),
			OUTSIDE,
			said("lb-member-weight-zero", ["10.0.4.30:80", "has weight 0"], "a weight of 1 to 100"),
		],
		[
			"whose white list lacks the client",
			"terway-trunk",
			{ [BALANCER]: { spec: { listeners: [{ port: 80, acl: { type: "white", cidrs: ["198.51.100.0/24"] } }] } } },
			OUTSIDE,
			said("lb-acl-denies", ["white list", "(broken.yaml", "203.0.113.10"], "add 203.0.113.10 to the list"),
		],
		[
			"whose black list has the client",
			"terway-trunk",
			{ [BALANCER]: { spec: { listeners: [{ port: 80, acl: { type: "black", cidrs: ["203.0.113.0/24"] } }] } } },
			OUTSIDE,
			said("lb-acl-denies", ["black list", "203.0.113.10"], "off the list"),
		],
		[
			"that shows addresses of its own, which nobody names",
			"terway-trunk",
			{ [BALANCER]: { spec: { type: "nlb", preserveClientIp: false } } },
			OUTSIDE,
			said("lb-client-not-kept", ["does not keep the client's address 203.0.113.10"], "spec.localAddresses"),
		],
		[
			"that shows an address of its own, which the pod's group does not let in",
			"terway-trunk",
			{ [BALANCER]: { spec: { type: "nlb", preserveClientIp: false, localAddresses: ["10.0.4.200"] } } },
			OUTSIDE,
			{
				code: "security-group-denies",
				object: "security-group/sg-j6cf3sxrlbuwxxxxx",
				says: ["does not let tcp 80 from 10.0.4.200 to 10.0.4.30 in"],
				fix: "from 10.0.4.200",
			},
		],
		[
			"whose client the pod's security group does not let in (T10)",
			"terway-trunk",
			{},
			{ ...OUTSIDE, from: "internet/203.0.113.99" },
			{
				code: "security-group-denies",
				object: "security-group/sg-j6cf3sxrlbuwxxxxx",
				says: ["does not let tcp 80 from 203.0.113.99 to 10.0.4.30 in", "is about other sources"],
				fix: "from 203.0.113.99",
			},
		],
		[
			"before nodes none of which is ready",
			"terway-vpc",
			{
				"vpc/vpc-1": { spec: { managedRoutes: true } },
				...Object.fromEntries(
					["node/k8s-1", "node/k8s-2"].map((node) => [
						node,
						{ status: { conditions: [{ type: "Ready", status: "False" }] } },
					]),
				),
			},
			{ from: "host/ecs-1", to: "172.16.2.200:80" },
			{
				code: "lb-no-ready-node",
				object: "slb/nginx",
				says: ["no node is Ready: node/k8s-1 (broken.yaml"],
				fix: "kubectl describe node",
			},
		],
	]);
});

test("clusters of the atlas in which nothing is broken have nothing that these findings name", () => {
	const asked = [
		["terway-trunk", DIRECT],
		["terway-trunk", SERVED],
		["terway-trunk", OUTSIDE],
		["terway-eniip", SHARED],
		["terway-ipvlan", SHARED],
		["terway-datapathv2", SHARED],
		["terway-eni", { from: "pod/default/centos-1", to: "service/default/nginx:80" }],
	] as const;
	for (const [mode, question] of asked) {
		const { verdict, findings } = askBroken(mode, {}, question);
		expect([mode, verdict]).toEqual([mode, "delivered"]);
		expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
	}
});
