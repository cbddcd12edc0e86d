import { describe, expect, it } from "vitest";
import type { Family } from "../../src/address/address.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { printRule } from "../../src/netfilter/xtables/rule.ts";
import type { XtTableName } from "../../src/netfilter/xtables/table.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { type ClusterParts, clusterOf, node, pod } from "../support/clusters.ts";
import { hasRealKernel, inNewNamespace } from "../support/real-kernel.ts";

function nodeA(more: ClusterParts = {}): Namespace | undefined {
	const cluster = clusterOf({
		mode: "flannel-vxlan",
		podCIDRs: ["10.244.0.0/16", "fd44::/48"],
		nodes: [node("a", ["10.9.0.1", "fd09::1"], ["10.244.1.0/24", "fd44:0:0:1::/64"])],
		pods: [pod("default/web", "a", ["10.244.1.7"])],
		kubeProxy: { mode: "none" },
		...more,
	});
	return clusterNetwork(cluster).namespace("node/a");
}

/** The rules of a table as iptables-save prints them. */
function saved(namespace: Namespace | undefined, family: Family, name: XtTableName): readonly string[] {
	const table = namespace?.xtables.find((each) => each.family === family && each.name === name);
	return [...(table?.chains.values() ?? [])].flatMap(({ name: chain, rules }) =>
		rules.map((rule) => printRule(chain, rule, family)),
	);
}

// flannel pkg/trafficmngr/iptables/iptables.go: masqRules, forwardRules
const NAT = [
	'-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG',
	'-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN',
	'-A FLANNEL-POSTRTG -s 10.244.1.0/24 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN',
	'-A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN',
	'-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN',
	'-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully',
	'-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully',
];
const FILTER = [
	'-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD',
	'-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
	'-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
];

describe("flanneld's iptables rules", () => {
	it("masquerade what leaves the flannel network and what enters another node's part of it", () => {
		expect(saved(nodeA(), 4, "nat")).toEqual(NAT);
	});

	it("let the flannel network's packets be forwarded", () => {
		expect(saved(nodeA(), 4, "filter")).toEqual(FILTER);
	});

	it("are the same for IPv6, with its multicast block", () => {
		const rules = saved(nodeA(), 6, "nat");
		expect(rules).toHaveLength(NAT.length);
		expect(rules[5]).toBe(
			'-A FLANNEL-POSTRTG -s fd44::/48 ! -d ff00::/8 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully',
		);
	});

	it("say that flannel made them", () => {
		const chain = nodeA()
			?.xtables.find((table) => table.name === "nat")
			?.chains.get("FLANNEL-POSTRTG");
		expect(chain?.rules[1]?.origin).toEqual({ component: "flannel", object: "node/a", note: "flanneld masq" });
	});

	it("share the forwarding chain between nodes", () => {
		const nodes = [node("a", ["10.9.0.1"], ["10.244.1.0/24"]), node("b", ["10.9.0.2"], ["10.244.2.0/24"])];
		const network = clusterNetwork(clusterOf({ mode: "flannel-vxlan", podCIDRs: ["10.244.0.0/16"], nodes }));
		const chains = ["node/a", "node/b"].map((place) =>
			network
				.namespace(place)
				?.xtables.find((table) => table.family === 4 && table.name === "filter")
				?.chains.get("FLANNEL-FWD"),
		);
		expect(chains[0]).toBeDefined();
		expect(chains[0]).toBe(chains[1]);
	});

	it.skipIf(!hasRealKernel)("are what iptables-save prints of them", () => {
		const script = [
			"*nat",
			":FLANNEL-POSTRTG - [0:0]",
			...NAT,
			"COMMIT",
			"*filter",
			":FLANNEL-FWD - [0:0]",
			...FILTER,
			"COMMIT",
		];
		const printed = inNewNamespace(
			`mount -t tmpfs tmpfs /run\niptables-restore <<'RULES'\n${script.join("\n")}\nRULES\niptables-save`,
		);
		const rules = printed.split("\n").filter((line) => line.startsWith("-A"));
		expect(rules.sort()).toEqual([...NAT, ...FILTER].sort());
	});
});

describe("without flanneld's --ip-masq", () => {
	it("the bridge plugin masquerades for each pod instead (ipMasq of the delegate, SetupIPMasq)", () => {
		const rules = saved(nodeA({ flannel: { ipMasq: false } }), 4, "nat");
		const [hook = "", ...own] = rules;
		const chain = /-j (CNI-[0-9a-f]{24})$/.exec(hook)?.[1];
		const comment = /-m comment --comment ("name: \\"cbr0\\" id: \\"[0-9a-f]{64}\\"")/.exec(hook)?.[1];
		expect(hook).toBe(`-A POSTROUTING -s 10.244.1.7/32 -m comment --comment ${comment} -j ${chain}`);
		expect(own).toEqual([
			`-A ${chain} -d 10.244.1.0/24 -m comment --comment ${comment} -j ACCEPT`,
			`-A ${chain} ! -d 224.0.0.0/4 -m comment --comment ${comment} -j MASQUERADE`,
		]);
	});
});
