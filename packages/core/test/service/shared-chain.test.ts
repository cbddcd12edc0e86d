/** Chains that all Services share make their rules when asked, and find the ones that the whole list would give. */
import { describe, expect, test } from "vitest";
import type { Family } from "../../src/address/address.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import {
	indexOf,
	onlyDestination,
	onlyDestinationPort,
	type RuleIndex,
} from "../../src/netfilter/xtables/rule-index.ts";
import type { XtChain } from "../../src/netfilter/xtables/table.ts";
import { kubeProxy } from "../../src/service/kube-proxy.ts";
import { serviceTables } from "../../src/service/service-tables.ts";
import { FLOW_GROUPS } from "../support/kubernetes-flow-cases.ts";
import { overallCluster } from "../support/kubernetes-proxy-cases.ts";
import { proxiedCluster, TEST_NODE } from "../support/proxied-cluster.ts";

const CASES: readonly { readonly name: string; readonly cluster: Cluster }[] = [
	{ name: "TestOverallIPTablesRules", cluster: overallCluster({ mode: "iptables" }) },
	{ name: "TestOverallIPTablesRules, before 1.24", cluster: overallCluster({ mode: "iptables", minorVersion: 23 }) },
	...FLOW_GROUPS.filter(({ modes }) => modes.includes("iptables")).map(({ name, cluster }) => ({
		name,
		cluster: proxiedCluster({ ...cluster, kubeProxy: { ...cluster.kubeProxy, mode: "iptables" } }),
	})),
];

function indexedChains(cluster: Cluster, family: Family): readonly XtChain[] {
	const tables = kubeProxy(serviceTables(cluster), TEST_NODE).xtables ?? [];
	return tables
		.filter((table) => table.family === family)
		.flatMap(({ chains }) => [...chains.values()])
		.filter(({ index }) => index !== undefined);
}

/** The rules that a packet may match, in order, with which of the chain they are. */
function met(index: RuleIndex, address: string, port: number): readonly unknown[] {
	const places = [...index.rest, ...(index.byDestination(address) ?? []), ...(index.byDestinationPort(port) ?? [])];
	return places
		.toSorted((a, b) => a - b)
		.map((place) => ({ rule: index.rule(place), position: index.position(place) }))
		.filter(({ rule }) => (onlyDestination(rule) ?? address) === address);
}

describe("a chain's own index gives what an index of all its rules gives", () => {
	test.each(CASES)("$name", ({ cluster }) => {
		for (const family of [4, 6] as const) {
			for (const chain of indexedChains(cluster, family)) {
				const own = chain.index as RuleIndex;
				const whole = indexOf(chain.rules);
				const addresses = new Set([
					"192.0.2.1",
					"2001:db8::1",
					...chain.rules.flatMap((rule) => onlyDestination(rule) ?? []),
				]);
				const ports = new Set([9, ...chain.rules.flatMap((rule) => onlyDestinationPort(rule) ?? [])]);
				for (const address of addresses)
					for (const port of ports) expect(met(own, address, port)).toEqual(met(whole, address, port));
			}
		}
	});

	test("of positions asked for in any order", () => {
		const services = indexedChains(overallCluster({ mode: "iptables" }), 4).find(({ rules }) => rules.length > 3);
		const { index, rules } = services as XtChain & { readonly index: RuleIndex };
		const last = rules.flatMap((rule) => index.byDestination(onlyDestination(rule) ?? "") ?? []).at(-1) as number;
		expect(index.position(last)).toBe(rules.indexOf(index.rule(last)) + 1);
	});
});
