import { describe, expect, it } from "vitest";
import { clusterNetwork } from "../../src/modes/network.ts";
import type { KeyPart } from "../../src/netfilter/nftables/element.ts";
import { scalarText } from "../../src/netfilter/nftables/element.ts";
import type { NftChain } from "../../src/netfilter/nftables/ruleset.ts";
import type { Statement } from "../../src/netfilter/nftables/statement.ts";
import type { Namespace } from "../../src/state/namespace.ts";
import { clusterOf, node, pod } from "../support/clusters.ts";

function nodeA(flannel: { readonly ipMasq?: boolean } = {}): Namespace | undefined {
	const cluster = clusterOf({
		mode: "flannel-vxlan",
		podCIDRs: ["10.244.0.0/16", "fd44::/48"],
		nodes: [node("a", ["10.9.0.1", "fd09::1"], ["10.244.1.0/24", "fd44:0:0:1::/64"])],
		pods: [pod("default/web", "a", ["10.244.1.7"])],
		kubeProxy: { mode: "none" },
		flannel: { enableNFTables: true, ...flannel },
	});
	return clusterNetwork(cluster).namespace("node/a");
}

function chainOf(namespace: Namespace | undefined, table: string, chain: string): NftChain | undefined {
	return namespace?.nftables.tables.find((each) => each.name === table)?.chains.get(chain);
}

/** The statements that these rules use, as nft words them. */
function words(statement: Statement): string {
	if (statement.kind === "match" && statement.right.kind === "parts") {
		const { left, operator, right } = statement;
		const name =
			left.kind === "payload" ? `${left.protocol} ${left.field}` : left.kind === "meta" ? `meta ${left.key}` : "?";
		return `${name} ${operator === "==" ? "" : `${operator} `}${right.parts.map(partText).join(" . ")}`;
	}
	if (statement.kind === "verdict") return statement.verdict.kind;
	return statement.kind === "nat" ? [statement.action, ...statement.flags].join(" ") : statement.kind;
}

function partText(part: KeyPart): string {
	if (part.kind === "prefix") return part.prefix.text;
	return part.kind === "range" || part.kind === "any" ? part.kind : scalarText(part);
}

const lines = (chain: NftChain | undefined): readonly string[] | undefined =>
	chain?.rules.map((rule) => rule.statements.map(words).join(" "));

describe("flanneld's nftables rules (pkg/trafficmngr/nftables/nftables.go addMasqRules, SetupAndEnsureForwardRules)", () => {
	it("masquerade after the node's own traffic is told apart, the fourth rule not being that of iptables", () => {
		const chain = chainOf(nodeA(), "flannel-ipv4", "postrtg");
		expect(chain?.base).toEqual({ type: "nat", hook: "postrouting", priority: 100, policy: "accept" });
		expect(lines(chain)).toEqual([
			"meta mark 16384 return",
			"ip saddr 10.244.1.0/24 ip daddr 10.244.0.0/16 return",
			"ip saddr 10.244.0.0/16 ip daddr 10.244.1.0/24 return",
			"ip saddr != 10.244.1.0/24 ip daddr 10.244.0.0/16 return",
			"ip saddr 10.244.0.0/16 ip daddr != 224.0.0.0/4 masquerade fully-random",
			"ip saddr != 10.244.0.0/16 ip daddr 10.244.0.0/16 masquerade fully-random",
		]);
	});

	it("let the flannel network's packets be forwarded", () => {
		const chain = chainOf(nodeA(), "flannel-ipv4", "forward");
		expect(chain?.base).toEqual({ type: "filter", hook: "forward", priority: 0, policy: "accept" });
		expect(lines(chain)).toEqual(["ip saddr 10.244.0.0/16 accept", "ip daddr 10.244.0.0/16 accept"]);
	});

	it("are in a table for each family", () => {
		const namespace = nodeA();
		expect(namespace?.nftables.tables.map((table) => `${table.family} ${table.name}`)).toEqual([
			"ip flannel-ipv4",
			"ip6 flannel-ipv6",
		]);
		expect(lines(chainOf(namespace, "flannel-ipv6", "postrtg"))?.[4]).toBe(
			"ip6 saddr fd44::/48 ip6 daddr != ff00::/8 masquerade fully-random",
		);
	});

	it("take the place of the iptables rules", () => {
		expect(nodeA()?.xtables).toEqual([]);
	});

	it("leave masquerading to the bridge plugin without --ip-masq", () => {
		const namespace = nodeA({ ipMasq: false });
		expect(chainOf(namespace, "flannel-ipv4", "postrtg")).toBeUndefined();
		expect(namespace?.xtables.map((table) => table.name)).toEqual(["nat"]);
	});
});
