/** What nftables mode does to packets, against the flows of kubernetes' own tests. */
import { describe, expect, test } from "vitest";
import { kubeProxy } from "../../src/service/kube-proxy.ts";
import { serviceTables } from "../../src/service/service-tables.ts";
import { FLOW_GROUPS } from "../support/kubernetes-flow-cases.ts";
import { outcomes } from "../support/nftables-flows.ts";
import { proxiedCluster, TEST_NODE } from "../support/proxied-cluster.ts";

const groups = FLOW_GROUPS.filter(({ modes }) => modes.includes("nftables"));

describe.each(groups)("$name", ({ cluster, flows }) => {
	const tables = serviceTables(proxiedCluster({ ...cluster, kubeProxy: { ...cluster.kubeProxy, mode: "nftables" } }));
	const { nftables = [] } = kubeProxy(tables, TEST_NODE);

	test.each(flows)("$name", (flow) => {
		const family = flow.dst.includes(":") ? "ip6" : "ip";
		const table = nftables.find((each) => each.family === family);
		if (table === undefined) throw new Error("kube-proxy made no table");
		const output = flow.outputIn.nftables ?? flow.output;
		expect(outcomes(table, flow)).toEqual({ output, masquerade: flow.masquerade });
	});
});
