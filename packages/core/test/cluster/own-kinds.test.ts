import { describe, expect, test } from "vitest";
import { ownKindSchemas } from "../../src/cluster/schema/own-kinds.ts";
import { clusterOfYaml, nodeYaml, ownYaml, serviceYaml } from "../support/manifests.ts";

describe("podpath's own kinds", () => {
	test("a vSwitch's gateway is the third address from the end (terway pkg/ip GetIPAtIndex(cidr, -3))", () => {
		const { vpcs } = clusterOfYaml(
			ownYaml(
				"VPC",
				'cidrs: [10.0.0.0/8, "fd00::/48"], vSwitches: [{ id: a, cidr: 10.0.4.0/24 }, { id: b, cidr: "fd00::/64" }, { id: c, cidr: 10.1.0.0/24, gateway: 10.1.0.1 }]',
			),
		);
		expect(vpcs[0]?.vSwitches.map(({ gateway }) => gateway.text)).toEqual([
			"10.0.4.253",
			"fd00::ffff:ffff:ffff:fffd",
			"10.1.0.1",
		]);
		expect(vpcs[0]).toMatchObject({ managedRoutes: true, routes: [], mtu: 1500 });
	});

	test("a route keeps its line, and leads to whatever names a machine", () => {
		const { vpcs } = clusterOfYaml(
			`apiVersion: podpath.dev/v1alpha1
kind: VPC
metadata: { name: v }
spec:
  cidrs: [10.0.0.0/8]
  routes:
    - { destination: 192.168.0.0/16, nextHop: node/a }
    - { destination: 192.168.1.0/24, nextHop: i-1 }
    - { destination: 192.168.2.0/24, nextHop: 10.9.9.9 }`,
			nodeYaml("a", "10.0.0.1", "10.244.0.0/24").replace("spec: {", "spec: { providerID: cn-x.i-1,"),
		);
		expect(vpcs[0]?.routes.map(({ line }) => line)).toEqual([7, 8, 9]);
	});

	test("a LoadBalancer's backends are derived where it names none", () => {
		const cluster = clusterOfYaml(
			ownYaml("LoadBalancer", "service: default/s, addresses: [203.0.113.1]"),
			serviceYaml("s", "clusterIP: 10.96.0.1"),
		);
		expect(cluster.loadBalancers[0]).toMatchObject({ service: "default/s", backends: null });
		const [owner] = cluster.ownersOf({ family: 4, text: "203.0.113.1", words: [0xcb007101] });
		expect(owner).toMatchObject({ kind: "service", via: "load-balancer" });
	});

	test("sysctls are those of every node and of single ones", () => {
		const cluster = clusterOfYaml(
			ownYaml(
				"Cluster",
				'nodeSysctls: { net.ipv4.ip_forward: "1" }, nodes: { a: { sysctls: { net.ipv4.conf.all.rp_filter: "1" } } }',
			),
			nodeYaml("a", "10.0.0.1", "10.244.0.0/24"),
		);
		expect(cluster.settings?.nodeSysctls).toEqual({ "net.ipv4.ip_forward": "1" });
		expect(cluster.settings?.sysctlsByNode).toEqual({ a: { "net.ipv4.conf.all.rp_filter": "1" } });
	});

	test("each has a JSON Schema that says what people may write", () => {
		const schemas = ownKindSchemas();
		expect(Object.keys(schemas)).toEqual([
			"Cluster",
			"VPC",
			"Segment",
			"Host",
			"LoadBalancer",
			"SecurityGroup",
			"PrefixList",
			"ENI",
		]);
		expect(schemas.VPC).toMatchObject({
			$schema: "https://json-schema.org/draft/2020-12/schema",
			title: "VPC",
			properties: { kind: { const: "VPC" }, spec: { required: ["cidrs"], additionalProperties: false } },
		});
	});
});
