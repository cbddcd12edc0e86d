/** This machine's kernel takes the rules that kube-proxy is said to write. */
import { describe, expect, test } from "vitest";
import type { Family } from "../../src/address/address.ts";
import { printIpsetSave } from "../../src/netfilter/ipset/save.ts";
import { printRule } from "../../src/netfilter/xtables/rule.ts";
import { printXtablesSave } from "../../src/netfilter/xtables/save.ts";
import { kubeProxy } from "../../src/service/kube-proxy.ts";
import { serviceTables } from "../../src/service/service-tables.ts";
import { assembleNamespace } from "../../src/state/assemble.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { FLOW_GROUPS } from "../support/kubernetes-flow-cases.ts";
import { overallCluster } from "../support/kubernetes-proxy-cases.ts";
import { proxiedCluster, TEST_NODE } from "../support/proxied-cluster.ts";
import { hasRealKernel, inNewNamespace } from "../support/real-kernel.ts";

function tablesOf(namespace: Namespace, family: Family): Namespace["xtables"] {
	return namespace.xtables.filter((table) => table.family === family);
}

/** The rules of tables nat and filter, sorted: nft lists chains in another order than they were declared. */
function rulesOf(dump: string): readonly string[] {
	return dump
		.split("\n")
		.filter((line) => line.startsWith("-A "))
		.toSorted();
}

/** Loads the tables, and gives what iptables-save then prints. */
function loaded(namespace: Namespace, family: Family): string {
	const program = family === 4 ? "iptables" : "ip6tables";
	const rules = printXtablesSave(tablesOf(namespace, family));
	return inNewNamespace(`${program}-restore <<'RULES'\n${rules}RULES\n${program}-save`);
}

describe.skipIf(!hasRealKernel)("iptables mode, restored and saved by iptables", () => {
	const dual = FLOW_GROUPS.filter(({ modes }) => modes.includes("iptables")).map((group) => ({
		name: group.name,
		cluster: proxiedCluster({ ...group.cluster, kubeProxy: { ...group.cluster.kubeProxy, mode: "iptables" } }),
	}));
	const cases = [
		{ name: "TestOverallIPTablesRules", cluster: overallCluster({ mode: "iptables" }) },
		{ name: "TestOverallIPTablesRules, before 1.24", cluster: overallCluster({ mode: "iptables", minorVersion: 23 }) },
		{
			name: "TestOverallIPTablesRules, pods known by their interface",
			cluster: overallCluster({
				mode: "iptables",
				detectLocalMode: "InterfaceNamePrefix",
				detectLocalInterface: "cali",
			}),
		},
		...dual,
	];

	test.each(cases)("$name", ({ cluster }) => {
		const namespace = assembleNamespace("node/test-node", [kubeProxy(serviceTables(cluster), TEST_NODE)]);
		for (const family of [4, 6] as const) {
			const ours = tablesOf(namespace, family).flatMap((table) =>
				[...table.chains.values()].flatMap(({ name, rules }) => rules.map((rule) => printRule(name, rule, family))),
			);
			expect(rulesOf(loaded(namespace, family))).toEqual(ours.toSorted());
		}
	});
});

describe.skipIf(!hasRealKernel)("IPVS mode: sets and rules, restored and saved", () => {
	// This kernel need not have xt_ipvs, of which only KUBE-IPVS-OUT-FILTER (1.29) makes use.
	test.each([28, 24])("TestOverallIPTablesRules's Services, 1.%i", (minorVersion) => {
		const cluster = overallCluster({ mode: "ipvs", minorVersion });
		const namespace = assembleNamespace("node/test-node", [kubeProxy(serviceTables(cluster), TEST_NODE)]);
		const sets = printIpsetSave(namespace.ipsets.values());
		for (const family of [4, 6] as const) {
			const program = family === 4 ? "iptables" : "ip6tables";
			const rules = printXtablesSave(tablesOf(namespace, family));
			const saved = inNewNamespace(
				`ipset restore <<'SETS'\n${sets}SETS\n${program}-restore <<'RULES'\n${rules}RULES\n${program}-save`,
			);
			expect(rulesOf(saved)).toEqual(rulesOf(rules).toSorted());
		}
	});
});
