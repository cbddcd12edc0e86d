/** How iptables mode's chains are found, shared by nodes, and kept small in large clusters. */
import { describe, expect, test } from "vitest";
import { prefix } from "../../src/address/prefix.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { printRule } from "../../src/netfilter/xtables/rule.ts";
import type { XtChain, XtTableName } from "../../src/netfilter/xtables/table.ts";
import { kubeProxy } from "../../src/service/kube-proxy.ts";
import type { ProxyNode } from "../../src/service/proxy-node.ts";
import { type ServiceTables, serviceTables } from "../../src/service/service-tables.ts";
import { overallCluster } from "../support/kubernetes-proxy-cases.ts";
import { proxiedCluster, service, slice, TEST_NODE } from "../support/proxied-cluster.ts";

const OTHER_NODE: ProxyNode = { ...TEST_NODE, name: "other-node" };

function chains(tables: ServiceTables, node: ProxyNode, table: XtTableName): ReadonlyMap<string, XtChain> {
	const found = kubeProxy(tables, node).xtables?.find((each) => each.table === table && each.family === 4);
	if (found === undefined) throw new Error(`kube-proxy made no table ${table}`);
	return found.chains;
}

describe("chains made on demand", () => {
	test("an endpoint's chain is found before the Service's was looked at", () => {
		const nat = chains(serviceTables(overallCluster({ mode: "iptables" })), TEST_NODE, "nat");
		expect(nat.get("KUBE-SEP-SXIVWICOYRO3J4NJ")?.rules).toHaveLength(2);
		expect(nat.has("KUBE-SEP-AAAAAAAAAAAAAAAA")).toBe(false);
		expect(nat.get("KUBE-SVC-AAAAAAAAAAAAAAAA")).toBeUndefined();
	});

	test("a map has exactly the chains that its rules lead to, and its own", () => {
		const tables = serviceTables(overallCluster({ mode: "iptables" }));
		for (const table of ["nat", "filter"] as const) {
			const map = chains(tables, TEST_NODE, table);
			expect([...map.keys()]).toHaveLength(map.size);
			for (const { rules } of map.values()) {
				for (const { target } of rules) if (target?.kind === "jump") expect(map.has(target.chain)).toBe(true);
			}
		}
	});
});

describe("nodes", () => {
	const tables = serviceTables(overallCluster({ mode: "iptables" }));

	test("share the chains that they have alike", () => {
		for (const [table, name] of [
			["nat", "KUBE-SERVICES"],
			["nat", "KUBE-SVC-4SW47YFZTEDKD3PK"],
			["nat", "KUBE-SEP-SXIVWICOYRO3J4NJ"],
			["filter", "KUBE-EXTERNAL-SERVICES"],
		] as const) {
			const here = chains(tables, TEST_NODE, table).get(name);
			expect(here).toBeDefined();
			expect(chains(tables, OTHER_NODE, table).get(name)).toBe(here);
		}
	});

	test("have chains of their own where policy Local makes them differ", () => {
		const cluster = proxiedCluster({
			services: [
				service("ns1/svc1", {
					type: "LoadBalancer",
					clusterIP: "172.30.0.41",
					ingress: ["1.2.3.4"],
					externalTrafficPolicy: "Local",
					ports: [{ name: "p80", port: 80 }],
				}),
			],
			slices: [
				slice(
					"ns1/svc1",
					[
						{ address: "10.180.0.1", nodeName: "test-node" },
						{ address: "10.180.0.2", nodeName: "third-node" },
					],
					[{ name: "p80", protocol: "tcp", port: 80 }],
				),
			],
		});
		const local = serviceTables(cluster);
		const name = "KUBE-SVL-XPGD46QRK7WJZT7O";
		expect(chains(local, TEST_NODE, "nat").get(name)?.rules).toHaveLength(1);
		expect(chains(local, OTHER_NODE, "nat").has(name)).toBe(false);
		const dropped = (node: ProxyNode): number | undefined =>
			chains(local, node, "filter").get("KUBE-EXTERNAL-SERVICES")?.rules.length;
		expect([dropped(TEST_NODE), dropped(OTHER_NODE)]).toEqual([0, 1]);
	});
});

// TestSyncProxyRulesLargeClusterMode: above 1,000 endpoints the comments of endpoints are left out.
describe("in a cluster with", () => {
	function clusterOf(count: number): Cluster {
		const addresses = Array.from({ length: count }, (_, i) => `10.0.${i % 256}.${Math.floor(i / 256)}`);
		return proxiedCluster({
			services: [service("ns1/svc1", { clusterIP: "172.30.0.41", ports: [{ name: "p80", port: 80 }] })],
			slices: [slice("ns1/svc1", addresses, [{ name: "p80", protocol: "tcp", port: 80 }])],
		});
	}

	test.each([
		[
			1000,
			'-A KUBE-SEP-DKGQUZGBKLTPAR56 -p tcp -m comment --comment "ns1/svc1:p80" -m tcp -j DNAT --to-destination 10.0.0.0:80',
		],
		[1001, "-A KUBE-SEP-DKGQUZGBKLTPAR56 -p tcp -m tcp -j DNAT --to-destination 10.0.0.0:80"],
	])("%i endpoints", (count, expected) => {
		const name = "KUBE-SEP-DKGQUZGBKLTPAR56";
		const rule = chains(serviceTables(clusterOf(count)), TEST_NODE, "nat").get(name)?.rules[1];
		if (rule === undefined) throw new Error("the endpoint has no chain");
		expect(printRule(name, rule, 4)).toBe(expected);
	});
});

// cmd/kube-proxy/app/server_linux.go getLocalDetectors; pkg/proxy/util/localdetector.go.
describe("pods are known", () => {
	test.each([
		["by the first cluster CIDR", { clusterCIDRs: [] }, "! -s 10.0.0.0/8 -d 172.30.0.41/32"],
		["by the node's CIDR", { detectLocalMode: "NodeCIDR" }, "! -s 10.7.0.0/24 -d 172.30.0.41/32"],
		[
			"by the bridge that they are on",
			{ detectLocalMode: "BridgeInterface", detectLocalInterface: "cni0" },
			"-d 172.30.0.41/32 ! -i cni0",
		],
		[
			"by the name of their devices",
			{ detectLocalMode: "InterfaceNamePrefix", detectLocalInterface: "veth" },
			"-d 172.30.0.41/32 ! -i veth+",
		],
	] as const)("%s", (_, settings, expected) => {
		const tables = serviceTables(overallCluster({ mode: "iptables", ...settings }));
		const node = { ...TEST_NODE, podCIDRs: [prefix("10.7.0.0/24")] };
		const [rule] = chains(tables, node, "nat").get("KUBE-SVC-XPGD46QRK7WJZT7O")?.rules ?? [];
		if (rule === undefined) throw new Error("the Service has no chain");
		expect(printRule("KUBE-SVC-XPGD46QRK7WJZT7O", rule, 4)).toContain(expected);
	});
});

// NewProxier: route_localnet only where node ports are to be served on 127.0.0.1.
test.each([
	[{}, "1"],
	[{ localhostNodePorts: false }, undefined],
	[{ nodePortAddresses: ["primary"] }, undefined],
] as const)("route_localnet with %j", (settings, value) => {
	const { sysctls } = kubeProxy(serviceTables(overallCluster({ mode: "iptables", ...settings })), TEST_NODE);
	expect(sysctls?.get("net.ipv4.conf.all.route_localnet")).toBe(value);
});
