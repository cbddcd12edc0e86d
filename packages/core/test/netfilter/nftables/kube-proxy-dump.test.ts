/**
 * A dump of kube-proxy's table, in the form that its own tests print (knftables' Fake: one command a line), and what packets
 * meet in it. The shape of the rules is that of kubernetes pkg/proxy/nftables/proxier_test.go TestOverallNFTablesRules;
 * outcomes are those of its runPacketFlowTests, named with each.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { address } from "../../../src/address/address.ts";
import { printNftJson } from "../../../src/netfilter/nftables/json/print-json.ts";
import { parseNftRuleset } from "../../../src/netfilter/nftables/parse.ts";
import { printRuleset } from "../../../src/netfilter/nftables/print.ts";
import { baseChains, type NftChain, type NftRuleset, type NftTable } from "../../../src/netfilter/nftables/ruleset.ts";
import { runNftChain } from "../../../src/netfilter/nftables/run.ts";
import { Hits } from "../../../src/netfilter/result.ts";
import { kubeProxy } from "../../../src/service/kube-proxy.ts";
import { serviceTables } from "../../../src/service/service-tables.ts";
import { FLOW_GROUPS } from "../../support/kubernetes-flow-cases.ts";
import { outcomes } from "../../support/nftables-flows.ts";
import { proxiedCluster, TEST_NODE } from "../../support/proxied-cluster.ts";
import { inNewNamespace } from "../../support/real-kernel.ts";
import { newConnection, packet, ruleContext } from "../../support/rule-context.ts";
import { whyNoWire } from "../../support/wire.ts";

const FILE = new URL("../../fixtures/nftables/kube-proxy.nft", import.meta.url);
const DUMP = readFileSync(FILE, "utf8");

function read(text: string): NftRuleset {
	const { ruleset, unread } = parseNftRuleset(text, { file: "nft-ruleset.txt" });
	expect(unread).toEqual([]);
	return ruleset;
}

function onlyTable({ tables }: NftRuleset): NftTable {
	expect(tables).toHaveLength(1);
	return tables[0] as NftTable;
}

const dump = read(DUMP);

describe("the dump", () => {
	test("gives each rule its line, and the Service that its chain belongs to", () => {
		const chain = onlyTable(dump).chains.get("external-DDDDDDDD-shop/local/tcp/http");
		const line = DUMP.split("\n").findIndex((each) => each.includes("short-circuit pod traffic")) + 1;
		expect(chain?.rules[0]?.origin).toEqual({
			component: "kube-proxy",
			object: "service/shop/local",
			source: { file: "nft-ruleset.txt", line },
			note: "short-circuit pod traffic",
		});
	});

	test("says which Service a packet is dropped for, by the comment of the map's element", () => {
		const table = onlyTable(dump);
		const hits = new Hits();
		const at = ruleContext({
			packet: { dst: address("1.2.3.4") },
			connection: newConnection(packet({ dst: address("1.2.3.4") })),
		});
		const forward = table.chains.get("filter-forward") as NftChain;
		expect(runNftChain(table, forward, at, hits).kind).toBe("drop");
		expect(hits.lastSince(0)?.origin).toMatchObject({ component: "kube-proxy", object: "service/shop/local" });
	});

	test("hangs its base chains at the kernel's priorities, by number or by name", () => {
		const at = baseChains(dump).map(({ chain, base }) => [chain.name, base.hook, base.priority]);
		expect(at).toContainEqual(["filter-prerouting-pre-dnat", "prerouting", -110]);
		expect(at).toContainEqual(["filter-output-pre-dnat", "output", -110]);
		expect(at).toHaveLength(8);
	});

	const reason = whyNoWire("nft add table ip t");
	test.skipIf(reason !== null)(`is the same once nft has loaded and listed it${reason ?? ""}`, () => {
		const listed = read(inNewNamespace(`nft -f ${FILE.pathname}; nft list ruleset`));
		for (const [flow, output, masquerade] of FLOWS) {
			expect(outcomes(onlyTable(listed), flow), flow.name).toEqual({ output, masquerade });
		}
	});
});

interface DumpFlow {
	readonly name: string;
	readonly src: string;
	readonly dst: string;
	readonly protocol: "tcp" | "udp";
	readonly port: number;
}

const POD = "10.0.0.2";
const OUTSIDE = "203.0.113.2";
const BLOCKED = "203.0.113.130";
const NODE = "192.168.0.2";

function flow(name: string, src: string, dst: string, port: number, protocol: "tcp" | "udp" = "tcp"): DumpFlow {
	return { name, src, dst, port, protocol };
}

const BOTH = "10.180.0.1:8080, 10.180.2.1:8080";
const FLOWS: readonly (readonly [flow: DumpFlow, output: string, masquerade: boolean])[] = [
	[flow("TestClusterIPGeneral: clusterIP with multiple endpoints", POD, "172.30.0.41", 80), BOTH, false],
	[flow("TestClusterIPGeneral: from outside the pod CIDR", OUTSIDE, "172.30.0.41", 80), BOTH, true],
	[flow("TestClusterIPGeneral: svc1 does not accept svc2's ports", POD, "172.30.0.41", 443), "REJECT", false],
	[flow("TestClusterIPGeneral: TCP-only port, UDP traffic", POD, "172.30.0.41", 80, "udp"), "REJECT", false],
	[flow("TestClusterIPGeneral: unallocated cluster IP", POD, "172.30.0.50", 80), "DROP", false],
	[flow("TestExternalTrafficPolicyLocal: pod to LB IP", POD, "1.2.3.4", 80), "10.180.0.2:80", false],
	[flow("TestExternalTrafficPolicyLocal: node to LB IP", NODE, "1.2.3.4", 80), "10.180.0.2:80", true],
	[flow("TestExternalTrafficPolicyLocal: outside to LB IP", OUTSIDE, "1.2.3.4", 80), "DROP", false],
	[flow("TestExternalTrafficPolicyLocal: outside to NodePort", OUTSIDE, NODE, 3001), "DROP", false],
	[flow("TestLoadBalancer: accepted external to LB", OUTSIDE, "5.6.7.8", 80), "10.180.0.3:80", true],
	[flow("TestLoadBalancer: blocked external to LB", BLOCKED, "5.6.7.8", 80), "DROP", false],
	[flow("TestLoadBalancer: pod to LB (blocked by source ranges)", POD, "5.6.7.8", 80), "DROP", false],
	[flow("TestLoadBalancer: nodePort bypasses source ranges", BLOCKED, NODE, 3002), "10.180.0.3:80", true],
	[flow("TestNoEndpointsReject: pod to cluster IP", POD, "172.30.0.46", 80), "REJECT", false],
	[flow("TestNoEndpointsReject: outside to NodePort", OUTSIDE, NODE, 3003), "REJECT", false],
	[flow("a node's other port is left alone", OUTSIDE, NODE, 22), "", false],
];

test.each(FLOWS)("$0.name", (asked, output, masquerade) => {
	expect(outcomes(onlyTable(dump), asked)).toEqual({ output, masquerade });
});

describe.each([
	["text", printRuleset],
	["JSON", printNftJson],
] as const)("kube-proxy's tables, printed as %s and read back", (_, print) => {
	const groups = FLOW_GROUPS.filter(({ modes }) => modes.includes("nftables"));

	test.each(groups)("$name", ({ cluster, flows }) => {
		const proxied = proxiedCluster({ ...cluster, kubeProxy: { ...cluster.kubeProxy, mode: "nftables" } });
		const { nftables = [] } = kubeProxy(serviceTables(proxied), TEST_NODE);
		const { tables } = read(print({ tables: nftables }));
		for (const each of flows) {
			const family = each.dst.includes(":") ? "ip6" : "ip";
			const table = tables.find((candidate) => candidate.family === family) as NftTable;
			const output = each.outputIn.nftables ?? each.output;
			expect(outcomes(table, each), each.name).toEqual({ output, masquerade: each.masquerade });
		}
	});
});
